// @ts-check
// The sentence in the place of an empty layers' chart: why no line stands there. A logarithmic scale has no place for 0, a
// share of zeros is a curve; a rule that needs no gradient has updates all the same, and so have biases where no weight
// has a gradient.

import { allZero, curvesOf, quantityOf } from '../../draw/chart/quantities.js';
import { write } from '../../core/elements.js';
import { t } from '../../core/i18n.js';

/**
 * @param {HTMLElement} panel  of the chart
 * @param {import('../../core/store.js').Store} store
 */
export function mountNoGradient(panel, store) {
  const words = document.createElement('p');
  words.className = 'no-gradient';
  words.dataset.testid = 'no-gradient';
  words.setAttribute('role', 'status');
  panel.append(words);

  function show() {
    const history = store.get('history');
    const spec = store.get('spec');
    const { name, backward, scale } = quantityOf(store.get('quantity'));
    const none = scale === 'log' && history !== null && spec !== null && allZero(curvesOf(history, name));
    panel.classList.toggle('empty', none);
    words.hidden = !none;
    if (!none) return;
    const steps = spec.output_activation === 'step' || spec.activation === 'step';
    const flat = backward && allZero(curvesOf(history, 'norm'));
    const key = !flat ? 'chart.all_zero' : spec.optimizer === 'perceptron' ? 'chart.no_gradient_perceptron' : steps ? 'chart.no_gradient_step' : 'chart.no_gradient';
    write(words, t(key, { quantity: t(`quantity.${name}`) }));
  }
  show();
  const stop = store.watch(['history', 'spec', 'quantity', 'language'], show);
  return () => {
    stop();
    words.remove();
  };
}
