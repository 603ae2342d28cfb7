// @ts-check
// The beginning and the end of drawing: from which points it starts, and what happens to points that cannot be trained on.

import { t } from '../../core/i18n.js';
import { readOutput } from '../../experiment/output.js';
import { createPointHistory, toDrawnPoints, whyUntrainable } from './point_history.js';

/** @type {import('./types.js').OfFile} */
const NO_FILE = { units: [], names: [] };

/**
 * @param {import('./types.js').Drawing} drawing
 * @param {import('./types.js').Plane} plane  takes the focus while points are drawn
 * @param {import('../../core/store.js').Store} store
 * @param {{show: () => void, updates: ReturnType<typeof import('./point_drawing_updates.js').createPointDrawingUpdates>}} parts
 */
export function createPointDrawingMode(drawing, plane, store, { show, updates }) {
  /** @type {{points: import('./point_history.js').DrawnPoint[], values: boolean} | null} points of the last drawing that could not be trained on */
  let untrained = null;
  const mostPoints = () => store.get('choices')?.most_own_points ?? Infinity;

  /** @param {import('./point_history.js').DrawnPoint[]} points @param {boolean} values @param {string} [note] @param {import('./types.js').OfFile} [file] */
  function start(points, values, note = '', { units, names } = NO_FILE) {
    Object.assign(drawing, { history: createPointHistory(points, mostPoints()), values, units, names, started: true, note, cursor: null });
    plane.setFocusable(true);
    show();
  }

  return {
    open() {
      const spec = store.get('spec');
      if (untrained) start(untrained.points, untrained.values, '', drawing);
      else if (spec?.dataset === 'own' || spec?.dataset === 'own_values') start(spec.own_points, spec.dataset === 'own_values', '', { units: spec.own_units, names: spec.own_names });
      else show();
      untrained = null;
    },

    close() {
      updates.flush();
      const { history: { points }, values, started } = drawing;
      const why = started && whyUntrainable(points, values);
      if (why) store.set({ message: { kind: 'notice', key: `draw.left.${why}` } });
      untrained = why && points.length ? { points, values } : null;
      updates.forgetResume();
      Object.assign(drawing, { started: false, cursor: null });
      plane.setFocusable(false);
      store.set({ draft: null });
    },

    startEmpty() {
      start([], false);
      updates.schedule();
      plane.focus();
    },

    startFromData() {
      const [data, output] = [store.get('points'), readOutput(store)];
      if (!data || !output) return;
      const { points, omitted } = toDrawnPoints(data, output.classes, mostPoints());
      start(points, output.classes === 0, omitted ? t('draw.left_out', { count: omitted, most: mostPoints() }) : '');
      updates.schedule();
    },

    leave: () => store.set({ drawing: false }),
  };
}
