// @ts-check
// How a layer is, above the arithmetic of its gradient: what was measured of all training points, the histogram of its
// gradient, and what its activations do. Built once; afterwards only digits and the heights of bars change.

import { scientific, superscript } from '../../draw/base/numbers.js';
import { QUANTITIES, decadesOf } from '../../draw/chart/quantities.js';
import { write } from '../../core/elements.js';
import { formatPercent, t } from '../../core/i18n.js';

const MOST_NAMED = 12; // dead neurons
const [MARKED_EVERY, MARKS_FROM] = [3, 1]; // edges of bars with their power of ten: 10⁻¹², 10⁻⁹ …

/** @typedef {Record<string, any>} Health  of one layer, as the server tells it */

/** @param {HTMLElement} root  empty @param {(quantity: string) => void} choose  to be seen through time */
export function createHealth(root, choose) {
  root.innerHTML = `
    <h3></h3>
    <dl class="backward"></dl>
    <p class="says histogram-title"></p><div class="histogram" role="img" data-testid="health-histogram"></div><div class="decades" aria-hidden="true"></div>
    <h3></h3>
    <dl></dl>`;
  const [gradientTitle, activationTitle] = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('h3')]);
  const [gradients, activations] = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('dl')]);
  const [histogramTitle, histogram, decades] = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('.histogram-title, .histogram, .decades')]);
  const rows = QUANTITIES.map((quantity) => {
    const row = document.createElement('div');
    row.innerHTML = '<dt><button type="button"></button></dt><dd></dd><p></p>';
    const [name, value, help] = /** @type {HTMLElement[]} */ ([...row.querySelectorAll('button, dd, p')]);
    value.dataset.testid = `health-${quantity.name}`;
    name.dataset.testid = `health-show-${quantity.name}`;
    name.onclick = () => choose(quantity.name);
    (quantity.backward ? gradients : activations).append(row);
    return { quantity, name, value, help };
  });

  /** @param {Health | null} layer */
  function tellHistogram(layer) {
    const counts = /** @type {number[]} */ (layer?.histogram ?? []);
    while (histogram.children.length > counts.length) histogram.lastElementChild?.remove();
    while (histogram.children.length < counts.length) histogram.append(document.createElement('i'));
    const most = Math.max(1, ...counts);
    counts.forEach((count, bar) => {
      const shown = /** @type {HTMLElement} */ (histogram.children[bar]);
      if (shown.dataset.value === String(count)) return;
      shown.dataset.value = String(count);
      shown.title = `${rangeOf(bar, counts.length)}: ${count}`;
    });
    for (const [bar, count] of counts.entries()) {
      /** @type {HTMLElement} */ (histogram.children[bar]).style.height = count ? `max(2px, ${(100 * count) / most}%)` : '0';
    }
    const peak = counts.indexOf(most);
    histogram.setAttribute('aria-label', peak < 0 ? t('health.histogram') : t('health.histogram_picture', { count: most, range: rangeOf(peak, counts.length) }));
    if (decades.childElementCount || !counts.length) return;
    for (let edge = MARKS_FROM; edge < counts.length; edge += MARKED_EVERY) {
      const mark = document.createElement('span');
      mark.textContent = `10${superscript(decadesOf(edge, counts.length)[0])}`;
      mark.style.left = `${(100 * edge) / counts.length}%`;
      decades.append(mark);
    }
  }

  return {
    /**
     * @param {Health | null} layer  null: not measured yet
     * @param {number | null} step
     * @param {string | null} chosen  the quantity that is seen through time
     */
    tell(layer, step, chosen) {
      root.dataset.step = String(step ?? '');
      write(gradientTitle, step === null ? t('health.waiting') : t('health.gradient', { step }));
      write(activationTitle, t('health.activations'));
      write(histogramTitle, t('health.histogram'));
      for (const { quantity, name, value, help } of rows) {
        const measured = /** @type {number | null} */ (layer?.[quantity.name] ?? null);
        value.dataset.value = String(measured ?? '');
        write(value, figure(quantity, measured));
        write(name, t(`quantity.${quantity.name}`));
        name.title = t('health.show');
        name.setAttribute('aria-pressed', String(quantity.name === chosen));
        write(help, helpOf(quantity, layer, measured));
      }
      tellHistogram(layer);
    },
  };
}

/** @param {import('../../draw/chart/quantities.js').Quantity} quantity @param {number | null} value */
function figure({ scale }, value) {
  if (value === null) return '–';
  return scale === 'share' ? formatPercent(value) : scientific(value, 2);
}

/** @param {import('../../draw/chart/quantities.js').Quantity} quantity @param {Health | null} layer @param {number | null} measured */
function helpOf({ name }, layer, measured) {
  if (layer && measured === null && (name === 'saturated' || name === 'dead_share')) return t(`quantity.${name}.none`);
  const dead = name === 'dead_share' ? layer?.dead ?? [] : [];
  if (!dead.length) return t(`quantity.${name}.help`);
  const named = dead.slice(0, MOST_NAMED).map((/** @type {number} */ i) => i + 1);
  return t('health.dead', { neurons: dead.length > MOST_NAMED ? [...named, '…'] : named });
}

/** @param {number} bar @param {number} bars */
function rangeOf(bar, bars) {
  const [from, to] = decadesOf(bar, bars);
  if (from === -Infinity) return `< 10${superscript(to)}`;
  return to === Infinity ? `≥ 10${superscript(from)}` : `10${superscript(from)} … 10${superscript(to)}`;
}
