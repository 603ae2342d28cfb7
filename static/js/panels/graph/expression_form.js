// @ts-check
// What graph is wanted: a preset, an expression with the values of its variables, or the tab's network.

import { EXAMPLES } from './example_expressions.js';
import { createFaultMessage } from './fault_message.js';
import { createReadings } from './readings.js';
import { createSampleForm } from './sample_form.js';
import { createVariableFields } from './variable_fields.js';

/** @typedef {import('./state.js').Store} Store */
/** @typedef {import('./graph_source.js').GraphSource} GraphSource */

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {GraphSource} source
 * @returns {() => void} undo
 */
export function mountExpressionForm(root, store, { refresh }) {
  const [typed, values, sample, message, readAs] = ['.typed', '.values', '.sample', ':scope > .fault', '.readings'].map((selector) => /** @type {HTMLElement} */ (root.querySelector(selector)));
  const text = /** @type {HTMLTextAreaElement} */ (typed.querySelector('textarea'));
  const showChoices = makeChoices(root, store, refresh);
  const fields = createVariableFields(values, store, () => refresh({ soon: true }));
  const sampleForm = createSampleForm(sample, store, refresh);
  const readings = createReadings(readAs, store);
  const fault = createFaultMessage(message, store, () => chooseView(store, refresh, 'modules'));

  text.oninput = () => {
    store.set({ expression: text.value });
    fitHeight(text);
    refresh({ anew: true, soon: true });
  };

  function show() {
    typed.hidden = store.get('view') !== 'expression';
    showChoices();
    if (text.value !== store.get('expression')) text.value = store.get('expression');
    fitHeight(text);
    sampleForm.show();
    fields.show();
    readings.show();
  }

  function showFault() {
    text.setAttribute('aria-invalid', String(store.get('fault') !== null && store.get('view') === 'expression'));
    fault.show();
  }

  const stops = [
    store.watch(['view', 'answer', 'fault', 'expression', 'language', 'point', 'profile'], show),
    store.watch(['fault', 'language'], showFault),
  ];
  show();
  return () => stops.forEach((stop) => stop());
}

/** @param {Store} store @param {GraphSource['refresh']} refresh @param {import('./state.js').GraphState['view']} view */
function chooseView(store, refresh, view) {
  if (store.get('view') === view) return;
  store.set({ view });
  refresh({ anew: true });
}

/**
 * The buttons of presets and of views.
 * @param {HTMLElement} root @param {Store} store @param {GraphSource['refresh']} refresh
 * @returns {() => void} shows which is chosen
 */
function makeChoices(root, store, refresh) {
  const presets = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('[data-preset]')]);
  const views = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('[data-view]')]);
  for (const button of presets) {
    const { expression, values } = EXAMPLES[button.dataset.preset ?? ''];
    button.onclick = () => {
      store.set({ view: 'expression', expression, given: values, own: false, backward: '' });
      refresh({ anew: true });
    };
  }
  for (const button of views) button.onclick = () => chooseView(store, refresh, /** @type {import('./state.js').GraphState['view']} */ (button.dataset.view));
  return () => {
    const view = store.get('view');
    for (const button of views) button.setAttribute('aria-pressed', String(button.dataset.view === view));
    for (const button of presets) {
      const isChosen = view === 'expression' && EXAMPLES[button.dataset.preset ?? ''].expression === store.get('expression');
      button.setAttribute('aria-pressed', String(isChosen));
    }
  };
}

/** As high as what is typed, up to four lines. @param {HTMLTextAreaElement} text */
function fitHeight(text) {
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight + 2}px`;
}
