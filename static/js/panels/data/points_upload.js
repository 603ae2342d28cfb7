// @ts-check
// Points from a file: chosen or dropped on the page, read by the server, shown with its columns and notes before they are
// used. Another choice of columns, encoding or scale reads the file anew.

import { markSvg } from '../../draw/plane/marks.js';
import { listenToFileDrop } from '../../core/file_drop.js';
import { t } from '../../core/i18n.js';
import { namesInSpec } from '../../experiment/own_file.js';
import { createColumnChoosers } from './column_choosers.js';
import { readPointsFile, wordsOf } from './points_file.js';
import { paintPreview } from './points_preview.js';

/** @typedef {import('./points_file.js').Answer & {file: File | null, wishes: import('./points_file.js').Wishes, reading: boolean}} Upload  reading: what was found is of other wishes */

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} opener
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @param {() => void} used  after the points are
 */
export function mountPointsUpload(dialog, opener, store, send, used) {
  /** @type {Upload} */
  let upload = { file: null, wishes: {}, reading: false, found: null, fault: null, table: null };
  const choosers = createColumnChoosers(dialog, (columns) => read({ ...upload.wishes, ...columns }));
  const [encoding, fill] = [/** @type {HTMLSelectElement} */ (dialog.querySelector('[data-testid=upload-encoding]')), /** @type {HTMLInputElement} */ (dialog.querySelector('[data-testid=upload-fill]'))];

  const use = /** @type {HTMLButtonElement} */ (dialog.querySelector('.use'));

  function show() {
    use.disabled = upload.reading;
    showUpload(dialog, upload, () => upload.found, store.get('choices')?.most_classes ?? 0);
    const { table, found } = upload;
    if (table) choosers.show(table);
    if (table) encoding.value = table.encoding;
    fill.checked = upload.wishes.fill ?? true;
    fill.disabled = found?.may_keep === false;
  }

  /** @param {import('./points_file.js').Wishes} wishes */
  async function read(wishes) {
    const { file } = upload;
    if (!file) return;
    const asked = upload = { ...upload, wishes, reading: true };
    use.disabled = true;
    const answer = await readPointsFile(file, store.get('choices')?.points_bytes ?? Infinity, wishes);
    if (asked !== upload) return; // another choice has been made
    upload = { ...upload, ...answer, reading: false };
    show();
  }

  /** @param {File} file */
  async function take(file) {
    upload = { file, wishes: {}, reading: false, found: null, fault: null, table: null };
    await read({});
    if (!dialog.open) dialog.showModal();
  }

  const picker = makeFilePicker(take);
  opener.after(picker);
  opener.onclick = () => picker.click();
  encoding.onchange = () => read({ encoding: encoding.value, fill: upload.wishes.fill ?? true }); // names of columns are others then
  fill.onchange = () => read({ ...upload.wishes, fill: fill.checked });
  use.onclick = () => {
    if (!upload.found || upload.reading) return;
    const { points, kind, scale, class_names: classes, columns } = upload.found;
    store.set({ drawing: false });
    const units = [scale.x1, scale.x2, scale.label].map(({ zero, unit }) => [zero, unit]);
    const names = namesInSpec({ columns, classes }, store.get('choices')?.longest_name ?? 0);
    send({ type: 'configure', spec: { dataset: kind === 'values' ? 'own_values' : 'own', own_points: points, own_units: units, own_names: names, samples: null } });
    dialog.close();
    used();
  };
  for (const close of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll('.close'))) close.onclick = () => dialog.close();
  const undo = [store.watch(['language', 'theme'], show), listenToFileDrop('points', take), () => picker.remove()];
  return () => undo.forEach((stop) => stop());
}

/** @param {(file: File) => void} take */
function makeFilePicker(take) {
  const picker = document.createElement('input');
  picker.type = 'file';
  picker.accept = '.csv,.tsv,.txt,.dat,.data,.json,.jsonl,.ndjson,.arff,text/csv,application/json';
  picker.dataset.testid = 'upload-file';
  picker.hidden = true;
  picker.onchange = () => {
    const [file] = picker.files ?? [];
    picker.value = ''; // the same file again is a change, too
    if (file) take(file);
  };
  return picker;
}

/**
 * @param {HTMLElement} dialog @param {Upload} upload
 * @param {() => Upload['found']} newest  by the time there is room for the picture
 * @param {number} mostClasses
 */
function showUpload(dialog, { file, found, fault, table }, newest, mostClasses) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (dialog.querySelector(selector));
  find('.file').textContent = file?.name ?? '';
  find('.table').hidden = !table;
  find('.found').hidden = !found;
  find('.fault').hidden = !fault;
  find('.fault').textContent = fault ? wordsOf(fault) : '';
  find('.use').hidden = !found;
  if (!found) return;
  const { points, class_names: names, notes } = found;
  find('.count').textContent = t('upload.count', { count: points.length });
  const others = notes.filter(({ code }) => code !== 'upload_columns'); // the choosers say it
  find('.notes').replaceChildren(...others.map((note) => Object.assign(document.createElement('li'), { textContent: wordsOf(note) })));
  find('.names').replaceChildren(...names.map((className, number) => {
    const span = document.createElement('span');
    span.innerHTML = markSvg(number);
    span.append(`${names.length === 2 ? ['−1', '+1'][number] : number}: ${className}`);
    return span;
  }));
  requestAnimationFrame(() => {
    const points = newest();
    if (points) paintPreview(/** @type {HTMLCanvasElement} */ (dialog.querySelector('canvas')), points, mostClasses);
  });
}
