// @ts-check
// Measured statistics of a layer, above the arithmetic of its gradient: norms and histogram of its gradient, and its
// activations, over all training points. Built once; afterwards only digits and the heights of bars change.

import { scientific } from '../../draw/base/numbers.js';
import { QUANTITIES } from '../../draw/chart/quantities.js';
import { write } from '../../core/elements.js';
import { formatPercent, t } from '../../core/i18n.js';
import { createHistogram } from './histogram.js';

const MOST_LISTED = 12; // dead neurons

/** @typedef {import('../../wire/messages.js').LayerHealth} LayerHealth */
/** @typedef {import('../../draw/chart/quantities.js').Quantity} Quantity */

/** @param {HTMLElement} root  empty @param {(quantity: string) => void} choose  the quantity to be charted over time */
export function createHealth(root, choose) {
  root.innerHTML = `
    <h3></h3>
    <dl class="backward"></dl>
    <p class="says histogram-title"></p><div class="histogram" role="img" data-testid="health-histogram"></div><div class="decades" aria-hidden="true"></div>
    <h3></h3>
    <dl></dl>`;
  const [gradientTitle, activationTitle] = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('h3')]);
  const [gradients, activations] = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('dl')]);
  const [histogramTitle, bars, decades] = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('.histogram-title, .histogram, .decades')]);
  const histogram = createHistogram(bars, decades);
  const rows = QUANTITIES.map((quantity) => makeRow(quantity, choose));
  gradients.append(...rows.filter(({ quantity }) => quantity.backward).map(({ row }) => row));
  activations.append(...rows.filter(({ quantity }) => !quantity.backward).map(({ row }) => row));

  return {
    /**
     * @param {LayerHealth | null} layer  null: not measured yet
     * @param {number | null} step
     * @param {string | null} chosen  the quantity that is charted over time
     */
    show(layer, step, chosen) {
      root.dataset.step = String(step ?? '');
      write(gradientTitle, step === null ? t('health.waiting') : t('health.gradient', { step }));
      write(activationTitle, t('health.activations'));
      write(histogramTitle, t('health.histogram'));
      for (const row of rows) row.show(layer, chosen);
      histogram.show(layer?.histogram ?? []);
    },
  };
}

/** @param {Quantity} quantity @param {(quantity: string) => void} choose */
function makeRow(quantity, choose) {
  const row = document.createElement('div');
  row.innerHTML = '<dt><button type="button"></button></dt><dd></dd><dd class="help"></dd>';
  const [name, value, help] = /** @type {HTMLElement[]} */ ([...row.querySelectorAll('button, dd')]);
  value.dataset.testid = `health-${quantity.name}`;
  name.dataset.testid = `health-show-${quantity.name}`;
  name.onclick = () => choose(quantity.name);
  return {
    row, quantity,
    /** @param {LayerHealth | null} layer @param {string | null} chosen */
    show(layer, chosen) {
      const measured = /** @type {number | null} */ (layer?.[/** @type {keyof LayerHealth} */ (quantity.name)] ?? null);
      value.dataset.value = String(measured ?? '');
      write(value, figure(quantity, measured));
      write(name, t(`quantity.${quantity.name}`));
      name.title = t('health.show');
      name.setAttribute('aria-pressed', String(quantity.name === chosen));
      write(help, helpOf(quantity, layer, measured));
    },
  };
}

/** @param {Quantity} quantity @param {number | null} value */
function figure({ scale }, value) {
  if (value === null) return '–';
  return scale === 'share' ? formatPercent(value) : scientific(value, 2);
}

/** @param {Quantity} quantity @param {LayerHealth | null} layer @param {number | null} measured */
function helpOf({ name }, layer, measured) {
  if (layer && measured === null && (name === 'saturated' || name === 'dead_share')) return t(`quantity.${name}.none`);
  const dead = name === 'dead_share' ? layer?.dead ?? [] : [];
  if (!dead.length) return t(`quantity.${name}.help`);
  const listed = dead.slice(0, MOST_LISTED).map((i) => i + 1);
  return t('health.dead', { neurons: dead.length > MOST_LISTED ? [...listed, '…'] : listed });
}
