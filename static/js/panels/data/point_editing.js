// @ts-check
// What the tools do to a drawing: points added, moved and erased, undo and redo, the chosen tool and class.

import { t } from '../../core/i18n.js';

export const ERASER_RADIUS = 0.45; // in coordinates

/** @typedef {ReturnType<typeof createPointEditing>} PointEditing */

/**
 * @param {import('./types.js').Drawing} drawing
 * @param {() => number} label  of the next point: the number of its class, or its value
 * @param {{show: () => void, changed: () => void}} react  changed: the points are not those of the server any more
 */
export function createPointEditing(drawing, label, { show, changed }) {
  /** @param {(history: import('./point_history.js').PointHistory) => void} change */
  function edit(change) {
    change(drawing.history);
    drawing.note = '';
    changed();
  }

  return {
    /** @param {number} x1 @param {number} x2 */
    add(x1, x2) {
      const hasRoom = drawing.history.add(x1, x2, label());
      drawing.note = hasRoom ? '' : t('draw.full', { most: drawing.history.most });
      changed();
    },
    /** @param {number} index @param {number} x1 @param {number} x2 */
    move: (index, x1, x2) => edit((history) => history.move(index, x1, x2)),
    /** @param {number} x1 @param {number} x2 @param {number} radius in coordinates */
    erase: (x1, x2, radius) => edit((history) => history.erase(x1, x2, radius)),
    undo: () => edit((history) => history.undo()),
    redo: () => edit((history) => history.redo()),
    clear: () => edit((history) => history.clear()),

    /** @param {import('./types.js').Tool} tool */
    chooseTool(tool) {
      drawing.tool = tool;
      show();
    },
    /** @param {number} number of the class */
    chooseClass(number) {
      drawing.label = number;
      if (drawing.tool === 'erase') drawing.tool = 'point';
      show();
    },
  };
}
