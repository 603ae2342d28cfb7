// @ts-check
// In place of the plane, where inputs are pictures of digits: a pad to draw a digit on by mouse, finger or pen, the
// predicted probabilities while the network learns, and digits of the training set to try.

import { t } from '../../core/i18n.js';
import { createClassProbabilities } from './class_probabilities.js';
import { createDigitFlow } from './digit_flow.js';
import { INK_SIDE } from './digit_ink.js';
import { showExampleDigits } from './example_digits.js';
import { createPadPicture } from './pad_picture.js';

const MARKUP = `
    <h2><span data-t="pad.title"></span><span class="grow"></span><button type="button" class="button small" data-testid="clear-pad"></button></h2>
    <div class="pad-row"><canvas class="sheet" data-testid="pad" role="img" tabindex="0"></canvas><ol class="chances"></ol></div>
    <div class="pad-row below"><figure><canvas class="seen"></canvas><figcaption></figcaption></figure><div class="examples" role="group"></div></div>`;

/** @typedef {import('../../core/store.js').Store} Store */

/**
 * @param {HTMLElement} root  empty
 * @param {Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 */
export function mountDrawingPad(root, store, follow) {
  root.innerHTML = MARKUP;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const sheet = /** @type {HTMLCanvasElement} */ (find('.sheet'));
  const view = createPadPicture(sheet, /** @type {HTMLCanvasElement} */ (find('.seen')), () => sideOf(store));
  const probabilities = createClassProbabilities(find('.chances'));
  const show = showAnswer(sheet, probabilities);
  const flow = createDigitFlow(store);
  const request = follow(() => inputOf(view.picture, store), ({ answers, layers }) => tell(answers[0], layers), { details: () => ({ layers: true }) });
  let dataset = '';

  /** @param {(number | null)[]} answer @param {(number | null)[][] | null} layers */
  const tell = (answer, layers) => view.picture && (show(answer), flow.tell(view.picture, layers ?? []));

  /** @param {number[] | null} picture @param {boolean} isExample */
  function change(picture, isExample) {
    view.change(picture, isExample);
    if (picture) request();
    else show(null);
  }

  function clear() {
    view.ink.clear();
    flow.clear();
    change(null, false);
  }

  function fit() {
    root.hidden = !isVisible(store);
    if (root.hidden) return;
    showWords(root, sideOf(store));
    if (probabilities.make(store.get('state')?.outputs ?? 10)) show(null);
    view.fit();
    showExampleDigits(find('.examples'), store.get('pictures')?.samples ?? [], view.colors(), (example) => (clear(), change(example, true)));
    view.paint();
  }

  function followState() {
    const name = store.get('state')?.spec.dataset ?? '';
    if (name !== dataset) clear();
    if (root.hidden === isVisible(store) || name !== dataset) fit();
    dataset = name;
    request();
  }

  listenToStrokes(sheet, view, { clear, stroked: () => change(view.ink.toPicture(sideOf(store)), false) });
  find('[data-testid=clear-pad]').onclick = clear;
  const observer = new ResizeObserver(fit);
  observer.observe(root);
  fit();
  const undo = [
    store.watch(['state', 'draft'], followState),
    store.watch(['pictures', 'language', 'theme', 'profile'], () => requestAnimationFrame(fit)),
    store.watch(['frame'], () => view.picture && request()),
    () => observer.disconnect(),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** @param {HTMLElement} sheet @param {ReturnType<typeof createClassProbabilities>} probabilities */
const showAnswer = (sheet, probabilities) => (/** @type {(number | null)[] | null} a probability for each class */ answer) => {
  const best = probabilities.show(answer);
  sheet.dataset.value = best < 0 ? '' : String(best);
};

/** Pixels a side of the data set's pictures; 0: it has none. @param {Store} store */
const sideOf = (store) => store.get('state')?.kind?.side ?? 0;

/** @param {Store} store */
const isVisible = (store) => sideOf(store) > 0 && !store.get('draft');

/** A row for the network; null if there is no picture, or not one of the network's size. @param {number[] | null} picture @param {Store} store */
const inputOf = (picture, store) => (picture && isVisible(store) && picture.length === store.get('state')?.sizes[0] ? [picture] : null);

/** @param {HTMLElement} root @param {number} side  pixels */
function showWords(root, side) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  find('h2 > span').textContent = t('pad.title');
  find('[data-testid=clear-pad]').textContent = t('pad.clear');
  find('figcaption').textContent = t('pad.seen', { side });
  find('.sheet').setAttribute('aria-label', t('pad.picture'));
  find('.examples').setAttribute('aria-label', t('pad.examples'));
}

/**
 * @param {HTMLCanvasElement} sheet
 * @param {ReturnType<typeof createPadPicture>} view
 * @param {{clear: () => void, stroked: () => void}} react
 */
function listenToStrokes(sheet, view, { clear, stroked }) {
  let isDown = false;
  /** @type {[number, number]} px of the ink's canvas */
  let last = [0, 0];

  /** @param {PointerEvent} event */
  function strokeTo(event) {
    /** @type {[number, number]} */
    const next = [(event.offsetX / view.size) * INK_SIDE, (event.offsetY / view.size) * INK_SIDE];
    view.ink.stroke(isDown ? last : next, next);
    last = next;
    stroked();
  }

  sheet.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    if (view.isExample) clear();
    sheet.setPointerCapture(event.pointerId);
    isDown = false; // a stroke of its own, beginning with a dot
    strokeTo(event);
    isDown = true;
  });
  sheet.addEventListener('pointermove', (event) => {
    if (!isDown) return;
    const coalesced = event.getCoalescedEvents?.() ?? [];
    for (const part of coalesced.length ? coalesced : [event]) strokeTo(part);
  });
  for (const end of ['pointerup', 'pointercancel']) sheet.addEventListener(end, () => { isDown = false; });
  sheet.addEventListener('keydown', ({ key }) => (key === 'Delete' || key === 'Backspace') && clear());
}
