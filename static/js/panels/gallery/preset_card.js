// @ts-check
// A card of the gallery: a preset's picture, title and architecture, and what to look for in it.

import { paintCard, shapeDrawing } from '../../draw/plane/cards.js';
import { t } from '../../core/i18n.js';
import { plainText } from '../../core/linked_text.js';

/** @typedef {import('../../wire/messages.js').Preset} Preset */
/** @typedef {ReturnType<typeof makePresetCard>} PresetCard */

const PICTURE = 108; // px
const [SHAPE_WIDTH, SHAPE_HEIGHT] = [64, 24]; // px
const GRAPH = '<svg class="picture graph" viewBox="0 0 92 92" aria-hidden="true"><circle cx="22" cy="26" r="9"/><circle cx="22" cy="66" r="9"/><circle cx="68" cy="46" r="9"/><path d="M31 29l28 12m-7-8 7 8-10 1"/><path class="backward" d="M59 52 31 63m10-8-10 8 11 2"/></svg>';

/** @param {Preset} preset @param {() => void} choose */
export function makePresetCard(preset, choose) {
  const card = document.createElement(preset.page ? 'a' : 'button');
  card.className = 'preset';
  card.dataset.testid = `preset-${preset.name}`;
  if (card instanceof HTMLAnchorElement) card.href = preset.page ?? '';
  else card.onclick = choose;
  card.innerHTML = markupOf(preset);
  const [title, rows, see] = /** @type {HTMLElement[]} */ ([...card.querySelectorAll('b, .rows, .preset-see')]);
  const canvas = card.querySelector('canvas');
  const otherPage = card.querySelector('.elsewhere');

  function showWords() {
    title.textContent = t(`preset.${preset.name}`);
    rows.textContent = preset.rows.length ? t('gallery.lesson', { rows: preset.rows.join(' · ') }) : '';
    see.textContent = plainText(t(card.classList.contains('missing') ? 'gallery.missing' : `preset.${preset.name}.see`));
    if (otherPage) otherPage.textContent = t('gallery.elsewhere');
  }

  return {
    card,
    preset,
    showWords,
    /** @param {string} text  in lower case */
    matches: (text) => `${preset.rows.join(' ')} ${preset.name} ${title.textContent} ${see.textContent}`.toLowerCase().includes(text),

    /** @param {any} picture  as the server made it @param {import('../../draw/base/palette.js').Palette} palette */
    paint(picture, palette) {
      if (!canvas) return;
      canvas.dataset.kind = picture.kind;
      if (picture.kind === 'missing') {
        card.classList.add('missing');
        /** @type {HTMLButtonElement} */ (card).disabled = true;
        showWords();
        return;
      }
      const size = canvas.clientWidth || PICTURE;
      canvas.width = canvas.height = size * devicePixelRatio;
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
      context.scale(devicePixelRatio, devicePixelRatio);
      paintCard(context, size, picture, palette);
    },
  };
}

/** @param {Preset} preset */
function markupOf({ page, sizes }) {
  const shape = sizes
    ? `<svg class="shape" viewBox="0 0 ${SHAPE_WIDTH} ${SHAPE_HEIGHT}" width="${SHAPE_WIDTH}" height="${SHAPE_HEIGHT}" aria-hidden="true">${shapeDrawing(sizes, SHAPE_WIDTH, SHAPE_HEIGHT)}</svg><span>${sizes.join('-')}</span>`
    : '<span class="elsewhere"></span>';
  const picture = page ? GRAPH : '<canvas class="picture" aria-hidden="true"></canvas>';
  return `${picture}<span class="preset-title"><b></b><i class="rows"></i></span><span class="preset-see"></span><span class="preset-shape">${shape}</span>`;
}
