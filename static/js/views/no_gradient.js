// @ts-check
// In the place of an empty chart of gradients or updates: why there are none.

import { write } from '../elements.js';
import { quantityOf } from '../draw/quantities.js';
import { t } from '../i18n.js';

/**
 * @param {HTMLElement} panel  of the chart
 * @param {import('../store.js').Store} store
 */
export function mountNoGradient(panel, store) {
  const words = document.createElement('p');
  words.className = 'no-gradient';
  words.dataset.testid = 'no-gradient';
  words.setAttribute('role', 'status');
  panel.append(words);

  function show() {
    const [history, spec] = [store.get('history'), store.get('spec')];
    const none = Boolean(history?.steps.length && spec) && quantityOf(store.get('quantity')).backward && !history.gradient_norms.some((/** @type {(number | null)[]} */ norms) => norms.some((norm) => norm !== 0));
    panel.classList.toggle('empty', none);
    words.hidden = !none;
    const steps = spec?.output_activation === 'step' || spec?.activation === 'step';
    const key = spec?.optimizer === 'perceptron' ? 'chart.no_gradient_perceptron' : steps ? 'chart.no_gradient_step' : 'chart.no_gradient';
    if (none) write(words, t(key));
  }
  show();
  const stop = store.watch(['history', 'spec', 'quantity', 'language'], show);
  return () => {
    stop();
    words.remove();
  };
}
