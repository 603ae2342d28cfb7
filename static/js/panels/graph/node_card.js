// @ts-check
// One node in the open: its arithmetic forward, what came back to it, and what it hands on through each of its slopes.

import { pathsTo } from '../../draw/dag/paths.js';
import { contributions, knownAt } from '../../draw/dag/walk.js';
import { asFactor, called, formulaOf, numbers, signOf, slopeOf, substituted, tidy, within } from '../../draw/math/formula.js';
import { t } from '../../core/i18n.js';

/** @typedef {import('../../draw/dag/walk.js').Node} Node */

/** Where one begins to write an operation of one's own. */
const OWN_MULTIPLY = { expression: 'x·y', given: { x: 3, y: -2 }, backward: 'y·g, x·g', upstream: 0.5 };
const PATHS = 4; // whose products are written out

/** @param {string} tag @param {string} kind @param {(Node | Element | string)[]} inside */
function make(tag, kind, ...inside) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.append(.../** @type {(string | Element)[]} */ (inside));
  return element;
}

/**
 * @param {HTMLElement} root @param {import('./state.js').Store} store @param {import('./graph_source.js').GraphSource} source
 * @returns {() => void} undo
 */
export function mountNodeCard(root, store, { refresh }) {
  const writeOwn = () => {
    store.set({ ...OWN_MULTIPLY, own: true });
    refresh({ anew: true });
  };

  function show() {
    const nodes = store.get('nodes');
    const [walk, position] = [store.get('walk'), store.get('position')];
    const name = store.get('chosen') ?? walk.steps[position - 1]?.node.name;
    const node = nodes.find((each) => each.name === name);
    if (!node) {
      root.replaceChildren(make('h2', '', t('graph.card')), make('p', 'soft', t('graph.card_empty')));
      return;
    }
    const byName = new Map(nodes.map((each) => [each.name, each]));
    const known = knownAt(walk, position, nodes);
    const about = { nodes, byName, known, writeOwn, check: store.get('check') };
    const parts = [title(node), make('p', 'gate', t(gateKey(node)))];
    parts.push(...(node.tensors || node.values.length > 1 || store.get('view') === 'modules' ? vectors(node, about) : arithmetic(node, about)));
    root.replaceChildren(...parts);
    root.dataset.node = node.name;
  }
  const stops = [store.watch(['nodes', 'position', 'chosen', 'check', 'language'], show)];
  show();
  return () => stops.forEach((stop) => stop());
}

/** @param {Node} node */
const gateKey = (node) => `graph.gate.${node.op === 'linear' && !node.tensors?.bias ? 'linear_plain' : node.inputs.length || ['inputs', 'targets'].includes(node.op) ? node.op : node.grads === null ? 'constant' : 'variable'}`;

/** @param {Node} node */
function title(node) {
  const sign = signOf(node.op);
  return make('h2', 'node-title', make('b', '', node.name), ...(sign ? [make('span', 'chip', sign)] : []));
}

/**
 * @typedef {object} About
 * @property {Node[]} nodes @property {Map<string, Node>} byName
 * @property {{values: Set<string>, grads: Set<string>}} known
 * @property {import('./state.js').Check | null} check
 * @property {() => void} writeOwn
 */

/** @param {Node} node @param {About} about */
function arithmetic(node, about) {
  const { byName, known, nodes } = about;
  const parts = [];
  if (node.inputs.length) {
    const value = known.values.has(node.name) ? tidy(node.values[0]) : '?';
    const filled = known.values.has(node.name) ? ` = ${substituted(node, byName)}` : '';
    parts.push(make('p', 'sum', `${node.name} = ${formulaOf(node, byName)}${filled} = `, make('b', '', value)));
  } else {
    parts.push(make('p', 'sum', `${node.name} = `, make('b', '', tidy(node.values[0]))));
  }
  if (node.grads === null) return parts;
  const reached = known.grads.has(node.name);
  parts.push(make('h3', '', t('graph.incoming')));
  parts.push(reached ? incoming(node, nodes) : make('p', 'soft', t('graph.not_reached')));
  if (reached) parts.push(...chainProducts(node, about));
  if (node.inputs.length) parts.push(make('h3', '', t(reached ? 'graph.outgoing' : 'graph.slopes')), slopes(node, byName, reached));
  const product = about.check?.products[node.name];
  if (product) parts.push(customMultiply(node, product, reached, about.writeOwn));
  return parts;
}

/** What came back, as the sum of all that did. @param {Node} node @param {Node[]} nodes */
function incoming(node, nodes) {
  const found = contributions(nodes, node.name);
  const total = make('b', 'violet', numbers(/** @type {number[]} */ (node.grads)));
  total.dataset.testid = 'total';
  const left = `∂${nodes[nodes.length - 1].name}/∂${node.name} = `;
  if (node === nodes[nodes.length - 1]) return make('p', 'sum', left, total, make('span', 'soft', ` ${t('graph.seed')}`));
  if (!found.length) return make('p', 'sum', left, total, make('span', 'soft', ` ${t('graph.no_way')}`));
  const terms = found.flatMap(({ from, flow }, place) => {
    const amount = typeof flow === 'number' ? (place ? within(flow) : tidy(flow)) : numbers(flow);
    const term = make('span', 'term', amount);
    Object.assign(term.dataset, { testid: 'contribution', value: [flow].flat().join(' ') });
    term.title = t('graph.returned_by', { node: from });
    return [...(place ? [' + '] : []), term, make('span', 'origin', ` ← ${from}`)];
  });
  return make('p', 'sum', left, ...terms, ...(found.length > 1 ? [' = ', total, make('span', 'soft', ` ${t('graph.copies')}`)] : []));
}

/** Along each path from the result the product of all slopes, in formulas and in numbers. @param {Node} node @param {About} about */
function chainProducts(node, { nodes, byName }) {
  const { paths, count } = pathsTo(nodes, node.name, PATHS);
  const result = nodes[nodes.length - 1].name;
  const lines = paths.filter((path) => path.length).map((path) => {
    const slopes = path.map(({ user, slot }) => user.local[slot] ?? NaN);
    const product = slopes.reduce((all, slope) => all * slope, 1);
    const way = [result, ...path.slice(1).map(({ user }) => user.name), node.name].join(' ← ');
    const formulas = path.map(({ user, slot }) => asFactor(slopeOf(user, slot, byName))).join(' · ');
    const figures = slopes.map((slope, place) => (place ? within(slope) : tidy(slope))).join(' · ');
    const line = make('p', 'sum', make('span', 'origin', `${way}: `), formulas, ...(figures === formulas ? [] : [' = ', figures]), ' = ', make('b', 'violet', tidy(product)));
    Object.assign(line.dataset, { testid: 'path', value: String(product) });
    return line;
  });
  if (!lines.length) return [];
  const more = count > paths.length ? [make('p', 'soft', t('graph.more_paths', { count: count - paths.length }))] : [];
  return [make('h3', '', t('graph.paths')), ...lines, ...more];
}

/** For each input its slope, and once the gradient is there their product. @param {Node} node @param {Map<string, Node>} byName @param {boolean} reached */
function slopes(node, byName, reached) {
  const table = make('table', 'slopes');
  const grad = /** @type {number[]} */ (node.grads)[0];
  node.inputs.forEach((name, slot) => {
    const [local, flow] = [node.local[slot], node.flows[slot]];
    if (local === null || typeof flow !== 'number') return;
    const row = make('tr', '');
    const formula = slopeOf(node, slot, byName);
    row.append(
      make('th', '', `∂${node.name}/∂${called(name, byName)}`),
      make('td', '', formula === tidy(local) ? `= ${tidy(local)}` : `= ${formula} = ${tidy(local)}`),
      ...(reached ? [make('td', 'violet', `${tidy(grad)} · ${within(local)} = `, make('b', '', tidy(flow)), ` → ${name}`)] : []),
    );
    table.append(row);
  });
  return table;
}

/** An operation of one's own for torch, beside torch's. @param {Node} node @param {{own: number[], library: number[]}} product @param {boolean} reached @param {() => void} writeOwn */
function customMultiply(node, product, reached, writeOwn) {
  const box = make('div', 'custom');
  box.dataset.testid = 'custom';
  const [x, y] = node.inputs;
  const code = make('pre', '', `forward(${x}, ${y}):  keep ${x}, ${y};  return ${x}·${y}\nbackward(g):  return ${y}·g, ${x}·g`);
  box.append(make('h3', '', t('graph.custom')), code);
  if (reached) box.append(answers(node, product));
  else box.append(make('p', 'soft', t('graph.not_reached')));
  const write = Object.assign(make('button', 'button small', t('graph.own.write')), { onclick: writeOwn });
  write.dataset.testid = 'write-own';
  box.append(write);
  return box;
}

/** @param {Node} node @param {{own: number[], library: number[]}} product */
function answers(node, { own, library }) {
  const same = own.every((value, slot) => value === library[slot]);
  const row = (/** @type {string} */ name, /** @type {number[]} */ found) =>
    make('tr', '', make('th', '', name), ...found.map((value) => make('td', 'violet', tidy(value))));
  const head = make('tr', 'soft', make('th', ''), ...node.inputs.map((name) => make('td', '', `→ ${name}`)));
  const verdict = make('td', same ? 'ok' : '', same ? `✓ ${t('graph.custom_same')}` : `✕ ${t('graph.custom_differs')}`);
  const theirs = row('torch', library);
  theirs.append(verdict);
  return make('table', 'answers', head, row(t('graph.custom_own'), own), theirs);
}

/** Of a module: its vector, what came back to it, and its tensors with their gradients. @param {Node} node @param {About} about */
function vectors(node, { nodes, byName, known }) {
  const reached = known.grads.has(node.name);
  const left = node.inputs.length ? `${node.name} = ${formulaOf(node, byName)} = ` : `${node.name} = `;
  const parts = [make('p', 'sum', left, make('b', '', known.values.has(node.name) ? numbers(node.values) : '?'))];
  if (node.grads) parts.push(make('h3', '', t('graph.incoming')), reached ? incoming(node, nodes) : make('p', 'soft', t('graph.not_reached')));
  for (const [name, values] of Object.entries(node.buffers ?? {})) parts.push(make('h3', '', `${node.name}.${name}`), matrix(values, 'matrix'));
  for (const [name, { shape, values, grads }] of Object.entries(node.tensors ?? {})) {
    const [rows, columns] = [values.length, values[0].length ?? 1];
    parts.push(make('h3', '', `${node.name}.${name}`));
    if (shape[0] > rows || (shape[1] ?? 1) > columns) parts.push(make('p', 'soft', t('graph.corner', { shape: shape.join(' × '), rows, columns })));
    parts.push(matrix(values, 'matrix'));
    if (reached) parts.push(make('h3', '', `∂L/∂ ${name}`), matrix(grads, 'matrix violet'));
  }
  return parts;
}

/** @param {any[]} values  (n,) or (n, m) @param {string} kind */
function matrix(values, kind) {
  const table = make('table', kind);
  for (const line of Array.isArray(values[0]) ? values : [values]) {
    table.append(make('tr', '', ...line.map((/** @type {number} */ value) => make('td', '', tidy(value)))));
  }
  return make('div', 'scroller', table);
}
