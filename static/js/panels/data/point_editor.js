// @ts-check
// Points drawn on the plane by mouse, finger or keyboard as a data set, trained on while they are drawn.

import { readOutput } from '../../experiment/output.js';
import { fromFile } from '../../experiment/own_file.js';
import { createPointDrawingMode } from './point_drawing_mode.js';
import { createPointDrawingUpdates } from './point_drawing_updates.js';
import { createPointEditing } from './point_editing.js';
import { createPointHistory, namesNow, whyUntrainable } from './point_history.js';
import { createKeys } from './point_keys.js';
import { createPointer } from './point_pointer.js';
import { createPointToolbar } from './point_toolbar.js';

/** @typedef {import('./types.js').Drawing} Drawing */

/**
 * @param {HTMLElement} root  of the toolbar, empty and hidden
 * @param {import('./types.js').Plane} plane
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function mountPointEditor(root, plane, store, send) {
  /** @type {Drawing} */
  const drawing = { history: createPointHistory([], 0), values: false, units: [], names: [], started: false, tool: 'point', label: 1, cursor: null, note: '' };
  const toolbar = createPointToolbar(root);
  const updates = createPointDrawingUpdates(drawing, store, send);
  const isActive = () => store.get('drawing') && drawing.started;

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

  const editing = createPointEditing(drawing, () => (drawing.values ? fromFile(toolbar.value(), labelUnit(drawing)) : drawing.label), { show, changed });
  const mode = createPointDrawingMode(drawing, plane, store, { show, updates });
  const pointer = createPointer(plane, drawing, editing);
  const keys = createKeys(drawing, editing, { isActive, show, leave: mode.leave });
  toolbar.connect(editing, mode);

  /** What began the drawing by key. @type {HTMLElement | null} */
  let opener = null;
  function toggle() {
    const begins = store.get('drawing');
    if (begins && !root.hidden) return;
    if (begins) {
      mode.open();
      plane.scrollIntoView();
      opener = document.querySelector(':focus-visible');
      if (opener) (drawing.started ? plane : toolbar).focus();
    } else {
      pointer.endStroke();
      mode.close();
    }
    show();
    if (!begins) opener?.focus();
  }

  if (store.get('drawing')) toggle();
  const undo = [
    plane.listen({ isActive, down: pointer.down, drag: pointer.drag, up: pointer.endStroke, key: keys.pressOnPlane }),
    keys.listen(),
    store.watch(['drawing'], toggle),
    store.watch(['language', 'points', 'state'], show),
    pointer.endStroke,
    updates.stop,
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** What the plane shows of a drawing in place of the data; null before its start. @param {Drawing} drawing */
function draftOf(drawing) {
  const { history: { points }, values, units, started, cursor } = drawing;
  return started ? { points, values, units, names: namesNow(drawing), cursor, lack: whyUntrainable(points, values) } : null;
}

/** In which a value is typed. @param {Drawing} drawing */
const labelUnit = ({ units: [, , [zero, unit] = [0, 1]] }) => ({ zero, unit, name: '' });

/** How many points the data set of now has, and whether they can be edited. @param {import('../../core/store.js').Store} store */
function dataToEdit(store) {
  const output = readOutput(store);
  const points = store.get('points');
  const count = (points?.train.length ?? 0) + (points?.test.length ?? 0);
  return { count, usable: Boolean(output?.plane) && !(output && output.outputs > 1 && output.classes === 0) && count > 0 };
}
