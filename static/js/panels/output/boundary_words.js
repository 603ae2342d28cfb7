// @ts-check
// The words around the plane: its title, the switches below it, how many points lie outside.

import { isOutside } from '../../draw/plane/plane.js';
import { t } from '../../core/i18n.js';
import { neuronName, readNames } from '../../experiment/names.js';
import { showAxisTicks } from './axis_ticks.js';
import { showOutputChoice } from './output_choice.js';

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
  outside.textContent = t(count === 1 ? 'boundary.outside_one' : 'boundary.outside', { count });
  showAxisTicks(find('.ticks'), extent);
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
