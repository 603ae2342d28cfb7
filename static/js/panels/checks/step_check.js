// @ts-check
// Whether the coming step agrees, by hand, by autograd, finite differences and torch.optim, and by the backend that trains: a
// chip that is always there, and a popover with what was compared, where a bug can be planted that turns the chip red.

import { placeBeside } from '../../core/elements.js';
import { t, translate } from '../../core/i18n.js';
import { createBugSelect } from './bug_select.js';
import { differenceText, failureText, tensorText } from './check_text.js';
import { createComparisonTable } from './comparison_table.js';
import { createEngineSelect } from './engine_select.js';
import { createGradientTable } from './gradient_table.js';

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {import('../../wire/messages.js').Checked} Checked */

/**
 * @param {HTMLElement} chip
 * @param {HTMLElement} panel  a popover
 * @param {Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function mountStepCheck(chip, panel, store, send) {
  const table = createComparisonTable(panel);
  const folded = /** @type {HTMLElement} */ (panel.querySelector('.all-gradients'));
  const gradients = createGradientTable(folded);
  const bugs = createBugSelect(/** @type {HTMLElement} */ (panel.querySelector('.planting')), chip, store, send);
  const engines = createEngineSelect(panel, store, send);

  function showTables() {
    const check = store.get('checked');
    table.show(check);
    gradients.show(check && check.state !== 'none' && check.state !== 'failed' ? check : null);
  }

  function show() {
    showChip(chip, store.get('checked'));
    bugs.show();
    engines.show();
    if (panel.matches(':popover-open')) showTables();
  }

  function labels() {
    translate(panel);
    bugs.labels();
    engines.labels();
    show();
  }

  const toggled = () => {
    const open = panel.matches(':popover-open');
    chip.setAttribute('aria-expanded', String(open));
    if (!open) return;
    showTables();
    placeBeside(panel, chip);
  };
  const unfolded = () => placeBeside(panel, chip);
  folded.addEventListener('toggle', unfolded);
  chip.onclick = () => send({ type: 'check' });
  panel.addEventListener('toggle', toggled);

  labels();
  const stops = [
    store.watch(['checked', 'state'], show),
    store.watch(['message'], () => { if (isRefusal(store.get('message'))) [bugs, engines].forEach((choice) => choice.refused()); }),
    store.watch(['language', 'choices'], labels),
  ];
  return () => {
    panel.removeEventListener('toggle', toggled);
    folded.removeEventListener('toggle', unfolded);
    stops.forEach((stop) => stop());
  };
}

/** Of any command: a bug or an engine can be refused for branches or memory, too. @param {import('../../core/state.js').Message | null} message */
const isRefusal = (message) => message?.kind === 'error' && message.key.startsWith('server.');

/** @param {HTMLElement} chip @param {Checked | null} check */
function showChip(chip, check) {
  const label = /** @type {HTMLElement} */ (chip.querySelector('span'));
  chip.dataset.state = check?.state ?? 'none';
  let explanation = '';
  if (!check || check.state === 'none') {
    chip.dataset.value = '';
    label.textContent = t('checked.none', { difference: '', place: '' });
  } else if (check.state === 'failed') {
    chip.dataset.value = '';
    label.textContent = t('checked.failed');
    explanation = failureText(check);
  } else {
    const values = { difference: differenceText(check.difference), place: check.state === 'red' ? tensorText(check) : '' };
    const green = check.state === 'green';
    chip.dataset.value = String(check.difference ?? Infinity);
    const isStop = check.state === 'red' && check.witness === 'stop_rule';
    label.textContent = t(isStop ? 'checked.red_stop' : green && check.difference === 0 ? 'checked.equal' : `checked.${check.state}`, values);
    explanation = explain(check, values);
  }
  chip.title = `${explanation} ${t('checked.help')}`.trim();
  chip.setAttribute('aria-label', `${label.textContent}. ${chip.title}`);
}

/** @param {import('../../wire/messages.js').CheckedStep} check @param {{difference: string, place: string}} values */
function explain(check, values) {
  if (check.state === 'red' && check.witness === 'stop_rule') return t('checked.says_red_stop', { step: check.step + 1 });
  const worst = check.compared.find(({ witness }) => witness === check.witness);
  if (check.state === 'red' && !check.tensor && worst) {
    return t('checked.says_red_counter', { step: check.step + 1, place: values.place, hand: worst.hand ?? '–', other: worst.other ?? '–' });
  }
  return t(`checked.says_${check.state === 'green' && !check.tried ? 'rule' : check.state}`, { step: check.step + 1, ...values });
}
