// @ts-check
// The tab λmax beside the layers: the largest curvature of the training loss while the run trains, with the line 2/η. It is
// measured while it is seen; not behind the sheet of studies, which asks the same with more values.

import { write } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { createQuestions } from '../../core/repeated_questions.js';
import { emptyCanvas } from '../../draw/base/canvas.js';
import { shortNumber } from '../../draw/base/numbers.js';
import { readPalette } from '../../draw/base/palette.js';
import { addCurvature, drawCurvatureCurve } from '../../draw/chart/curvature_curve.js';
import { curvatureBound } from '../../experiment/curvature_bound.js';

const MARKUP = '<canvas data-testid="curvature-chart" role="img"></canvas><p class="label" role="status"></p>';

/**
 * @param {HTMLElement} panel  of the layers
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => unknown} send
 */
export function mountCurvatureTab(panel, store, send) {
  const root = Object.assign(document.createElement('div'), { className: 'curvature-tab', innerHTML: MARKUP });
  panel.append(root);
  const sheet = /** @type {HTMLDialogElement} */ (document.getElementById('studies'));
  const [canvas, words] = /** @type {[HTMLCanvasElement, HTMLElement]} */ ([...root.children]);
  const questions = createQuestions(store, 'curvature', () => send({ type: 'curvature', count: 1 }));
  /** @type {import('../../draw/chart/curvature_curve.js').CurvaturePoint[]} */
  const curve = [];
  let intersecting = false;

  function receive() {
    const message = store.get('curvature');
    if (message && !message.failed) addCurvature(curve, message, store.get('began'));
    show();
  }

  function show() {
    const message = store.get('curvature');
    write(words, message?.failed ? t(`server.${message.code}`, message.values) : '');
    paint();
  }

  function paint() {
    const newest = curve[curve.length - 1];
    canvas.setAttribute('aria-label', newest ? `${namedLargest(newest)} ${namedBound(newest)}` : t('studies.curvature'));
    const empty = newest && emptyCanvas(canvas);
    if (!empty) return;
    const [largest, bound] = [namedLargest(newest), namedBound(newest)];
    Object.assign(canvas.dataset, { value: String(newest.largest), bound: String(newest.bound ?? ''), step: String(newest.step) });
    drawCurvatureCurve(empty.context, empty.width, empty.height, curve, readPalette(root), { largest, bound, step: t('chart.step') });
  }

  /** @param {{largest: number, divided: boolean}} point */
  const namedLargest = ({ largest, divided }) => `${t(divided ? 'curvature.quotient' : 'curvature.curve')} = ${shortNumber(largest, 4)}`;
  /** @param {{bound: number | null}} point */
  const namedBound = ({ bound }) => (bound === null ? '' : `${curvatureBound(store.get('spec')?.optimizer ?? 'sgd')} = ${shortNumber(bound, 4)}`);

  const measureWhileSeen = () => (intersecting && !sheet.open ? questions.begin() : questions.end());
  new IntersectionObserver((entries) => {
    intersecting = entries[entries.length - 1].isIntersecting;
    measureWhileSeen();
  }).observe(root);
  new MutationObserver(measureWhileSeen).observe(sheet, { attributeFilter: ['open'] });
  new ResizeObserver(paint).observe(root);
  store.watch(['curvature'], receive);
  store.watch(['theme', 'profile', 'language'], () => requestAnimationFrame(show));
  show();
}
