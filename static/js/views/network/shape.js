// @ts-check
// What the network consists of, read from the store: which inputs there are, which are used, how wide each layer is.

/** @typedef {{width: number, activation: string | null}} Layer */
/**
 * @typedef {object} Shape
 * @property {string[]} features  every input that can be chosen, in the order of the page
 * @property {number[]} used      rows of those in use
 * @property {Layer[]} hidden
 * @property {string} activation  of the layers without one of their own
 * @property {number[]} counts    tiles by column: inputs, hidden…, output
 * @property {string} key         equal for equal drawings
 */

/** @param {import('../../store.js').Store} store @returns {Shape | null} null before the server has told the experiment */
export function readShape(store) {
  const spec = store.get('spec');
  if (!spec) return null;
  const offered = store.get('features');
  /** @type {string[]} */
  const features = offered ? Object.keys(offered) : spec.features;
  const used = spec.features.map((/** @type {string} */ name) => features.indexOf(name));
  const counts = [features.length, ...spec.hidden.map((/** @type {Layer} */ layer) => layer.width), 1];
  return { features, used, hidden: spec.hidden, activation: spec.activation, counts, key: `${counts.join('-')}:${used.join(',')}` };
}

/** Whether a frame is of this shape; one on its way while the experiment changed is not. @param {Shape} shape @param {import('../../protocol.js').Frame | null} frame */
export function fits(shape, frame) {
  return frame !== null && frame.sizes[0] === shape.used.length && frame.sizes.slice(1).join() === shape.counts.slice(1).join();
}

/** @typedef {{layers: number, width: number}} Limits */

/** Bounds as the schema of the Spec tells them; none while it is not known. @param {any} schema @returns {Limits} */
export function readLimits(schema) {
  return {
    layers: schema?.properties?.hidden?.maxItems ?? Infinity,
    width: schema?.$defs?.Layer?.properties?.width?.maximum ?? Infinity,
  };
}

/** @param {any} schema @returns {string[]} the activations a layer can have */
export function readActivations(schema) {
  return schema?.properties?.activation?.enum ?? [];
}
