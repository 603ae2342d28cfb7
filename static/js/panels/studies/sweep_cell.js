// @ts-check
// The cell that is pointed at: its numbers and what its run has learned beside it, and the row it lies in as a curve.

import { write } from '../../core/elements.js';
import { formatCount, formatLoss, t } from '../../core/i18n.js';
import { readPalette } from '../../draw/base/palette.js';
import { paintCard } from '../../draw/plane/cards.js';
import { specOfCell } from '../../experiment/study_spec.js';
import { valueOf } from '../../experiment/sweep_cells.js';
import { drawSection } from './cross_section.js';
import { createRunPictures } from './run_pictures.js';
import { knobName } from './sweep_controls.js';
import { shortNumber } from '../../draw/base/numbers.js';

/** @typedef {import('../../experiment/sweep_cells.js').Cell} Cell */
/** @typedef {import('../../wire/messages.js').SweepPlan} SweepPlan */
/** @typedef {ReturnType<typeof import('../../experiment/sweep_cells.js').makeCells>} Cells */

const BESIDE = 14; // px between a cell and its numbers
const IN_RATIOS = ['test_loss', 'train_loss', 'steps_to', 'largest_gradient'];

/**
 * @param {HTMLElement} root @param {() => string} measureOf
 * @param {import('../../core/store.js').Store} store @param {(command: import('../../core/command_queue.js').Command) => unknown} send
 */
export function createCellView(root, measureOf, store, send) {
  const pictures = createRunPictures(store, send, paint);
  const [tip, words, section] = /** @type {HTMLElement[]} */ (['[data-testid=sweep-cell]', '.study-section-words', '[data-testid=sweep-section]'].map((part) => root.querySelector(part)));
  const [text, canvas] = [document.createElement('div'), document.createElement('canvas')];
  canvas.dataset.testid = 'sweep-boundary';
  canvas.setAttribute('aria-hidden', 'true');
  tip.append(canvas, text);
  /** @type {{cell: Cell, plan: SweepPlan} | null} */
  let pointed = null;

  /** What the run of the cell has learned, where it is known by now. */
  function paint() {
    const run = pointed && !pointed.cell.diverged ? pointed : null;
    const picture = pictures.pictureOf(run && run.cell, () => trainedOf(/** @type {NonNullable<typeof run>} */ (run)));
    canvas.hidden = !run;
    canvas.dataset.kind = picture?.kind ?? '';
    paintBoundary(canvas, picture);
  }

  return {
    /** @param {Cell | null | undefined} cell @param {SweepPlan | undefined} plan @param {Cells | null} cells @param {{middleOf: (place: Cell) => {x: number, y: number}}} map */
    show(cell, plan, cells, map) {
      tip.hidden = !cell;
      pointed = cell && plan ? { cell, plan } : null;
      paint();
      if (!cell || !plan || !cells) return;
      const measure = measureOf();
      fill(tip, text, cell, plan, measure);
      placeTip(tip, map.middleOf(cell));
      write(words, t('sweep.section_words', {
        measure: t(`sweep.measure.${measure}`), across: knobName(plan.x.knob), up: knobName(plan.y.knob), value: shortNumber(plan.y.values[cell.y], 4),
      }));
      const row = plan.x.values.map((_, x) => {
        const other = cells.at(x, cell.y);
        return other ? valueOf(other, measure) : null;
      });
      drawSection(/** @type {HTMLCanvasElement} */ (section), { values: plan.x.values, row, chosen: cell.x, log: IN_RATIOS.includes(measure) });
    },
  };
}

/** @param {{cell: Cell, plan: SweepPlan}} run */
const trainedOf = ({ cell, plan }) => ({ spec: specOfCell(plan, cell), steps: cell.steps });

/** @param {HTMLCanvasElement} canvas @param {import('../../draw/plane/cards.js').Picture | null} picture */
function paintBoundary(canvas, picture) {
  const [context, size, palette] = [canvas.getContext('2d'), canvas.clientWidth, readPalette(canvas)];
  if (!context || !size) return;
  canvas.width = canvas.height = size * devicePixelRatio;
  context.scale(devicePixelRatio, devicePixelRatio);
  if (picture) paintCard(context, size, picture, palette);
}

/** @param {HTMLElement} tip @param {HTMLElement} text @param {Cell} cell @param {SweepPlan} plan @param {string} measure */
function fill(tip, text, cell, plan, measure) {
  const value = valueOf(cell, measure);
  const [x, y] = [plan.x.values[cell.x], plan.y.values[cell.y]];
  Object.assign(tip.dataset, { x: String(x), y: String(y), value: value === null ? '' : String(value) });
  text.replaceChildren(
    Object.assign(document.createElement('b'), { textContent: headingOf(cell, value, measure) }), ` ${value === null ? '' : t(`sweep.measure.${measure}`)}`,
    ...[`${knobName(plan.x.knob)} ${shortNumber(x, 6)}`, `${knobName(plan.y.knob)} ${shortNumber(y, 6)}`].map((textContent) => Object.assign(document.createElement('div'), { textContent })),
    Object.assign(document.createElement('i'), { textContent: plan.seeds > 1 ? t('sweep.open_seed', { seed: cell.seed }) : t('sweep.open') }),
  );
}

/** @param {Cell} cell @param {number | null} value @param {string} measure */
function headingOf(cell, value, measure) {
  if (cell.diverged) return t('sweep.diverged', { step: formatCount(cell.steps + 1) });
  if (value === null) return t('sweep.none');
  return valueText(value, measure);
}

/** @param {number} value @param {string} measure */
export const valueText = (value, measure) => (measure === 'steps_to' ? formatCount(value) : formatLoss(value));

/** Beside a cell, within the map. @param {HTMLElement} tip @param {{x: number, y: number}} middle */
function placeTip(tip, { x, y }) {
  const { clientWidth, clientHeight } = /** @type {HTMLElement} */ (tip.parentElement);
  const right = x + BESIDE + tip.offsetWidth <= clientWidth;
  tip.style.left = `${Math.max(0, right ? x + BESIDE : x - BESIDE - tip.offsetWidth)}px`;
  tip.style.top = `${Math.max(0, Math.min(clientHeight - tip.offsetHeight, y - tip.offsetHeight / 2))}px`;
}
