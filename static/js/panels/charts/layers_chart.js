// @ts-check
// The layers through time: one line for each layer of the quantity that is chosen above the chart.

import { readPalette } from '../../draw/base/palette.js';
import { layerChart } from '../../draw/chart/charts.js';
import { curvesOf, QUANTITIES, quantityOf } from '../../draw/chart/quantities.js';
import { hasText, t } from '../../core/i18n.js';
import { drawWithPlotly } from '../../core/plotly.js';
import { readHistory, readPlace } from './curves.js';

/**
 * @param {HTMLElement} panel
 * @param {import('../../core/store.js').Store} store
 */
export function createLayersChart(panel, store) {
  const box = /** @type {HTMLElement} */ (panel.querySelector('.drawing'));
  const choice = /** @type {HTMLSelectElement} */ (panel.querySelector('select'));
  choice.onchange = () => store.set({ quantity: choice.value });

  return {
    box,

    /** @param {[number, number]} range  of steps */
    draw(range) {
      const palette = readPalette(box);
      const quantity = quantityOf(store.get('quantity'));
      const curves = curvesOf(readHistory(store), quantity.name);
      const names = layerNames(curves.layers.length);
      const labels = Math.ceil(Math.max(...names.map(lettersOf), 3) * palette.small * 0.6) + 12;
      const chart = layerChart(curves, {
        width: box.clientWidth, height: box.clientHeight, palette, quantity, names, step: t('chart.step'), labels,
        usual: t('chart.usual'), none: absentText(quantity.name), at: readPlace(store), span: range,
      });
      drawWithPlotly(box, chart);
    },

    label() {
      const name = store.get('quantity');
      offerQuantities(choice);
      choice.value = name;
      choice.title = `${t(`quantity.${name}`)}. ${t(`quantity.${name}.help`)}`;
      choice.setAttribute('aria-label', t('chart.quantity'));
      choice.classList.toggle('backward', quantityOf(name).backward);
      box.setAttribute('aria-label', t('chart.layers_picture', { quantity: t(`quantity.${name}`) }));
    },
  };
}

/** Fills the choice where the language is another. @param {HTMLSelectElement} choice */
function offerQuantities(choice) {
  const language = document.documentElement.lang;
  if (choice.dataset.language === language) return;
  choice.dataset.language = language;
  choice.replaceChildren(...[true, false].map((backward) => {
    const group = document.createElement('optgroup');
    group.label = t(backward ? 'quantity.backward' : 'quantity.forward');
    group.append(...QUANTITIES.filter((one) => one.backward === backward).map((one) => new Option(t(`quantity.${one.name}`), one.name)));
    return group;
  }));
}

/** @param {number} count */
const layerNames = (count) =>
  Array.from({ length: count }, (_, layer) => (layer === count - 1 ? t('chart.output') : t('chart.layer', { layer: layer + 1 })));

/** What is said where no layer has it. @param {string} name  of a quantity */
function absentText(name) {
  const key = `quantity.${name}.none`;
  return hasText(key) ? t(key) : '';
}

/** Its width in Latin letters; a Chinese one is two wide. @param {string} text */
function lettersOf(text) {
  return [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 2 : 1), 0);
}
