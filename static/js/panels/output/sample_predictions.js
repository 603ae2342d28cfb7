// @ts-check
// In place of the plane, where targets are columns of values: for some samples the prediction beside the target, as
// pictures where they are pictures and as columns of colour where they are numbers.

import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { colorOf, makeColormap } from '../../draw/base/colormap.js';
import { paintPicture } from '../../draw/plane/ink.js';
import { readPalette } from '../../draw/base/palette.js';
import { t } from '../../core/i18n.js';

const PICTURES = [64, 784]; // values of a picture of 8×8 or 28×28 pixels

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {{palette: import('../../draw/base/palette.js').Palette, colormap: import('../../draw/base/colormap.js').Colormap}} Colors */

/**
 * @param {HTMLElement} root  empty
 * @param {Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 */
export function mountSamplePredictions(root, store, follow) {
  root.innerHTML = '<h2></h2><p class="note"></p><div class="samples"></div>';
  const list = /** @type {HTMLElement} */ (root.lastElementChild);
  /** @type {(number | null)[][]} by sample */
  let predictions = [];
  let painting = 0;
  const request = follow(() => inputsOf(store), ({ answers }) => {
    predictions = answers;
    repaint();
  });

  function fit() {
    const samples = readSamples(store);
    root.hidden = !samples;
    if (!samples) return;
    showFigures(root, list, samples.targets);
    repaint();
    request();
  }

  function repaint() {
    painting ||= requestAnimationFrame(paint);
  }

  function paint() {
    painting = 0;
    const samples = readSamples(store);
    if (!samples) return;
    const palette = readPalette(root);
    const colors = { palette, colormap: makeColormap(palette, 1) };
    samples.targets.forEach((target, i) => {
      const prediction = predictions[i]?.length === target.length ? predictions[i].map((value) => value ?? 0) : null;
      paintSample(/** @type {HTMLElement} */ (list.children[i]), i, prediction, target, colors);
    });
  }

  const observer = new ResizeObserver(repaint);
  observer.observe(root);
  fit();
  const undo = [
    store.watch(['state', 'samples', 'language', 'theme', 'profile', 'draft'], fit),
    store.watch(['frame'], () => readSamples(store) && request()),
    () => observer.disconnect(),
    () => cancelAnimationFrame(painting),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** The samples that are shown; null where targets are no columns of values. @param {Store} store */
function readSamples(store) {
  const kind = store.get('state')?.kind;
  return kind && !kind.plane && kind.targets === 'values' && !store.get('draft') ? store.get('samples') : null;
}

/** Rows for the network, if it takes such rows. @param {Store} store */
function inputsOf(store) {
  const inputs = readSamples(store)?.inputs;
  return inputs && inputs[0]?.length === store.get('state')?.sizes[0] ? inputs : null;
}

/** @param {HTMLElement} root @param {HTMLElement} list @param {number[][]} targets */
function showFigures(root, list, targets) {
  const pictures = PICTURES.includes(targets[0].length);
  const [title, note] = [...root.children];
  title.textContent = t('boundary.output');
  note.textContent = t(pictures ? 'samples.pictures' : 'samples.values');
  list.classList.toggle('pictures', pictures);
  if (list.children.length === targets.length) return;
  list.replaceChildren(...targets.map((_, i) => {
    const figure = document.createElement('figure');
    figure.dataset.testid = `sample-${i}`;
    figure.innerHTML = '<canvas></canvas><canvas></canvas><figcaption></figcaption>';
    return figure;
  }));
}

/** @param {HTMLElement} figure @param {number} i @param {number[] | null} prediction  null: not known yet @param {number[]} target @param {Colors} colors */
function paintSample(figure, i, prediction, target, colors) {
  const [predicted, wanted] = /** @type {HTMLCanvasElement[]} */ ([...figure.children]);
  /** @type {HTMLElement} */ (figure.lastElementChild).textContent = String(i);
  paintValues(predicted, prediction ?? target.map(() => 0), colors);
  paintValues(wanted, target, colors);
  figure.title = prediction ? t('samples.error', { value: rootMeanSquare(target.map((value, k) => value - prediction[k])).toFixed(3) }) : '';
}

/** @param {number[]} errors */
const rootMeanSquare = (errors) => Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);

/** @param {HTMLCanvasElement} canvas @param {number[]} values @param {Colors} colors */
function paintValues(canvas, values, { palette, colormap }) {
  const [width, height] = [canvas.clientWidth || 20, canvas.clientHeight || 20];
  fitCanvas(canvas, width, height);
  const context = contextOf(canvas);
  if (PICTURES.includes(values.length)) {
    paintPicture(context, values, width, { ink: palette.ink, ground: palette.fill });
    return;
  }
  const part = width / values.length;
  values.forEach((value, i) => {
    context.fillStyle = colorOf(colormap, value);
    context.fillRect(i * part, 0, part + 0.5, height);
  });
}
