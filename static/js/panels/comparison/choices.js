// @ts-check
// Which runs are compared, chosen in plain words, and one more run that differs in one thing.

import { setUpOf } from '../../core/comparison_run.js';
import { t } from '../../core/i18n.js';
import { aspectName } from '../../experiment/aspect_name.js';
import { reasonText } from '../../experiment/choice_options.js';
import { COMPARISONS, differenceReason, othersOf } from '../../experiment/comparisons.js';
import { readAspect } from '../../experiment/set_up.js';

const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
const DROPOUTS = [0, 0.1, 0.2, 0.5];
const KEPT = 'kept'; // experiments that were chosen among those kept
const PENALTIES = [0, 0.0001, 0.001, 0.01, 0.1];

/** @typedef {import('../../core/store.js').Store} Store */

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @param {import('./runs.js').ComparisonRuns} runs
 */
export function createChoices(root, store, send, runs) {
  const what = /** @type {HTMLSelectElement} */ (root.querySelector('[data-testid=compare-what]'));
  const more = /** @type {HTMLSelectElement} */ (root.querySelector('[data-testid=rival-add]'));
  const close = /** @type {HTMLButtonElement} */ (root.querySelector('.close'));

  function start() {
    const comparison = store.get('comparison');
    const now = readNow(store);
    if (!comparison || !now) {
      runs.stop();
      return;
    }
    runs.start(comparison === KEPT ? store.get('comparedKept').map((value) => ({ aspect: KEPT, value })) : othersOf(comparison, now.setUp, now.fields, now.choices));
  }

  let offered = '';
  what.onchange = () => {
    send({ type: 'reset' });
    store.set({ comparison: what.value });
  };
  close.onclick = () => store.set({ comparison: null });
  more.onchange = () => {
    runs.add(JSON.parse(more.value));
    more.value = '';
  };

  return {
    start,
    /** Fills the choices; what cannot be compared now says why. */
    offer() {
      const now = readNow(store);
      const offering = JSON.stringify([now?.setUp, store.get('language')]);
      if (!now || offering === offered) return; // a list that is open stays so while the run plays
      offered = offering;
      what.replaceChildren(...COMPARISONS.map((name) => comparisonOption(name, now)));
      what.value = store.get('comparison') ?? '';
      more.replaceChildren(new Option(t('comparison.add'), ''), ...differencesOf(now).map(groupOf));
    },
    /** Which comparison it is. */
    show() {
      showKept(what, store.get('comparison') === KEPT);
      if (document.activeElement !== what) what.value = store.get('comparison') ?? '';
      more.disabled = (store.get('comparisonRuns')?.length ?? 0) >= runs.most;
    },
  };
}

/** @typedef {{setUp: import('../../core/state.js').SetUp, fields: Record<string, import('../../core/schema.js').Field>, choices: import('../../wire/messages.js').Choices}} Now */

/** With what the person has just chosen, which the server has not confirmed yet. @param {Store} store @returns {Now | null} */
function readNow(store) {
  const [setUp, spec, fields, choices] = [setUpOf(store.get('state')), store.get('spec'), store.get('fields'), store.get('choices')];
  return setUp && spec && fields && choices && { setUp: { ...setUp, spec }, fields, choices };
}

/** Such a comparison is begun elsewhere, and only named here. @param {HTMLSelectElement} what @param {boolean} is */
function showKept(what, is) {
  const option = what.querySelector(`[value=${KEPT}]`);
  if (is && !option) what.append(new Option(t('comparison.what.kept'), KEPT));
  else if (!is) option?.remove();
}

/** @param {string} name @param {Now} now */
export function comparisonOption(name, { setUp, fields, choices }) {
  const differences = othersOf(name, setUp, fields, choices);
  const reasons = differences.map((difference) => differenceReason(setUp, difference, choices));
  const reason = reasons.every(Boolean) ? reasons[0] : null;
  const others = differences.map(({ aspect, value }) => aspectName(aspect, value));
  const option = new Option(t(`comparison.what.${name}`, { others, own: aspectName('engine', setUp.engine) }), name);
  option.disabled = reason !== null;
  option.title = reason ? reasonText(reason) : '';
  return option;
}

/** In what one more run can differ, but for what is so now. @param {Now} now @returns {{aspect: string, values: any[]}[]} */
function differencesOf({ setUp, fields, choices }) {
  const all = {
    optimizer: fields.optimizer.options.filter((name) => name !== 'perceptron'),
    learning_rate: RATES,
    activation: fields.activation.options,
    initializer: fields.initializer.options,
    loss: fields.loss.options,
    batch_norm: [true, false],
    residual: [true, false],
    dropout: DROPOUTS,
    l2: PENALTIES,
    bug: [null, ...choices.bugs],
    engine: choices.engines,
  };
  return Object.entries(all).map(([aspect, values]) => ({
    aspect, values: values.filter((value) => value !== readAspect(setUp, aspect) && !differenceReason(setUp, { aspect, value }, choices)),
  })).filter(({ values }) => values.length);
}

/** @param {{aspect: string, values: any[]}} differences */
function groupOf({ aspect, values }) {
  const group = document.createElement('optgroup');
  group.label = t(GROUP_NAMES[aspect] ?? `field.${aspect}`);
  group.append(...values.map((value) => new Option(aspectName(aspect, value), JSON.stringify({ aspect, value }))));
  return group;
}

/** Of aspects that are no fields of the Spec. @type {Record<string, string>} */
const GROUP_NAMES = { batch_norm: 'layer.batch_norm', residual: 'layer.residual', dropout: 'layer.dropout', bug: 'checked.plant', engine: 'checked.engine' };
