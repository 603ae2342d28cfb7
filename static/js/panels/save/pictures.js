// @ts-check
// Pictures of the network, the map and the charts, as PNG and SVG: canvases are painted as dense as paper for a moment. The run
// may go on meanwhile: a file is named by the step that is in its picture.

import { setDensity } from '../../draw/base/canvas.js';
import { download } from '../../core/download.js';
import { say } from '../../core/notices.js';
import { chartFile } from '../../core/chart_file.js';
import { pictureOf, pictureOfCharts, pngFile, svgFile } from './svg_picture.js';

const DOTS_PER_PX = 300 / 96; // 300 dpi at the size of the screen
const LEAST_DOTS = 1800; // of the longer side: 15 cm at 300 dpi, the width of a page

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {{network: HTMLElement, map: HTMLElement, charts: HTMLElement}} Shown  parts of the page */
/** @typedef {keyof Shown} Name */

const NAMES = /** @type {const} */ (['network', 'map', 'charts']);

/** What of a part is in its picture: the element, and a selector of its texts. @type {Record<'network' | 'map', [within: string, texts: string]>} */
const PARTS = {
  network: ['.plan', '.head .count b, .head .activation span, .head.output, .gradient-norms > :not(a)'],
  map: ['.plane', '.ticks span'],
};

/** @param {Name} name */
const rowOf = (name) => ['png', 'svg'].map((format) => `<button type="button" class="button" data-testid="picture-${name}-${format}" data-picture="${name}" data-format="${format}" aria-describedby="picture-${name}">${format.toUpperCase()}</button>`).join('');

/** @param {HTMLElement} root  an empty element @param {Shown} shown @param {Store} store */
export function createPictures(root, shown, store) {
  root.innerHTML = NAMES.map((name) => `<span id="picture-${name}" data-t="save.picture.${name}"></span>${rowOf(name)}`).join('');
  const buttons = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('[data-picture]')]);
  const nameOf = (/** @type {HTMLElement} */ { dataset }) => /** @type {Name} */ (dataset.picture);

  /** @param {Name} name @param {string} format */
  async function save(name, format) {
    try {
      const { step, content } = await fileOf(name, format, shown, store);
      download(`playground-step-${step}-${name}.${format}`, content, format === 'svg' ? 'image/svg+xml' : 'image/png');
    } catch (fault) {
      console.error(fault);
      say(store, 'error', 'save.picture.failed');
    }
  }

  let saved = Promise.resolve(); // one after the other: each sets the density of all canvases
  for (const button of buttons) button.onclick = () => { saved = saved.then(() => save(nameOf(button), button.dataset.format ?? '')); };

  return {
    /** Only what is on the page has a picture. */
    update: () => buttons.forEach((button) => { button.disabled = !isShown(nameOf(button), shown); }),
  };
}

/** @param {Name} name @param {Shown} shown */
const isShown = (name, shown) => (name === 'charts' ? chartsOf(shown).length > 0 : shown[name].querySelector(PARTS[name][0])?.checkVisibility() ?? false);

/** @param {Shown} shown */
const chartsOf = ({ charts }) => /** @type {HTMLElement[]} */ ([...charts.querySelectorAll('.js-plotly-plot')]).filter((box) => box.checkVisibility());

/** @param {Name} name @param {string} format @param {Shown} shown @param {Store} store */
async function fileOf(name, format, shown, store) {
  const ground = getComputedStyle(shown[name]).getPropertyValue('--panel');
  const { step, dots, taken } = name === 'charts' ? await takeCharts(ground, shown, store) : await takePart(name, ground, shown, store);
  const picture = await taken;
  return { step, content: await (format === 'svg' ? svgFile(picture) : pngFile(picture, dots)) };
}

/** As they are drawn anew. @param {string} ground @param {Shown} shown @param {Store} store */
async function takeCharts(ground, shown, store) {
  store.set({ printed: true });
  await null; // in which who watches has drawn
  const step = (store.get('state')?.playing ? store.get('history')?.steps.at(-1) : null) ?? stepOf(store);
  store.set({ printed: false });
  return { step, dots: DOTS_PER_PX, taken: pictureOfCharts(chartsOf(shown), chartFile, ground) };
}

/** @param {'network' | 'map'} name @param {string} ground @param {Shown} shown @param {Store} store */
async function takePart(name, ground, shown, store) {
  const [within, texts] = PARTS[name];
  const part = /** @type {HTMLElement} */ (shown[name].querySelector(within));
  const dots = Math.max(DOTS_PER_PX, LEAST_DOTS / Math.max(part.offsetWidth, part.offsetHeight));
  setDensity(dots);
  store.set({ printed: true });
  try {
    await null; // in which who watches has asked for an animation frame
    await new Promise(requestAnimationFrame); // in which it has painted before us
    return { step: stepOf(store), dots, taken: pictureOf(part, texts, ground) };
  } finally {
    setDensity(0);
    store.set({ printed: false });
  }
}

/** @param {Store} store */
const stepOf = (store) => (store.get('frame') ?? store.get('state'))?.step ?? 0;
