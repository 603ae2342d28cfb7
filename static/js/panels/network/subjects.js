// @ts-check
// Subjects, the numbers the inspector can open, against what is drawn: links and tiles.

import { tileOf } from './shape.js';

/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('./shape.js').Place} Place */
/** @typedef {import('../../draw/network/links.js').Links} Links */
/** @typedef {import('../../wire/messages.js').Subject} Subject */

/** The neuron, or column of input, that a layer's link comes from. @param {Shape} shape @param {number} layer @param {number} from */
export const sourceOf = (shape, layer, from) => (layer || !shape.features.length ? shape.drawn[layer][from] : from);

/** The weight of a link. @param {Shape} shape @param {Links} links @param {number} n @returns {Subject} */
export function subjectOfLink(shape, links, n) {
  const layer = links.layer[n];
  return { kind: 'weight', layer, index: shape.drawn[layer + 1][links.to[n]], source: sourceOf(shape, layer, links.from[n]) };
}

/** The neurons of a link. @param {Shape} shape @param {Links} links @param {number} n @returns {{before: Place, after: Place}} */
export function endsOfLink(shape, links, n) {
  const [layer, from] = [links.layer[n], links.from[n]];
  return {
    before: { layer: layer - 1, neuron: shape.drawn[layer][layer ? from : shape.used[from]] },
    after: { layer, neuron: shape.drawn[layer + 1][links.to[n]] },
  };
}

/** The link of a weight; −1: it is not drawn, or the subject is no weight. @param {Shape} shape @param {Links} links @param {Subject | null} subject */
export function linkOf(shape, links, subject) {
  if (subject?.kind !== 'weight' || subject.layer >= links.starts.length - 1) return -1;
  for (let n = links.starts[subject.layer]; n < links.starts[subject.layer + 1]; n++) {
    const here = subjectOfLink(shape, links, n);
    if (here.index === subject.index && here.source === subject.source) return n;
  }
  return -1;
}

/** The neuron that is the subject, or whose bias is. @param {Subject | null} subject @returns {Place | null} */
export const placeOf = (subject) => (subject?.kind === 'neuron' || subject?.kind === 'bias' ? { layer: subject.layer, neuron: subject.index } : null);

/** The neuron in whose sum the subject is. @param {Subject | null} subject @returns {Place | null} */
export const neuronOf = (subject) => (subject?.kind === 'weight' ? { layer: subject.layer, neuron: subject.index } : placeOf(subject));

/**
 * The links to emphasize: the one under the pointer, or those of the neuron under it; null: none.
 * @param {Shape} shape @param {Links} links @param {Place | null} hovered @param {number} link  −1: none
 * @returns {((link: number) => boolean) | null}
 */
export function emphasizedLinks(shape, links, hovered, link) {
  if (link >= 0) return (n) => n === link;
  if (!hovered) return null;
  const { layer, from, to } = links;
  const tile = tileOf(shape, hovered);
  const neuron = hovered.layer < 0 ? shape.used.indexOf(tile) : tile;
  return (n) => (layer[n] === hovered.layer && to[n] === neuron) || (layer[n] === hovered.layer + 1 && from[n] === neuron);
}
