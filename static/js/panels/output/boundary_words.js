// @ts-check
// The words around the plane: its title, the choice of an output, the switches below it, how many points lie outside.

import { isOutside } from '../../draw/plane/plane.js';
import { t } from '../../core/i18n.js';
import { isScaled } from '../../experiment/own_file.js';
import { neuronName, readNames } from '../../experiment/names.js';
import { showAxisTicks } from './axis_ticks.js';

const ARITHMETIC = ['x₁ + x₂', 'x₁ − x₂'];
const HEADING = '<h2><span></span><span class="seg outputs" role="group" hidden></span></h2>';
const BELOW = `
    <p class="reading-at" data-testid="boundary-reading"></p>
    <div class="toggles"><label><input type="checkbox" data-testid="test-points"><span></span></label><label><input type="checkbox" data-testid="discretize"><span></span></label></div>
    <p class="outside" data-testid="outside" hidden></p>`;
const SWITCHES = /** @type {const} */ ([
  { testid: 'test-points', key: 'testPoints', text: 'boundary.test_points', title: 'boundary.test_points.title' },
  { testid: 'discretize', key: 'discretize', text: 'boundary.discretize', title: 'boundary.discretize.title' },
]);

/** @typedef {import('../../core/store.js').Store} Store */

/** @param {HTMLElement} root @param {string} testid */
const switchOf = (root, testid) => /** @type {HTMLInputElement} */ (root.querySelector(`[data-testid=${testid}]`));

/** @param {HTMLElement} root  with the plane in it @param {Store} store @returns {() => void} undo */
export function addBoundaryWords(root, store) {
  const before = [...root.children];
  root.insertAdjacentHTML('afterbegin', HEADING);
  root.insertAdjacentHTML('beforeend', BELOW);
  for (const { testid, key } of SWITCHES) {
    const box = switchOf(root, testid);
    box.onchange = () => store.set({ [key]: box.checked });
  }
  return () => root.replaceChildren(...before);
}

/** @param {HTMLElement} root @param {Store} store @param {import('./plane_contents.js').PlaneContents} contents */
export function showWords(root, store, contents) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const { output, draft, train, test, extent } = contents;
  root.hidden = !(output?.plane ?? true) && !draft;
  find('.plane canvas').setAttribute('aria-label', t('boundary.picture'));
  for (const { testid, key, text, title } of SWITCHES) {
    const box = switchOf(root, testid);
    /** @type {HTMLElement} */ (box.nextElementSibling).textContent = t(text);
    /** @type {HTMLElement} */ (box.parentElement).title = t(title);
    box.checked = Boolean(store.get(key));
  }
  const count = [...train, ...(store.get('testPoints') ? test : [])].filter((point) => isOutside(point, extent)).length;
  const outside = find('.outside');
  outside.hidden = count === 0;
  outside.textContent = t('boundary.outside', { count });
  showAxisTicks(find('.ticks'), extent, contents.units);
  find('.reading-at').classList.toggle('of-file', isScaled(contents.units.x1) || isScaled(contents.units.x2));
  showOutputChoice(find('.outputs'), store, contents);
  showTitle(root, store);
}

/** @param {HTMLElement} root @param {Store} store */
export function showTitle(root, store) {
  const title = /** @type {HTMLElement} */ (root.querySelector('h2 > span'));
  const hovered = store.get('hovered');
  title.textContent = hovered && store.get('spec') ? neuronName(hovered, readNames(store)) : t('boundary.output');
  title.classList.toggle('chosen', Boolean(hovered));
}

/** Buttons that choose which output is shown, where the network has several values. @param {HTMLElement} root @param {import('../../core/store.js').Store} store @param {import('./plane_contents.js').PlaneContents} contents */
function showOutputChoice(root, store, { output, draft, chosenOutput }) {
  const several = output && output.plane && output.classes === 0 && output.outputs > 1 && !draft;
  root.hidden = !several;
  root.setAttribute('aria-label', t('boundary.which_output'));
  if (!several) return;
  const names = store.get('spec')?.dataset === 'arithmetic' ? ARITHMETIC : Array.from({ length: output.outputs }, (_, i) => String(i + 1));
  if (root.children.length !== names.length) root.replaceChildren(...names.map((name, i) => makeButton(name, i, () => store.set({ output: i }))));
  [...root.children].forEach((button, i) => button.setAttribute('aria-pressed', String(i === chosenOutput)));
}

/** @param {string} name @param {number} i @param {() => void} choose */
function makeButton(name, i, choose) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = name;
  button.dataset.testid = `output-${i}`;
  button.onclick = choose;
  return button;
}
