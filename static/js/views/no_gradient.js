// @ts-check
// In the place of an empty chart of gradients or updates: why there are none. A rule that needs no gradient has updates
// all the same, and a share of zeros is a curve.

import { write } from '../elements.js';
import { allZero, curvesOf, quantityOf } from '../draw/quantities.js';
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
    const { name, backward, scale } = quantityOf(store.get('quantity'));
    const none = backward && scale === 'log' && history !== null && spec !== null && ['norm', name].every((one) => allZero(curvesOf(history, one)));
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
