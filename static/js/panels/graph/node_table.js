// @ts-check
// The graph as a table: every intermediate on a line of its own, its value and later its gradient; below them the lines of
// the backward pass, grad_w0 = grad_p0 · x0. All in step with the drawing.

import { contributions, knownAt } from '../../draw/dag/walk.js';
import { called, formulaOf, shortened } from '../../draw/math/formula.js';
import { t } from '../../core/i18n.js';
import { gradientLine } from './gradient_line.js';

/** @typedef {import('../../draw/dag/walk.js').Node} Node */
/** @typedef {{row: HTMLTableRowElement, value: HTMLElement, grad: HTMLElement}} Row */
/** @typedef {{row: HTMLTableRowElement, value: HTMLElement}} BackwardRow */

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
  /** @type {Map<string, BackwardRow>} */
  let backwardRows = new Map();

  function build() {
    heading.textContent = t('graph.flat');
    const nodes = store.get('nodes');
    const byName = new Map(nodes.map((node) => [node.name, node]));
    const named = nodes.filter(({ name }) => called(name, byName) === name);
    rows = new Map(named.map((node) => [node.name, makeRow(node, byName, () => store.set({ chosen: node.name }))]));
    const backward = store.get('view') === 'modules' ? [] : named.filter((node) => node.grads !== null).reverse();
    backwardRows = new Map(backward.map((node) => [node.name, makeBackwardRow(node, nodes, byName, () => store.set({ chosen: node.name }))]));
    writeHead(table);
    for (const body of [...table.tBodies]) body.remove();
    for (const lines of [rows, backwardRows]) table.createTBody().append(...[...lines.values()].map(({ row }) => row));
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
    for (const [name, { row, value }] of backwardRows) {
      value.textContent = grads.has(name) ? shortened(/** @type {Node} */ (nodes.find((node) => node.name === name)).grads ?? []) : '';
      row.classList.toggle('here', now?.pass === 'backward' && now.node.name === name);
    }
    const current = (now?.pass === 'backward' && backwardRows.get(now.node.name)) || rows.get(now?.node.name);
    reveal(scroller, current?.row);
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
  const [value, grad] = [document.createElement('td'), document.createElement('td')];
  grad.className = 'grad';
  row.classList.toggle('vectors', node.values.length > 1);
  row.append(makeLine(node.name, node.inputs.length ? `= ${formulaOf(node, byName)}` : '', choose), value, grad);
  row.dataset.testid = `line-${node.name}`;
  return { row, value, grad };
}

/** @param {Node} node @param {Node[]} nodes @param {Map<string, Node>} byName @param {() => void} choose @returns {BackwardRow} */
function makeBackwardRow(node, nodes, byName, choose) {
  const row = document.createElement('tr');
  const value = Object.assign(document.createElement('td'), { className: 'grad' });
  const line = makeLine(`grad_${node.name}`, `= ${gradientLine(node, nodes, byName)}`, choose);
  line.colSpan = 2;
  row.append(line, value);
  row.dataset.testid = `backward-line-${node.name}`;
  return { row, value };
}

/** A row's head, that opens its node. @param {string} name @param {string} formula @param {() => void} choose */
function makeLine(name, formula, choose) {
  const head = document.createElement('th');
  const open = document.createElement('button');
  open.append(Object.assign(document.createElement('b'), { textContent: name }), ' ', Object.assign(document.createElement('span'), { textContent: formula }));
  open.onclick = choose;
  head.scope = 'row';
  head.append(open);
  return head;
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
