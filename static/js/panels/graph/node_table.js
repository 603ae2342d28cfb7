// @ts-check
// The graph as a table: every intermediate on a line of its own, its value and later its gradient, in step with the drawing.

import { contributions, knownAt } from '../../draw/dag/walk.js';
import { called, formulaOf, shortened } from '../../draw/math/formula.js';
import { t } from '../../core/i18n.js';

/** @typedef {import('../../draw/dag/walk.js').Node} Node */
/** @typedef {{row: HTMLTableRowElement, value: HTMLElement, grad: HTMLElement}} Row */

/** @param {HTMLElement} root @param {import('./state.js').Store} store @returns {() => void} undo */
export function mountNodeTable(root, store) {
  const heading = document.createElement('h2');
  const scroller = document.createElement('div');
  const table = document.createElement('table');
  scroller.className = 'scroller';
  scroller.append(table);
  root.append(heading, scroller);
  /** @type {Map<string, Row>} */
  let rows = new Map();

  function build() {
    heading.textContent = t('graph.flat');
    const nodes = store.get('nodes');
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const named = nodes.filter(({ name }) => called(name, byName) === name);
    rows = new Map(named.map((node) => [node.name, makeRow(node, byName, () => store.set({ chosen: node.name }))]));
    const body = document.createElement('tbody');
    body.append(...[...rows.values()].map(({ row }) => row));
    writeHead(table);
    table.tBodies[0]?.remove();
    table.append(body);
    show();
  }

  function show() {
    const [nodes, walk, position, chosen] = [store.get('nodes'), store.get('walk'), store.get('position'), store.get('chosen')];
    const { values, grads } = knownAt(walk, position, nodes);
    const now = walk.steps[position - 1];
    for (const node of nodes) {
      const parts = rows.get(node.name);
      if (!parts) continue;
      const { row, value, grad } = parts;
      value.textContent = values.has(node.name) ? shortened(node.values) : '';
      grad.textContent = !node.grads ? '–' : grads.has(node.name) ? shortened(node.grads) : '';
      grad.classList.toggle('sum', grads.has(node.name) && contributions(nodes, node.name).length > 1);
      const here = now?.node.name === node.name;
      row.classList.toggle('now', here);
      row.classList.toggle('backward', here && now.pass === 'backward');
      row.classList.toggle('chosen', chosen === node.name);
    }
    reveal(scroller, rows.get(now?.node.name)?.row);
  }

  const stops = [store.watch(['nodes', 'language'], build), store.watch(['position', 'chosen'], show)];
  build();
  return () => stops.forEach((stop) => stop());
}

/** @param {HTMLTableElement} table */
function writeHead(table) {
  const head = table.createTHead();
  head.replaceChildren();
  const titles = head.insertRow();
  for (const title of [t('graph.line'), t('graph.value'), t('graph.gradient')]) {
    titles.append(Object.assign(document.createElement('th'), { textContent: title, scope: 'col' }));
  }
}

/** @param {Node} node @param {Map<string, Node>} byName @param {() => void} choose @returns {Row} */
function makeRow(node, byName, choose) {
  const row = document.createElement('tr');
  const name = document.createElement('th');
  const open = document.createElement('button');
  open.innerHTML = '<b></b> <span></span>';
  const [own, formula] = /** @type {HTMLElement[]} */ ([...open.children]);
  own.textContent = node.name;
  formula.textContent = node.inputs.length ? `= ${formulaOf(node, byName)}` : '';
  open.onclick = choose;
  name.scope = 'row';
  name.append(open);
  const [value, grad] = [document.createElement('td'), document.createElement('td')];
  grad.className = 'grad';
  row.classList.toggle('vectors', node.values.length > 1);
  row.append(name, value, grad);
  row.dataset.testid = `line-${node.name}`;
  return { row, value, grad };
}

/** Scrolls to a row; to the start where there is none. @param {HTMLElement} scroller @param {HTMLElement | undefined} row */
function reveal(scroller, row) {
  if (!row) {
    scroller.scrollTop = 0;
    return;
  }
  const [top, bottom] = [row.offsetTop - 40, row.offsetTop + row.offsetHeight];
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
}
