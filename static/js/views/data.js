// @ts-check
// What is learned: the data set, its noise, its split, the size of a batch, the seed.

import { colorOf, makeColormap } from '../draw/colormap.js';
import { readPalette } from '../draw/palette.js';
import { toPixels, traceTriangle } from '../draw/plane.js';
import { t } from '../i18n.js';

/** @type {Record<string, {step: number, show: (value: number) => string}>} */
const SLIDERS = {
  noise: { step: 1, show: (value) => `${Math.round(value)} %` },
  train_fraction: { step: 0.01, show: (value) => `${Math.round(value * 100)} %` },
  batch_size: { step: 1, show: String },
};
const DOT = 1.6; // px

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{points: [number, number, number][], regression: boolean}} dataset
 */
function drawThumbnail(canvas, { points, regression }) {
  const size = canvas.clientWidth;
  if (!size) return; // the panel steps back in projector use
  const palette = readPalette(document.documentElement);
  const colors = makeColormap(palette, 1);
  canvas.width = canvas.height = size * devicePixelRatio;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.scale(devicePixelRatio, devicePixelRatio);
  const margin = DOT * 2;
  for (const [x1, x2, target] of points) {
    const [x, y] = toPixels(x1, x2, size - 2 * margin).map((place) => place + margin);
    context.fillStyle = colorOf(colors, regression ? target : Math.sign(target));
    context.beginPath();
    if (regression || target > 0) context.arc(x, y, DOT, 0, 2 * Math.PI);
    else traceTriangle(context, x, y, DOT);
    context.fill();
  }
}

/**
 * @param {HTMLElement} root
 * @param {import('../store.js').Store} store
 * @param {(command: import('../commands.js').Command) => void} send
 */
export function mountData(root, store, send) {
  const thumbnails = /** @type {HTMLElement} */ (root.querySelector('.thumbnails'));
  const seed = /** @type {HTMLElement} */ (root.querySelector('[data-testid=seed-now]'));
  const select = /** @type {HTMLSelectElement} */ (document.getElementById('dataset')); // among the knobs, for the projector
  const configure = (/** @type {Record<string, unknown>} */ spec) => send({ type: 'configure', spec });

  /** @param {string} name */
  function choose(name) {
    const unfit = store.get('datasets')[name].regression && store.get('spec').loss === 'bce';
    configure(unfit ? { dataset: name, loss: 'mse' } : { dataset: name });
    if (unfit) store.set({ message: { kind: 'notice', key: 'loss.changed' } });
  }

  select.onchange = () => choose(select.value);

  function makeThumbnails() {
    const datasets = store.get('datasets');
    if (!datasets) return;
    thumbnails.replaceChildren(...Object.keys(datasets).map((name) => {
      const button = document.createElement('button');
      button.dataset.testid = `dataset-${name}`;
      button.dataset.tTitle = button.dataset.tLabel = `dataset.${name}`;
      button.title = t(`dataset.${name}`);
      button.setAttribute('aria-label', button.title);
      button.append(document.createElement('canvas'));
      button.onclick = () => choose(name);
      return button;
    }));
    select.replaceChildren(...Object.keys(datasets).map((name) => new Option('', name)));
    drawThumbnails();
    show();
  }

  function drawThumbnails() {
    const datasets = Object.values(store.get('datasets') ?? {});
    thumbnails.querySelectorAll('canvas').forEach((canvas, i) => drawThumbnail(canvas, datasets[i]));
  }

  const sliders = Object.entries(SLIDERS).map(([name, { step, show }]) => {
    const box = /** @type {HTMLElement} */ (root.querySelector(`[data-field=${name}]`));
    const input = /** @type {HTMLInputElement} */ (box.querySelector('input'));
    const output = /** @type {HTMLOutputElement} */ (box.querySelector('output'));
    input.step = String(step);
    input.oninput = () => configure({ [name]: input.valueAsNumber });
    return (/** @type {number} */ value, /** @type {import('../schema.js').Field} */ field) => {
      input.min = String(field.minimum);
      input.max = String(field.maximum);
      if (input.valueAsNumber !== value) input.value = String(value);
      input.style.setProperty('--v', `${((value - Number(input.min)) / (Number(input.max) - Number(input.min))) * 100}%`);
      output.value = show(value);
      input.setAttribute('aria-valuetext', show(value));
    };
  });
  /** @type {HTMLButtonElement} */ (root.querySelector('[data-testid=regenerate]')).onclick = () => send({ type: 'regenerate' });

  function show() {
    const spec = store.get('spec');
    const fields = store.get('fields');
    if (!spec || !fields) return;
    Object.keys(SLIDERS).forEach((name, i) => sliders[i](spec[name], fields[name]));
    seed.textContent = String(spec.seed);
    seed.dataset.value = String(spec.seed);
    for (const option of select.options) option.text = t(`dataset.${option.value}`).split(/[:：]/)[0]; // its name, without what it is
    select.value = spec.dataset;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (thumbnails.querySelectorAll('button'))) {
      button.setAttribute('aria-pressed', String(button.dataset.testid === `dataset-${spec.dataset}`));
    }
  }

  makeThumbnails();
  show();
  const resized = new ResizeObserver(drawThumbnails);
  resized.observe(thumbnails);
  const stops = [
    store.watch(['datasets'], makeThumbnails),
    store.watch(['spec', 'fields', 'language'], show),
    store.watch(['theme', 'profile'], () => requestAnimationFrame(drawThumbnails)),
  ];
  return () => {
    resized.disconnect();
    stops.forEach((stop) => stop());
  };
}
