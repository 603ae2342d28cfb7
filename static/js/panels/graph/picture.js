// @ts-check
// The graph as a drawing: nodes from left to right, what flows forward in ink, orange and blue, what flows back in violet.
// Built anew for another graph or size; a step only changes what is known.

import { t } from '../../core/i18n.js';
import { layOut, pathOf, spread } from '../../draw/dag/dag.js';
import { knownAt } from '../../draw/dag/walk.js';
import { draw, leftEdge, nodeOf, paint, sizeOf, tell } from './tiles.js';
import { formulaOf } from '../../draw/math/formula.js';

/** @typedef {import('../../draw/dag/walk.js').Node} Node */
/** @typedef {import('../../draw/dag/dag.js').Edge} Edge */

const MANY = 30; // nodes, from which on tiles are small and edges have no numbers
const MOST = 1.35; // zoom: larger would look empty
const LEGIBLE = 10; // px: the drawing is not made smaller than leaves its smallest text so high at a desk
const MARGIN = 14; // px round the drawing
const GAPS = { few: [58, 88], many: [34, 34], modules: [40, 46] }; // least and most px between columns

/** @param {HTMLElement} root @param {import('./state.js').Store} store */
export function mountPicture(root, store) {
  const svg = draw('svg', { role: 'group' });
  root.append(svg);
  /** @type {Map<string, SVGElement>} */
  let tiles = new Map();
  /** @type {{edge: Edge, group: SVGElement}[]} */
  let edges = [];
  /** @type {Map<string, import('../../draw/dag/dag.js').Point>} */
  let places = new Map();
  let zoom = 1;
  let size = { width: 1, height: 1 };
  let least = 1;
  const sized = new ResizeObserver(build);

  function build() {
    /** @type {Node[]} */
    const nodes = store.get('nodes');
    const unit = parseFloat(getComputedStyle(document.body).fontSize) / 13;
    const small = nodes.length > MANY;
    least = LEGIBLE / 11.5 / Math.sqrt(unit);
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const boxes = nodes.map((node) => ({ name: node.name, inputs: node.inputs, ...sizeOf(node, unit, small) }));
    svg.replaceChildren();
    svg.setAttribute('aria-label', t('graph.picture'));
    if (!nodes.length) return;
    const [narrow, wide] = GAPS[store.get('view') === 'modules' ? 'modules' : small ? 'many' : 'few'];
    const room = root.clientWidth / least - 2 * MARGIN;
    const layout = layOut(boxes, { row: (small ? 8 : 22) * unit, column: [narrow * unit, wide * unit], width: room });
    ({ places } = layout);
    size = { width: layout.width + 2 * MARGIN, height: layout.height + 2 * MARGIN };
    const plane = draw('g', { transform: `translate(${MARGIN} ${MARGIN})` });
    const middles = spread(layout.edges.map(({ points: [a, b] }) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })), 21 * unit);
    edges = layout.edges.map((edge, place) => ({ edge, group: link(edge, middles[place], unit) }));
    tiles = new Map(boxes.map((box) => {
      const node = /** @type {Node} */ (byName.get(box.name));
      const { x, y } = /** @type {import('../../draw/dag/dag.js').Point} */ (places.get(box.name));
      const forks = layout.edges.filter((edge) => edge.from === box.name).length > 1;
      const tile = nodeOf(node, formulaOf(node, byName), { x: x - box.width / 2, y: y - box.height / 2, ...box }, { unit, small, forks });
      tile.onclick = () => store.set({ chosen: node.name });
      tile.onkeydown = (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        store.set({ chosen: node.name });
      };
      return [node.name, tile];
    }));
    plane.append(...edges.map(({ group }) => group), ...tiles.values());
    svg.append(plane);
    fit();
    show();
  }

  /** @param {Edge} edge @param {import('../../draw/dag/dag.js').Point} middle  of its numbers @param {number} unit */
  function link(edge, middle, unit) {
    const group = draw('g', { class: 'edge' });
    const path = pathOf(edge.points);
    const label = draw('g', { class: 'flow', transform: `translate(${middle.x} ${middle.y})` });
    label.append(
      draw('rect', { rx: 7 * unit, height: 18 * unit, y: -9 * unit }),
      draw('text', { class: 'amount', y: 4.5 * unit, 'text-anchor': 'middle' }),
      draw('text', { class: 'slope', y: -13 * unit, 'text-anchor': 'middle' }),
    );
    group.append(draw('path', { class: 'violet', d: path }), draw('path', { class: 'wire', d: path }), draw('path', { class: 'arrow', d: leftEdge(edge.points[0], unit) }), label);
    return group;
  }

  function fit() {
    const [width, height] = [root.clientWidth, root.clientHeight];
    zoom = Math.min(MOST, Math.max(least, Math.min(width / size.width, height / size.height)));
    svg.setAttribute('viewBox', `0 0 ${size.width} ${size.height}`);
    svg.setAttribute('width', String(size.width * zoom));
    svg.setAttribute('height', String(size.height * zoom));
  }

  function show() {
    /** @type {Node[]} */
    const nodes = store.get('nodes');
    if (tiles.size !== nodes.length) return;
    const [walk, position, chosen] = [store.get('walk'), store.get('position'), store.get('chosen')];
    const known = knownAt(walk, position, nodes);
    const now = walk.steps[position - 1];
    const byName = new Map(nodes.map((node) => [node.name, node]));
    for (const node of nodes) {
      const tile = /** @type {SVGElement} */ (tiles.get(node.name));
      paint(tile, node, { value: known.values.has(node.name), grad: known.grads.has(node.name) });
      tile.classList.toggle('now', now?.node.name === node.name);
      tile.classList.toggle('backward', now?.pass === 'backward');
      tile.classList.toggle('chosen', chosen === node.name);
    }
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
      group.dataset.sign = user && source.values.length === 1 && source.values[0] !== 0 ? (source.values[0] > 0 ? 'pos' : 'neg') : '';
      tell(group, few && back && typeof flow === 'number' ? flow : null, few && now?.node === user ? user.local[edge.slot] : null);
    }
    if (now) reveal(places.get(now.node.name));
    else root.scrollTo(0, 0);
  }

  /** Scrolls the drawing, and only it, to a place in it. @param {import('../../draw/dag/dag.js').Point | undefined} place */
  function reveal(place) {
    if (!place) return;
    const [x, y] = [(place.x + MARGIN) * zoom, (place.y + MARGIN) * zoom];
    const margin = 90 * zoom;
    if (x - margin < root.scrollLeft || x + margin > root.scrollLeft + root.clientWidth) root.scrollLeft = x - root.clientWidth / 2;
    if (y - margin < root.scrollTop || y + margin > root.scrollTop + root.clientHeight) root.scrollTop = y - root.clientHeight / 2;
  }

  sized.observe(root);
  const stops = [store.watch(['nodes', 'language', 'profile'], build), store.watch(['position', 'chosen'], show)];
  build();
  return () => {
    sized.disconnect();
    stops.forEach((stop) => stop());
  };
}
