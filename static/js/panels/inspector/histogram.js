// @ts-check
// The histogram of a layer's gradient entries by power of ten.

import { superscript } from '../../draw/base/numbers.js';
import { decadesOf } from '../../draw/chart/quantities.js';
import { t } from '../../core/i18n.js';

const [FIRST_LABEL, LABEL_INTERVAL] = [1, 3]; // edges of bars labelled with their power of ten: 10⁻¹², 10⁻⁹ …

/** @param {HTMLElement} bars @param {HTMLElement} labels  below the bars */
export function createHistogram(bars, labels) {
  return {
    /** @param {number[]} counts  of gradient entries */
    show(counts) {
      const most = Math.max(1, ...counts);
      showBars(bars, counts, most);
      const peak = counts.indexOf(most);
      bars.setAttribute('aria-label', peak < 0 ? t('health.histogram') : t('health.histogram_picture', { count: most, range: rangeOf(peak, counts.length) }));
      if (!labels.childElementCount && counts.length) makeLabels(labels, counts.length);
    },
  };
}

/** @param {HTMLElement} root @param {number[]} counts @param {number} most */
function showBars(root, counts, most) {
  while (root.children.length > counts.length) root.lastElementChild?.remove();
  while (root.children.length < counts.length) root.append(document.createElement('i'));
  counts.forEach((count, i) => {
    const bar = /** @type {HTMLElement} */ (root.children[i]);
    if (bar.dataset.value !== String(count)) {
      bar.dataset.value = String(count);
      bar.title = `${rangeOf(i, counts.length)}: ${count}`;
    }
    bar.style.height = count ? `max(2px, ${(100 * count) / most}%)` : '0';
  });
}

/** @param {HTMLElement} root @param {number} bars */
function makeLabels(root, bars) {
  for (let edge = FIRST_LABEL; edge < bars; edge += LABEL_INTERVAL) {
    const label = document.createElement('span');
    label.textContent = `10${superscript(decadesOf(edge, bars)[0])}`;
    label.style.left = `${(100 * edge) / bars}%`;
    root.append(label);
  }
}

/** @param {number} bar @param {number} bars */
function rangeOf(bar, bars) {
  const [from, to] = decadesOf(bar, bars);
  if (from === -Infinity) return `< 10${superscript(to)}`;
  return to === Infinity ? `≥ 10${superscript(from)}` : `10${superscript(from)} … 10${superscript(to)}`;
}
