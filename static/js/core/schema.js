// @ts-check
// The JSON schema of the Spec, read once into what controls need. Bounds are written nowhere else on the page.

/**
 * @typedef {object} Field
 * @property {any} default
 * @property {boolean} live  changes while a run goes on; a change of any other field starts the run again
 * @property {'choice' | 'switch' | 'whole' | 'real' | 'list'} kind
 * @property {string[]} options  for a choice, or of what a list may hold
 * @property {boolean} whole
 * @property {boolean} optional  may be null
 * @property {number | undefined} minimum
 * @property {number | undefined} above  minimum, itself not allowed
 * @property {number | undefined} maximum
 * @property {(value: number) => boolean} admits
 */

/** @type {Record<string, Field['kind']>} */
const KINDS = { boolean: 'switch', integer: 'whole', number: 'real', array: 'list' };

/**
 * @param {{properties: Record<string, any>}} schema  of the Spec, or of a part of it such as a layer
 * @returns {Record<string, Field>}
 */
export function fieldsOf(schema) {
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, property]) => {
      const inner = property.anyOf?.find((/** @type {any} */ part) => part.type !== 'null') ?? property;
      const whole = inner.type === 'integer';
      const { minimum, maximum, exclusiveMinimum: above } = inner;
      return [name, {
        default: property.default,
        live: property.live === true,
        kind: inner.enum ? 'choice' : KINDS[inner.type],
        options: inner.enum ?? inner.items?.enum ?? [],
        whole,
        optional: inner !== property,
        minimum,
        above,
        maximum,
        admits: (/** @type {number} */ value) =>
          (whole ? Number.isInteger(value) : Number.isFinite(value)) &&
          !(value < minimum) && !(value > maximum) && !(value <= above), // false where there is no such bound
      }];
    }),
  );
}
