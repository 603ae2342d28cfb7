// @ts-check
// The JSON schema of the Spec, read once into what controls need. Bounds are written nowhere else on the page.

/**
 * @typedef {object} Field
 * @property {any} default
 * @property {boolean} live  changes while a run goes on; a change of any other field starts the run again
 * @property {string[]} options  for a choice
 * @property {boolean} whole
 * @property {boolean} optional  may be null
 * @property {number | undefined} minimum
 * @property {number | undefined} above  minimum, itself not allowed
 * @property {number | undefined} maximum
 * @property {(value: number) => boolean} admits
 */

/**
 * @param {{properties: Record<string, any>}} schema
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
        options: inner.enum ?? [],
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
