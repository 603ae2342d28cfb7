// @ts-check
// Which runs are compared: all optimizers, learning by reward against gradients, or one more that differs in one setting.

import { t } from '../../core/i18n.js';
import { beginPreset } from '../../experiment/preset_start.js';
import { changeName } from './runs.js';

const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
const REWARD = 'b3_reward'; // the preset that learns by reward

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {{begin: import('../../experiment/fresh_start.js').FreshStart, send: (command: import('../../core/command_queue.js').Command) => void}} Act */

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {Act} act
 * @param {import('./runs.js').ComparisonRuns} runs
 */
export function createChoices(root, store, { begin, send }, runs) {
  const [all, reward, close] = ['[data-testid=race-all]', '[data-testid=race-reward]', '.close'].map((selector) => /** @type {HTMLButtonElement} */ (root.querySelector(selector)));
  const more = /** @type {HTMLSelectElement} */ (root.querySelector('select'));

  function start() {
    const [comparison, spec, fields, facts] = [store.get('comparison'), store.get('spec'), store.get('fields'), store.get('choices')];
    if (!comparison || !spec || !fields || !facts) {
      runs.stop();
      return;
    }
    send({ type: 'reset' });
    if (comparison === 'reward') runs.start([{ optimizer: spec.optimizer === 'evolution' ? 'sgd' : 'evolution' }]);
    else {
      const others = fields.optimizer.options.filter((name) => name !== spec.optimizer && !facts.without_gradient.includes(name));
      runs.start(others.slice(0, runs.most).map((optimizer) => ({ optimizer })));
    }
  }

  function compareReward() {
    const preset = store.get('presets')?.find(({ name }) => name === REWARD);
    if (preset) beginPreset(begin, preset);
  }

  all.onclick = () => (store.get('comparison') === 'optimizers' ? start() : store.set({ comparison: 'optimizers' }));
  reward.onclick = () => (store.get('comparison') === 'reward' ? start() : compareReward());
  close.onclick = () => store.set({ comparison: null });
  more.onchange = () => {
    runs.add(JSON.parse(more.value));
    more.value = '';
  };

  const isFull = () => (store.get('comparisonRuns')?.length ?? 0) >= runs.most;

  return {
    start,
    /** Fills the choice of one more run. */
    offer() {
      more.replaceChildren(...settingsOf(store));
      more.disabled = isFull();
    },
    /** Which comparison it is. */
    show() {
      const now = store.get('comparisonRuns') && store.get('comparison');
      all.setAttribute('aria-pressed', String(now === 'optimizers'));
      reward.setAttribute('aria-pressed', String(now === 'reward'));
      more.disabled = isFull();
    },
  };
}

/** The settings in which one more run can differ, but for those of now. @param {Store} store */
function settingsOf(store) {
  const [spec, fields] = [store.get('spec'), store.get('fields')];
  if (!spec || !fields) return [];
  /** @type {[string, (string | number)[]][]} */
  const settings = [
    ['optimizer', fields.optimizer.options.filter((name) => name !== 'perceptron')],
    ['learning_rate', RATES],
    ['activation', fields.activation.options],
    ['initializer', fields.initializer.options],
    ['loss', fields.loss.options],
  ];
  return [new Option(t('comparison.add'), ''), ...settings.map(([field, values]) => {
    const group = document.createElement('optgroup');
    group.label = t(`field.${field}`);
    group.append(...values.filter((value) => value !== spec[field]).map((value) => new Option(changeName({ [field]: value }), JSON.stringify({ [field]: value }))));
    return group;
  })];
}
