// @ts-check
// Which number a link of the drawing is, and the other way round: drawn tiles against neurons counted from 0.

/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('../../draw/network/links.js').Links} Links */
/** @typedef {{kind: string, layer: number, index: number, source: number}} Subject */

/** The neuron, or column of input, a layer's link comes from. @param {Shape} shape @param {number} layer @param {number} from */
export const sourceOf = (shape, layer, from) => (layer || !shape.features.length ? shape.drawn[layer][from] : from);

/** @param {Shape} shape @param {Links} links @param {number} n */
export function subjectOfLink(shape, links, n) {
  const layer = links.layer[n];
  return { kind: 'weight', layer, index: shape.drawn[layer + 1][links.to[n]], source: sourceOf(shape, layer, links.from[n]) };
}

/** The link of a weight; −1: it is not drawn, or this is no weight. @param {Shape} shape @param {Links} links @param {Subject | null} subject */
export function linkOf(shape, links, subject) {
  if (subject?.kind !== 'weight' || subject.layer >= links.starts.length - 1) return -1;
  for (let n = links.starts[subject.layer]; n < links.starts[subject.layer + 1]; n++) {
    const here = subjectOfLink(shape, links, n);
    if (here.index === subject.index && here.source === subject.source) return n;
  }
  return -1;
}

/** The neuron whose number this is, where it is one's. @param {Subject | null} subject */
export const placeOf = (subject) => (subject?.kind === 'neuron' || subject?.kind === 'bias' ? { layer: subject.layer, neuron: subject.index } : null);

/** The neuron whose sum it is part of. @param {Subject | null} subject */
export const neuronOf = (subject) => (subject?.kind === 'weight' ? { layer: subject.layer, neuron: subject.index } : placeOf(subject));

/**
 * What of an opened step is to be seen: all activations; in slow motion only as far as the sample has come, and δ.
 * @param {any} opened @param {{index: number, name: string, layer: number | null} | null} phase
 * @returns {import('./figures.js').Flowing}
 */
export function flowOf(opened, phase) {
  /** @type {Record<number, number[]>} */
  const activations = {};
  /** @type {Record<number, number[]>} */
  const deltas = {};
  const until = phase ? phase.index : opened.phases.length;
  opened.phases.forEach((/** @type {any} */ { name, layer, bound }, /** @type {number} */ i) => {
    if (name === 'forward' && layer === 0) activations[-1] = bound.below;
    if (name === 'forward' && i <= until) activations[layer] = bound.a;
    if (name === 'backward' && phase && i <= until && phase.name !== 'update') deltas[layer] = bound.d_z;
  });
  const moving = phase && (phase.name === 'forward' || phase.name === 'backward') && phase.layer !== null;
  return { activations, deltas, links: moving ? { layer: phase.layer ?? 0, backward: phase.name === 'backward' } : null };
}
