// @ts-check
// The boundaries of all branches side by side, in the place of the gradients' chart: the run's own as it trains, the
// others as they ended.

import { contextOf } from '../../draw/canvas.js';
import { makeColormap, neuronUnit, paintValues, shownOutput } from '../../draw/colormap.js';
import { readPalette } from '../../draw/palette.js';
import { icon } from '../../elements.js';
import { t } from '../../i18n.js';
import { readOutput } from '../../output.js';

const MOST = 5; // the newest ones

/** @typedef {{side: number, values: (number | null)[] | Float32Array | null, test_loss: number | null}} Look */

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../store.js').Store} store
 * @param {(command: import('../../commands.js').Command) => void} send
 * @param {(branch: number) => string} nameOf
 */
export function createBeside(root, store, send, nameOf) {
  root.innerHTML = `<h2><span class="title"></span><span class="grow"></span>
    <button type="button" class="button small close" data-testid="beside-close">${icon('close')}</button></h2><div class="figures"></div>`;
  const [title, close, figures] = ['.title', '.close', '.figures'].map((selector) => /** @type {HTMLElement} */ (root.querySelector(selector)));
  /** @type {Map<number, Look>} */
  const ended = new Map();

  const timeline = () => /** @type {{current: number, branches: {ends: number}[]}} */ (store.get('timeline'));

  /** @param {boolean} open */
  function show(open) {
    root.hidden = !open;
    document.body.classList.toggle('comparing', open);
    if (open) look();
    else ended.clear();
  }
  close.onclick = () => store.set({ beside: false });

  /** Asks for the ends of all branches but the one the run is on, which every picture shows. */
  function look() {
    title.textContent = t('timeline.beside');
    close.setAttribute('aria-label', t('close'));
    const { branches, current } = timeline();
    const shown = branches.map((_, i) => i).slice(-MOST);
    if (!shown.includes(current)) shown.splice(0, 1, current);
    if ([...figures.children].map((figure) => /** @type {HTMLElement} */ (figure).dataset.branch).join() !== shown.join()) figures.replaceChildren(...shown.map(makeFigure));
    for (const i of shown) {
      if (i !== current) send({ type: 'peek', branch: i, step: branches[i].ends });
    }
    paint();
  }

  /** @param {number} branch */
  function makeFigure(branch) {
    const figure = document.createElement('figure');
    figure.dataset.testid = `beside-${branch}`;
    figure.dataset.branch = String(branch);
    figure.innerHTML = '<canvas></canvas><figcaption><b></b><span></span></figcaption>';
    return figure;
  }

  function paint() {
    if (root.hidden) return;
    const { current } = timeline();
    const frame = store.get('frame');
    for (const figure of /** @type {NodeListOf<HTMLElement>} */ (figures.querySelectorAll('figure'))) {
      const branch = Number(figure.dataset.branch);
      const shown = branch === current ? frame && { side: frame.boundary?.side, values: frame.boundary?.values, test_loss: frame.test_loss } : ended.get(branch);
      figure.classList.toggle('now', branch === current);
      if (shown) paintFigure(figure, branch, shown);
    }
  }

  /** @param {HTMLElement} figure @param {number} branch @param {Look} shown */
  function paintFigure(figure, branch, { side, values, test_loss: loss }) {
    const [canvas, caption] = /** @type {[HTMLCanvasElement, HTMLElement]} */ ([...figure.children]);
    const output = readOutput(store);
    canvas.hidden = !values || !output;
    if (values && output) {
      if (canvas.width !== side) canvas.width = canvas.height = side;
      const image = new ImageData(side, side);
      const plain = shownOutput(Float32Array.from(values, Number), output.classes ? output : { logits: false, threshold: 0 }, new Float32Array(side * side));
      const unit = output.classes ? 1 : neuronUnit(plain.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
      paintValues(plain, makeColormap(readPalette(root), 1), new Uint32Array(image.data.buffer), unit);
      contextOf(canvas).putImageData(image, 0, 0);
    }
    const [name, figureOf] = [...caption.children];
    name.textContent = nameOf(branch);
    figureOf.textContent = t('timeline.beside_loss', { loss: loss?.toPrecision(3) ?? '–' });
    figure.dataset.value = String(loss);
  }

  function receive() {
    const peeked = store.get('peeked');
    if (peeked) ended.set(peeked.branch, peeked);
    paint();
  }

  const stops = [store.watch(['peeked', 'theme'], receive), store.watch(['frame'], paint)];
  return { show, undo: () => stops.forEach((stop) => stop()) };
}
