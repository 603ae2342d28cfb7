// @ts-check
// The graph as a drawing: nodes from left to right, what flows forward in ink, orange and blue, what flows back in violet.
// Built anew for another graph or size; a step of the walk only changes what is known.

import { layOut, spread } from '../../draw/dag/dag.js';
import { knownAt } from '../../draw/dag/walk.js';
import { formulaOf } from '../../draw/math/formula.js';
import { t } from '../../core/i18n.js';
import { makeEdge, writeFlow } from './edge.js';
import { makeTile, showKnown, sizeOf } from './node_tile.js';
import { createStage } from './stage.js';

/** @typedef {import('../../draw/dag/walk.js').Node} Node */
/** @typedef {import('../../draw/dag/walk.js').Step} Step */
/** @typedef {import('../../draw/dag/dag.js').Edge} Edge */
/** @typedef {import('../../draw/dag/dag.js').Point} Point */
/** @typedef {import('../../draw/dag/dag.js').Layout} Layout */
/** @typedef {ReturnType<typeof knownAt>} Known */
/** @typedef {{layout: Layout, tiles: Map<string, SVGElement>, edges: {edge: Edge, group: SVGElement}[]}} Drawn */

const MANY = 30; // nodes, from which on tiles are small and edges have no numbers
const GAPS = { few: [58, 88], many: [34, 34], modules: [40, 46] }; // least and most px between columns

/**
 * @param {HTMLElement} root @param {HTMLButtonElement} fit  shows all of a drawing that is larger than its place
 * @param {import('./state.js').Store} store
 * @returns {() => void} undo
 */
export function mountGraphPicture(root, fit, store) {
  const stage = createStage(root, fit);
  /** @type {Drawn | null} */
  let drawn = null;

  function build() {
    const nodes = store.get('nodes');
    const unit = parseFloat(getComputedStyle(document.body).fontSize) / 13; // px per px at a desk
    stage.clear(t('graph.picture'), unit);
    drawn = null;
    if (!nodes.length) return;
    const gaps = GAPS[store.get('view') === 'modules' ? 'modules' : nodes.length > MANY ? 'many' : 'few'];
    drawn = draw(nodes, unit, gaps, stage.room(), (name) => store.set({ chosen: name }));
    stage.put(drawn.layout, [...drawn.edges.map(({ group }) => group), ...drawn.tiles.values()]);
    show();
  }

  function show() {
    const nodes = store.get('nodes');
    if (!drawn || drawn.tiles.size !== nodes.length) return;
    const [walk, position] = [store.get('walk'), store.get('position')];
    const known = knownAt(walk, position, nodes);
    const now = walk.steps[position - 1];
    showTiles(drawn, nodes, known, now, store.get('chosen'));
    showEdges(drawn, nodes, known, now);
    stage.reveal(now && drawn.layout.places.get(now.node.name));
  }

  const sized = new ResizeObserver(build);
  sized.observe(root);
  const stops = [store.watch(['nodes', 'language', 'profile'], build), store.watch(['position', 'chosen'], show)];
  build();
  return () => {
    sized.disconnect();
    stage.stop();
    stops.forEach((stop) => stop());
  };
}

/**
 * @param {Node[]} nodes @param {number} unit @param {number[]} gaps  least and most between columns @param {number} width  there is room for
 * @param {(name: string) => void} choose
 * @returns {Drawn}
 */
function draw(nodes, unit, [least, most], width, choose) {
  const small = nodes.length > MANY;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const boxes = nodes.map((node) => ({ name: node.name, inputs: node.inputs, ...sizeOf(node, unit, small) }));
  const layout = layOut(boxes, { row: (small ? 8 : 22) * unit, column: [least * unit, most * unit], width });
  const middles = spread(layout.edges.map(({ points: [a, b] }) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })), 21 * unit);
  const edges = layout.edges.map((edge, i) => ({ edge, group: makeEdge(edge, middles[i], unit) }));
  const tiles = new Map(nodes.map((node, i) => {
    const { width, height } = boxes[i];
    const { x, y } = /** @type {Point} */ (layout.places.get(node.name));
    const forks = layout.edges.filter((edge) => edge.from === node.name).length > 1;
    const tile = makeTile(node, formulaOf(node, byName), { x: x - width / 2, y: y - height / 2, width, height }, { unit, small, forks });
    tile.onclick = () => choose(node.name);
    tile.onkeydown = (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      choose(node.name);
    };
    return [node.name, tile];
  }));
  return { layout, tiles, edges };
}

/** @param {Drawn} drawn @param {Node[]} nodes @param {Known} known @param {Step | undefined} now @param {string | null} chosen */
function showTiles({ tiles }, nodes, known, now, chosen) {
  for (const node of nodes) {
    const tile = /** @type {SVGElement} */ (tiles.get(node.name));
    showKnown(tile, node, { value: known.values.has(node.name), grad: known.grads.has(node.name) });
    tile.classList.toggle('now', now?.node.name === node.name);
    tile.classList.toggle('backward', now?.pass === 'backward');
    tile.classList.toggle('chosen', chosen === node.name);
  }
}

/** @param {Drawn} drawn @param {Node[]} nodes @param {Known} known @param {Step | undefined} now */
function showEdges({ edges }, nodes, known, now) {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const few = nodes.length <= MANY;
  for (const { edge, group } of edges) {
    const user = /** @type {Node} */ (byName.get(edge.to));
    const source = /** @type {Node} */ (byName.get(edge.from));
    const back = known.grads.has(edge.to) && source.grads !== null;
    const here = now?.node.name === edge.to || (now?.pass === 'backward' && now.node.name === edge.from);
    group.classList.toggle('used', known.values.has(edge.to));
    group.classList.toggle('back', back);
    group.classList.toggle('now', here);
    const flow = user.flows[edge.slot];
    group.dataset.sign = signName(source.values);
    writeFlow(group, few && back && typeof flow === 'number' ? flow : null, few && now?.node === user ? user.local[edge.slot] : null);
  }
}

/** Of a single number; empty for 0 and for vectors. @param {number[]} values */
const signName = (values) => (values.length !== 1 || values[0] === 0 ? '' : values[0] > 0 ? 'pos' : 'neg');
