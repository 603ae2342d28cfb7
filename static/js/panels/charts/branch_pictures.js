// @ts-check
// The boundaries of all branches side by side, in the place of the layers' chart: the run's own as it trains, the others
// as they ended.

import { makeClassColors, makeColormap, neuronUnit } from '../../draw/base/colormap.js';
import { readPalette } from '../../draw/base/palette.js';
import { icon } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { readOutput } from '../../experiment/output.js';
import { createBranchEnds } from './branch_ends.js';
import { makeFigure } from './branch_figure.js';
import { showsBranchPictures } from './branches.js';

const MOST = 5; // the newest ones

/** @typedef {import('../../core/store.js').Store} Store */

/**
 * @param {HTMLElement} root  empty
 * @param {Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @returns {() => void} undo
 */
export function mountBranchPictures(root, store, send) {
  const list = build(root, () => store.set({ branchPictures: false }));
  const ends = createBranchEnds(store, send, () => repaint(true));
  /** @type {ReturnType<typeof makeFigure>[]} */
  let figures = [];
  /** @type {import('./branch_figure.js').Colors} */
  let colors = { values: new Uint32Array(), classes: new Uint32Array(), unit: 1 };
  let painting = 0;
  let all = false; // to be painted, not only the branch the run is on

  function show() {
    const open = showsBranchPictures(store);
    root.hidden = !open;
    document.body.classList.toggle('comparing', open);
    const timeline = store.get('timeline');
    if (!open || !timeline) {
      ends.forget();
      return;
    }
    const shown = shownBranches(timeline);
    figures = figuresOf(figures, shown, list);
    ends.ask(timeline, shown);
    repaint(true);
  }

  function paint() {
    painting = 0;
    if (root.hidden) return;
    const output = readOutput(store);
    const planes = figures.map(({ branch }) => ends.planeOf(branch));
    const unit = output?.classes ? 1 : neuronUnit(planes.reduce((most, plane) => Math.max(most, plane?.scale ?? 0), 0));
    const every = all || unit !== colors.unit;
    if (all) {
      colors = readColors(root, unit);
      label(root, store);
    }
    colors.unit = unit;
    const current = store.get('timeline')?.current;
    figures.forEach((figure, i) => {
      const plane = planes[i];
      if (output && plane && (every || figure.branch === current)) figure.paint(plane, colors, output);
      figure.element.classList.toggle('now', figure.branch === current);
    });
    all = false;
  }

  /** @param {boolean} every */
  function repaint(every) {
    all ||= every;
    if (!root.hidden) painting ||= requestAnimationFrame(paint);
  }

  show();
  const stops = [
    store.watch(['branchPictures', 'comparison', 'timeline', 'language'], show),
    store.watch(['theme', 'profile', 'language', 'spec', 'state'], () => repaint(true)),
    store.watch(['frame'], () => repaint(false)),
    ends.stop, () => cancelAnimationFrame(painting),
  ];
  return () => stops.forEach((stop) => stop());
}

/** @param {HTMLElement} root  empty @param {() => void} close @returns {HTMLElement} where the figures go */
function build(root, close) {
  root.innerHTML = `<h2><span class="title"></span><span class="key which"></span><span class="grow"></span>
    <button type="button" class="button small close" data-testid="beside-close">${icon('close')}</button></h2><div class="figures"></div>`;
  /** @type {HTMLButtonElement} */ (root.querySelector('.close')).onclick = close;
  return /** @type {HTMLElement} */ (root.querySelector('.figures'));
}

/**
 * The figures there are where they are of the branches to be shown, else new ones, in the list.
 * @param {ReturnType<typeof makeFigure>[]} figures @param {number[]} shown @param {HTMLElement} list
 */
function figuresOf(figures, shown, list) {
  if (figures.map(({ branch }) => branch).join() === shown.join()) return figures;
  const made = shown.map(makeFigure);
  list.replaceChildren(...made.map(({ element }) => element));
  return made;
}

/** The newest ones, and the one the run is on. @param {import('../../wire/messages.js').Timeline} timeline */
function shownBranches({ branches, current }) {
  const shown = branches.map((_, branch) => branch).slice(-MOST);
  if (!shown.includes(current)) shown.splice(0, 1, current);
  return shown;
}

/** @param {HTMLElement} root @param {number} unit @returns {import('./branch_figure.js').Colors} */
function readColors(root, unit) {
  const palette = readPalette(root);
  return { values: makeColormap(palette, 1), classes: makeClassColors(palette, 1, false), unit };
}

/** @param {HTMLElement} root @param {Store} store */
function label(root, store) {
  const [title, which, close] = ['.title', '.which', '.close'].map((selector) => /** @type {HTMLElement} */ (root.querySelector(selector)));
  const output = readOutput(store);
  const several = output && output.plane && output.classes === 0 && output.outputs > 1;
  const first = store.get('spec')?.dataset === 'arithmetic' ? 'x₁ + x₂' : '1';
  title.textContent = t('timeline.beside');
  which.textContent = several ? t('timeline.beside_output', { output: first }) : '';
  close.setAttribute('aria-label', t('close'));
}
