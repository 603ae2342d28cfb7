// @ts-check
// Points from a file: chosen or dropped on the page, read by the server, shown with its notes before they are used.

import { markSvg } from '../../draw/plane/marks.js';
import { isWeightsFile, listenToFileDrop } from '../../core/file_drop.js';
import { formatCount, t } from '../../core/i18n.js';
import { keepClassNames } from '../../experiment/output.js';
import { readPointsFile, wordsOf } from './points_file.js';
import { paintPreview } from './points_preview.js';

/** @typedef {{name: string, found: import('./points_file.js').PointsFile | null, fault: import('./points_file.js').Sentence | null}} Upload  name: of the file */

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} opener
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @param {() => void} used  after the points are
 */
export function mountPointsUpload(dialog, opener, store, send, used) {
  /** @type {Upload} */
  let upload = { name: '', found: null, fault: null };
  const show = () => showUpload(dialog, upload, () => upload.found, store.get('choices')?.most_classes ?? 0);

  /** @param {File} file */
  async function take(file) {
    upload = { name: file.name, found: null, fault: null };
    Object.assign(upload, await readPointsFile(file, store.get('choices')?.points_bytes ?? Infinity));
    show();
    if (!dialog.open) dialog.showModal();
  }

  const picker = makeFilePicker(take);
  opener.after(picker);
  opener.onclick = () => picker.click();
  /** @type {HTMLElement} */ (dialog.querySelector('.use')).onclick = () => {
    if (!upload.found) return;
    const { points, kind, class_names: names } = upload.found;
    keepClassNames(names, points);
    store.set({ drawing: false });
    send({ type: 'configure', spec: { dataset: kind === 'values' ? 'own_values' : 'own', own_points: points, samples: null } });
    dialog.close();
    used();
  };
  for (const close of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll('.close'))) close.onclick = () => dialog.close();
  const undo = [store.watch(['language', 'theme'], show), listenToFileDrop((file) => !isWeightsFile(file), take), () => picker.remove()];
  return () => undo.forEach((stop) => stop());
}

/** @param {(file: File) => void} take */
function makeFilePicker(take) {
  const picker = document.createElement('input');
  picker.type = 'file';
  picker.accept = '.csv,.tsv,.txt,.json,text/csv,application/json';
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
function showUpload(dialog, { name, found, fault }, newest, mostClasses) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (dialog.querySelector(selector));
  find('.file').textContent = name;
  find('.found').hidden = !found;
  find('.fault').hidden = !fault;
  find('.fault').textContent = fault ? wordsOf(fault) : '';
  find('.use').hidden = !found;
  if (!found) return;
  const { points, class_names: names, notes } = found;
  find('.count').textContent = t('upload.count', { count: formatCount(points.length) });
  find('.notes').replaceChildren(...notes.map((note) => Object.assign(document.createElement('li'), { textContent: wordsOf(note) })));
  find('.names').replaceChildren(...names.map((className, number) => {
    const span = document.createElement('span');
    span.innerHTML = markSvg(number);
    span.append(`${names.length === 2 ? ['−1', '+1'][number] : number}: ${className}`);
    return span;
  }));
  requestAnimationFrame(() => {
    const file = newest();
    if (file) paintPreview(/** @type {HTMLCanvasElement} */ (dialog.querySelector('canvas')), file, mostClasses);
  });
}
