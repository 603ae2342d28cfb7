// @ts-check
// The flat form: every intermediate on a line of its own, its value and later its gradient, in step with the graph.

import { t } from '../../core/i18n.js';
import { called, formulaOf, shortened } from '../../draw/math/formula.js';
import { contributions, knownAt } from '../../draw/dag/walk.js';

/** @typedef {import('../../draw/dag/walk.js').Node} Node */

/** @param {HTMLElement} root @param {import('./state.js').Store} store */
export function mountLines(root, store) {
  const heading = document.createElement('h2');
  const scroller = document.createElement('div');
  const table = document.createElement('table');
  scroller.className = 'scroller';
  scroller.append(table);
  root.append(heading, scroller);
  /** @type {Map<string, {row: HTMLTableRowElement, value: HTMLElement, grad: HTMLElement}>} */
  let rows = new Map();

  function build() {
    heading.textContent = t('graph.flat');
    /** @type {Node[]} */
    const nodes = store.get('nodes');
    const byName = new Map(nodes.map((node) => [node.name, node]));
    rows = new Map();
    const head = table.createTHead();
    head.replaceChildren();
    const titles = head.insertRow();
    for (const title of [t('graph.line'), t('graph.value'), t('graph.gradient')]) {
      titles.append(Object.assign(document.createElement('th'), { textContent: title, scope: 'col' }));
    }
    const body = document.createElement('tbody');
    for (const node of nodes) {
      if (called(node.name, byName) === node.name) body.append(line(node, byName));
    }
    table.tBodies[0]?.remove();
    table.append(body);
    show();
  }

  /** @param {Node} node @param {Map<string, Node>} byName */
  function line(node, byName) {
    const row = document.createElement('tr');
    const name = document.createElement('th');
    const open = document.createElement('button');
    open.innerHTML = '<b></b> <span></span>';
    /** @type {HTMLElement} */ (open.firstElementChild).textContent = node.name;
    /** @type {HTMLElement} */ (open.lastElementChild).textContent = node.inputs.length ? `= ${formulaOf(node, byName)}` : '';
    open.onclick = () => store.set({ chosen: node.name });
    name.scope = 'row';
    name.append(open);
    const [value, grad] = [document.createElement('td'), document.createElement('td')];
    grad.className = 'grad';
    row.classList.toggle('vectors', node.values.length > 1);
    row.append(name, value, grad);
    row.dataset.testid = `line-${node.name}`;
    rows.set(node.name, { row, value, grad });
    return row;
  }

  function show() {
    const [nodes, walk, position, chosen] = ['nodes', 'walk', 'position', 'chosen'].map(store.get);
    const known = knownAt(walk, position, nodes);
    const now = walk.steps[position - 1];
    for (const node of /** @type {Node[]} */ (nodes)) {
      const parts = rows.get(node.name);
      if (!parts) continue;
      parts.value.textContent = known.values.has(node.name) ? shortened(node.values) : '';
      parts.grad.textContent = node.grads && known.grads.has(node.name) ? shortened(node.grads) : node.grads ? '' : '–';
      const sums = contributions(nodes, node.name).length > 1;
      parts.grad.classList.toggle('sum', sums && known.grads.has(node.name));
      const here = now?.node.name === node.name;
      parts.row.classList.toggle('now', here);
      parts.row.classList.toggle('backward', here && now.pass === 'backward');
      parts.row.classList.toggle('chosen', chosen === node.name);
    }
    const current = rows.get(now?.node.name)?.row;
    if (!current) {
      scroller.scrollTop = 0;
      return;
    }
    const [top, bottom] = [current.offsetTop - 40, current.offsetTop + current.offsetHeight];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
  }

  const stops = [store.watch(['nodes', 'language'], build), store.watch(['position', 'chosen'], show)];
  build();
  return () => stops.forEach((stop) => stop());
}
