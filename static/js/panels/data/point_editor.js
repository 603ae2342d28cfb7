// @ts-check
// Points drawn on the plane by mouse, finger or keyboard as a data set, trained on while they are drawn.

import { readOutput } from '../../experiment/output.js';
import { createPointDrawingMode } from './point_drawing_mode.js';
import { createPointDrawingUpdates } from './point_drawing_updates.js';
import { createPointEditing } from './point_editing.js';
import { createPointHistory, whyUntrainable } from './point_history.js';
import { listenToKeys } from './point_keys.js';
import { listenToPointer } from './point_pointer.js';
import { createPointToolbar } from './point_toolbar.js';

/** @typedef {'point' | 'brush' | 'erase'} Tool */
/**
 * @typedef {object} Drawing  the state all parts share
 * @property {import('./point_history.js').PointHistory} history
 * @property {boolean} values   labels are values, not classes
 * @property {boolean} started  the points to start from are chosen
 * @property {Tool} tool
 * @property {number} label     the class of the next point
 * @property {[number, number] | null} cursor  x1, x2; moved by keys
 * @property {string} note      of the last change, in place of the count
 */

/**
 * @param {object} elements
 * @param {HTMLElement} elements.toolbar  empty
 * @param {HTMLCanvasElement} elements.canvas  of the plane
 * @param {HTMLElement} elements.view  what is scrolled into view when drawing begins
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function mountPointEditor({ toolbar: root, canvas, view }, store, send) {
  /** @type {Drawing} */
  const drawing = { history: createPointHistory([]), values: false, started: false, tool: 'point', label: 1, cursor: null, note: '' };
  const toolbar = createPointToolbar(root);
  const updates = createPointDrawingUpdates(drawing, store, send);
  const isActive = () => Boolean(store.get('drawing')) && drawing.started;

  function show() {
    root.hidden = !store.get('drawing');
    if (root.hidden) return;
    store.set({ draft: draftOf(drawing) });
    toolbar.show(drawing, dataToEdit(store));
  }

  function changed() {
    show();
    updates.schedule();
  }

  const editing = createPointEditing(drawing, () => (drawing.values ? toolbar.value() : drawing.label), { show, changed });
  const mode = createPointDrawingMode(drawing, canvas, store, { show, updates });
  const pointer = listenToPointer(canvas, drawing, editing, isActive);
  toolbar.connect(editing, mode);

  function toggle() {
    const begins = Boolean(store.get('drawing'));
    if (begins && !root.hidden) return;
    if (begins) {
      mode.open();
      view.scrollIntoView({ block: 'nearest' });
    } else {
      pointer.endStroke();
      mode.close();
    }
    show();
  }

  root.hidden = true;
  const undo = [
    listenToKeys(canvas, drawing, editing, { isActive, show, leave: mode.leave }),
    store.watch(['drawing'], toggle),
    store.watch(['language', 'points', 'state'], show),
    pointer.endStroke,
    updates.stop,
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** What the plane shows of a drawing in place of the data; null before its start. @param {Drawing} drawing */
function draftOf({ history: { points }, values, started, cursor }) {
  return started ? { points, values, cursor, lack: whyUntrainable(points, values) } : null;
}

/** How many points the data set of now has, and whether they can be edited. @param {import('../../core/store.js').Store} store */
function dataToEdit(store) {
  const output = readOutput(store);
  const points = store.get('points');
  const count = (points?.train.length ?? 0) + (points?.test.length ?? 0);
  return { count, usable: Boolean(output?.plane) && !(output && output.outputs > 1 && output.classes === 0) && count > 0 };
}
