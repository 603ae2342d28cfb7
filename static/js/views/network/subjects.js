// @ts-check
// Which number a link of the drawing is, and the other way round: drawn tiles against neurons counted from 0.

/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('../../draw/links.js').Links} Links */
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
