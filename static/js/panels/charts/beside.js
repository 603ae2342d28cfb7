// @ts-check
// The boundaries of all branches side by side, in the place of the gradients' chart: the run's own as it trains, the
// others as they ended.

import { contextOf } from '../../draw/base/canvas.js';
import { makeClassColors, makeColormap, neuronUnit, paintClasses, paintValues, shownOutput } from '../../draw/base/colormap.js';
import { readPalette } from '../../draw/base/palette.js';
import { icon } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { readOutput } from '../../experiment/output.js';

const MOST = 5; // the newest ones

/** @typedef {{winners: ArrayLike<number>, strength: ArrayLike<number>}} Classes */
/** @typedef {{side: number, values: Float32Array | null, scale: number, classes: Classes | null, test_loss: number | null}} Look  scale: the largest of |values| */

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 * @param {(branch: number) => string} nameOf
 */
export function createBeside(root, store, send, nameOf) {
  root.innerHTML = `<h2><span class="title"></span><span class="key which"></span><span class="grow"></span>
    <button type="button" class="button small close" data-testid="beside-close">${icon('close')}</button></h2><div class="figures"></div>`;
  const [title, which, close, list] = ['.title', '.which', '.close', '.figures'].map((selector) => /** @type {HTMLElement} */ (root.querySelector(selector)));
  /** @type {Map<number, number>} the end that was asked for, by branch */
  const asked = new Map();
  /** @type {Map<number, Look>} */
  const ended = new Map();
  /** @type {ReturnType<typeof makeFigure>[]} */
  let figures = [];
  let colors = { values: new Uint32Array(), classes: new Uint32Array() };
  let unit = 1;
  let painting = 0;
  let all = false; // to be painted, not only the branch the run is on

  const timeline = () => /** @type {{current: number, branches: {ends: number}[]}} */ (store.get('timeline'));

  /** @param {boolean} open */
  function show(open) {
    root.hidden = !open;
    document.body.classList.toggle('comparing', open);
    if (open) look();
    else forget();
  }
  close.onclick = () => store.set({ beside: false });

  function forget() {
    asked.clear();
    ended.clear();
  }

  /** Asks for the ends that are not known yet; the branch the run is on every picture shows, and it may end otherwise. */
  function look() {
    const { branches, current } = timeline();
    const shown = branches.map((_, i) => i).slice(-MOST);
    if (!shown.includes(current)) shown.splice(0, 1, current);
    if (figures.map(({ branch }) => branch).join() !== shown.join()) {
      figures = shown.map(makeFigure);
      list.replaceChildren(...figures.map(({ element }) => element));
    }
    asked.delete(current);
    ended.delete(current);
    for (const i of shown) {
      const { ends } = branches[i];
      if (i === current || asked.get(i) === ends) continue;
      asked.set(i, ends);
      send({ type: 'peek', branch: i, step: ends });
    }
    repaintAll();
  }

  /** What the run shows now, or what a branch ended with. @param {number} branch @returns {Look | undefined} */
  function lookOf(branch) {
    const frame = branch === timeline().current && store.get('frame');
    return frame ? { side: frame.boundary?.side, values: frame.boundary?.values, scale: frame.boundary?.scale, classes: frame.classes, test_loss: frame.test_loss } : ended.get(branch);
  }

  function recolor() {
    const palette = readPalette(root);
    colors = { values: makeColormap(palette, 1), classes: makeClassColors(palette, 1, false) };
  }

  function tell() {
    const output = readOutput(store);
    const several = output && output.plane && output.classes === 0 && output.outputs > 1;
    const first = store.get('spec')?.dataset === 'arithmetic' ? 'x₁ + x₂' : '1';
    title.textContent = t('timeline.beside');
    which.textContent = several ? t('timeline.beside_output', { output: first }) : '';
    close.setAttribute('aria-label', t('close'));
  }

  function paint() {
    painting = 0;
    if (root.hidden) return;
    if (all) {
      recolor();
      tell();
    }
    const { current } = timeline();
    const output = readOutput(store);
    const looks = figures.map(({ branch }) => lookOf(branch));
    const before = unit; // one for all: the same colour is the same number
    unit = output?.classes ? 1 : neuronUnit(looks.reduce((most, look) => Math.max(most, look?.scale ?? 0), 0));
    figures.forEach((figure, i) => {
      if (output && looks[i] && (all || unit !== before || figure.branch === current)) paintFigure(figure, looks[i], output);
      figure.element.classList.toggle('now', figure.branch === current);
    });
    all = false;
  }

  /** @param {ReturnType<typeof makeFigure>} figure @param {Look} look @param {import('../../experiment/output.js').Output} output */
  function paintFigure(figure, { side, values, classes, test_loss: loss }, output) {
    const { element, branch, canvas, name, words } = figure;
    canvas.hidden = !values;
    if (values) {
      figure.resize(side);
      if (classes) paintClasses(classes.winners, classes.strength, colors.classes, figure.pixels);
      else paintValues(shownOutput(values, output.classes ? output : { logits: false, threshold: 0 }, figure.plain), colors.values, figure.pixels, unit);
      contextOf(canvas).putImageData(figure.image, 0, 0);
    }
    name.textContent = nameOf(branch);
    words.textContent = t('timeline.beside_loss', { loss: loss?.toPrecision(3) ?? '–' });
    element.dataset.value = String(loss);
  }

  /** @param {boolean} every */
  function repaint(every) {
    all ||= every;
    if (!root.hidden) painting ||= requestAnimationFrame(paint);
  }
  const repaintAll = () => repaint(true);

  function receive() {
    const { branch, values: told, ...peeked } = store.get('peeked');
    if (!asked.has(branch)) return; // of a run that is gone
    const values = told && Float32Array.from(told, Number);
    const scale = values?.reduce((/** @type {number} */ most, /** @type {number} */ value) => Math.max(most, Math.abs(value)), 0) ?? 0;
    ended.set(branch, { ...peeked, values, scale });
    repaintAll();
  }

  const stops = [
    store.watch(['peeked'], receive),
    store.watch(['theme', 'profile', 'language', 'spec', 'state'], repaintAll),
    store.watch(['frame'], () => repaint(false)),
    store.watch(['connection'], forget), // answers may have been lost
    () => cancelAnimationFrame(painting),
  ];
  return { show, undo: () => stops.forEach((stop) => stop()) };
}

/** @param {number} branch */
function makeFigure(branch) {
  const element = document.createElement('figure');
  element.dataset.testid = `beside-${branch}`;
  element.innerHTML = '<canvas></canvas><figcaption><b></b><span></span></figcaption>';
  const [name, words] = /** @type {HTMLElement[]} */ ([...element.querySelectorAll('b, span')]);
  const canvas = /** @type {HTMLCanvasElement} */ (element.querySelector('canvas'));
  const image = new ImageData(1, 1);
  const figure = {
    element, branch, canvas, name, words, image, pixels: new Uint32Array(image.data.buffer), plain: new Float32Array(1),
    /** @param {number} side */
    resize(side) {
      if (figure.image.width === side) return;
      canvas.width = canvas.height = side;
      figure.image = new ImageData(side, side);
      figure.pixels = new Uint32Array(figure.image.data.buffer);
      figure.plain = new Float32Array(side * side);
    },
  };
  return figure;
}
