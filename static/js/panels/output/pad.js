// @ts-check
// In place of the plane, where inputs are pictures of digits: a pad to draw a digit on by mouse, finger or pen, what the
// network says of it while it learns, and digits of the training set to try.

import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { asPicture, paintPicture } from '../../draw/plane/ink.js';
import { readPalette } from '../../draw/base/palette.js';
import { t } from '../../core/i18n.js';

const GRAIN = 140; // px a side on which the ink is kept, whatever the pad's size
const BRUSH = 0.115; // of the pad's side
const SHOWN = 10; // digits of the training set
const FEWEST = 30; // px of the pad

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 */
export function mountPad(root, store, follow) {
  root.innerHTML = `
    <h2><span data-t="pad.title"></span><span class="grow"></span><button type="button" class="button small" data-testid="clear-pad"></button></h2>
    <div class="pad-row"><canvas class="sheet" data-testid="pad" role="img" tabindex="0"></canvas><ol class="chances"></ol></div>
    <div class="pad-row below"><figure><canvas class="seen"></canvas><figcaption></figcaption></figure><div class="examples" role="group"></div></div>`;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const sheet = /** @type {HTMLCanvasElement} */ (find('.sheet'));
  const seen = /** @type {HTMLCanvasElement} */ (find('.seen'));
  const [chances, examples, clear] = [find('.chances'), find('.examples'), find('[data-testid=clear-pad]')];
  const context = contextOf(sheet);
  const inkCanvas = document.createElement('canvas');
  inkCanvas.width = inkCanvas.height = GRAIN;
  const ink = /** @type {CanvasRenderingContext2D} */ (inkCanvas.getContext('2d', { willReadFrequently: true }));

  let palette = readPalette(root);
  let size = 0;
  /** @type {number[] | null} what the network is asked about */
  let picture = null;
  let example = -1; // of the training set, shown in place of a drawing
  let stroking = false;
  /** @type {[number, number]} */
  let last = [0, 0];

  const side = () => store.get('state')?.kind?.side ?? 0;
  const visible = () => side() > 0 && !store.get('draft');
  const count = () => store.get('state')?.outputs ?? 10;
  /** A row for the network, if it is still one that takes such rows. */
  const rows = () => (visible() && picture?.length === store.get('state')?.sizes[0] ? [/** @type {number[]} */ (picture)] : null);
  const soon = follow(rows, ({ answers }) => picture && tell(answers[0]));

  // ---- drawing

  /** @param {PointerEvent} event @returns {[number, number]} on the ink's own grid */
  const placeOf = (event) => [(event.offsetX / size) * GRAIN, (event.offsetY / size) * GRAIN];

  /** @param {[number, number]} from @param {[number, number]} to */
  function stroke(from, to) {
    ink.lineCap = ink.lineJoin = 'round';
    ink.strokeStyle = '#000';
    for (const [width, alpha] of [[1.25, 0.35], [1, 1]]) { // a soft edge
      ink.globalAlpha = alpha;
      ink.lineWidth = BRUSH * GRAIN * width;
      ink.beginPath();
      ink.moveTo(...from);
      ink.lineTo(to[0], to[1] + 0.01); // a dot is a line, too
      ink.stroke();
    }
    changed();
  }

  function changed() {
    const { data } = ink.getImageData(0, 0, GRAIN, GRAIN);
    const alpha = new Float32Array(GRAIN * GRAIN);
    for (let i = 0; i < alpha.length; i++) alpha[i] = data[4 * i + 3] / 255;
    picture = asPicture(alpha, GRAIN, side());
    paint();
    soon();
  }

  function wipe() {
    ink.clearRect(0, 0, GRAIN, GRAIN);
    example = -1;
    picture = null;
    paint();
    tell(null);
  }

  sheet.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    if (example >= 0) wipe();
    sheet.setPointerCapture(event.pointerId);
    stroking = true;
    last = placeOf(event);
    stroke(last, last);
  });
  sheet.addEventListener('pointermove', (event) => {
    if (!stroking) return;
    for (const part of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) {
      const next = placeOf(part);
      stroke(last, next);
      last = next;
    }
  });
  for (const end of ['pointerup', 'pointercancel']) sheet.addEventListener(end, () => { stroking = false; });
  sheet.addEventListener('keydown', ({ key }) => (key === 'Delete' || key === 'Backspace') && wipe());
  clear.onclick = wipe;

  // ---- what is shown

  function paint() {
    if (!size) return;
    const colors = { ink: palette.ink, ground: palette.fill };
    if (example >= 0 && picture) paintPicture(context, picture, size, colors);
    else {
      context.fillStyle = palette.fill;
      context.fillRect(0, 0, size, size);
      tint(colors.ink);
    }
    if (!picture) invite();
    const seenSize = seen.clientWidth || FEWEST;
    fitCanvas(seen, seenSize, seenSize);
    paintPicture(contextOf(seen), picture ?? new Float32Array(side() ** 2), seenSize, colors);
  }

  /** The ink in the colour of the theme. @param {string} color */
  function tint(color) {
    const colored = document.createElement('canvas');
    colored.width = colored.height = GRAIN;
    const layer = contextOf(colored);
    layer.drawImage(inkCanvas, 0, 0);
    layer.globalCompositeOperation = 'source-in';
    layer.fillStyle = color;
    layer.fillRect(0, 0, GRAIN, GRAIN);
    context.drawImage(colored, 0, 0, size, size);
  }

  function invite() {
    context.fillStyle = palette.soft;
    context.font = `${palette.small}px ${palette.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(t('pad.invite'), size / 2, size / 2, size - 12);
  }

  /** @param {(number | null)[] | null} answers */
  function tell(answers) {
    const best = answers ? answers.reduce((most, value, i) => ((value ?? 0) > (answers[most] ?? 0) ? i : most), 0) : -1;
    [...chances.children].forEach((row, i) => {
      const value = answers?.[i] ?? 0;
      const item = /** @type {HTMLElement} */ (row);
      item.style.setProperty('--part', String(value));
      item.classList.toggle('best', i === best);
      item.dataset.value = answers ? String(value) : '';
      /** @type {HTMLElement} */ (item.lastElementChild).textContent = answers ? `${Math.round(value * 100)} %` : '';
    });
    sheet.dataset.value = best < 0 ? '' : String(best);
  }

  function makeRows() {
    if (chances.children.length === count()) return;
    chances.replaceChildren(...Array.from({ length: count() }, (_, number) => {
      const row = document.createElement('li');
      row.dataset.testid = `probability-${number}`;
      row.innerHTML = `<b>${number}</b><i></i><span></span>`;
      return row;
    }));
    tell(null);
  }

  function makeExamples() {
    const { samples = [] } = store.get('pictures') ?? {};
    examples.replaceChildren(...samples.slice(0, SHOWN).map((/** @type {{pixels: number[], label: number}} */ { pixels, label }, /** @type {number} */ i) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.dataset.testid = `example-${i}`;
      button.title = t('pad.example', { label });
      button.setAttribute('aria-label', button.title);
      const canvas = document.createElement('canvas');
      button.append(canvas);
      button.onclick = () => {
        wipe();
        example = i;
        picture = pixels.map((value) => value / 255);
        paint();
        soon();
      };
      requestAnimationFrame(() => {
        const width = canvas.clientWidth || FEWEST;
        fitCanvas(canvas, width, width);
        paintPicture(contextOf(canvas), pixels.map((value) => value / 255), width, { ink: palette.ink, ground: palette.fill });
      });
      return button;
    }));
  }

  function fit() {
    root.hidden = !visible();
    if (root.hidden) return;
    palette = readPalette(root);
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-t]'))) element.textContent = t(element.dataset.t ?? '');
    clear.textContent = t('pad.clear');
    find('figcaption').textContent = t('pad.seen', { side: side() });
    sheet.setAttribute('aria-label', t('pad.picture'));
    examples.setAttribute('aria-label', t('pad.examples'));
    makeRows();
    const row = /** @type {HTMLElement} */ (sheet.parentElement);
    size = Math.max(FEWEST, Math.floor(Math.min(row.clientWidth * 0.6, row.clientHeight)));
    fitCanvas(sheet, size, size);
    makeExamples();
    paint();
  }

  let dataset = '';
  const observer = new ResizeObserver(fit);
  observer.observe(root);
  fit();
  const undo = [
    store.watch(['state', 'draft'], () => {
      const name = store.get('state')?.spec.dataset ?? '';
      if (name !== dataset) wipe();
      if (root.hidden === visible() || name !== dataset) fit();
      dataset = name;
      soon();
    }),
    store.watch(['pictures', 'language', 'theme', 'profile'], () => requestAnimationFrame(fit)),
    store.watch(['frame'], () => picture && soon()),
    () => observer.disconnect(),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}
