// @ts-check
// Points from a file: chosen or dropped on the page, read by the server, shown with what was found before they are used.

import { makeColormap } from '../../draw/base/colormap.js';
import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { markSvg } from '../../draw/plane/marks.js';
import { readPalette } from '../../draw/base/palette.js';
import { paintPoints } from '../../draw/plane/plane.js';
import { focusPlay } from '../../core/elements.js';
import { formatCount, hasText, t } from '../../core/i18n.js';
import { keepClassNames } from '../../experiment/output.js';

const LARGEST = 1 << 20; // bytes, as the server takes them
const SIZE = 200; // px of the preview

/** @typedef {{code: string, message: string, values: Record<string, any>}} Said */
/** @typedef {{points: [number, number, number][], kind: 'classes' | 'values', class_names: string[], columns: string[], notes: Said[]}} Found */

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} opener
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 */
export function mountUpload(dialog, opener, store, send) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (dialog.querySelector(selector));
  const canvas = /** @type {HTMLCanvasElement} */ (dialog.querySelector('canvas'));
  const picker = document.createElement('input');
  picker.type = 'file';
  picker.accept = '.csv,.tsv,.txt,.json,text/csv,application/json';
  picker.dataset.testid = 'upload-file';
  picker.hidden = true;
  opener.after(picker);

  let name = '';
  /** @type {Found | null} */
  let found = null;
  /** @type {Said | null} */
  let fault = null;

  /** @param {File} file */
  async function take(file) {
    name = file.name;
    [found, fault] = [null, null];
    if (file.size > LARGEST) fault = said('upload.too_large', { size: (file.size / LARGEST).toFixed(1) });
    else await ask(file);
    show();
    if (!dialog.open) dialog.showModal();
  }

  /** @param {File} file */
  async function ask(file) {
    const answer = await fetch(`/api/points?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file, headers: { 'content-type': 'text/plain' } }).catch(() => null);
    const body = await answer?.json().catch(() => null);
    if (answer?.ok && body) found = body;
    else fault = body?.code ? body : said('upload.unreachable', {});
  }

  /** @param {string} key @param {Record<string, any>} values @returns {Said} */
  const said = (key, values) => ({ code: key, message: t(key, values), values });

  /** In the reader's language where there are words for it. @param {Said} one */
  const sentence = ({ code, message, values }) => {
    const key = [`server.${code}`, code].find(hasText);
    return key ? t(key, values) : message;
  };

  function show() {
    find('.file').textContent = name;
    find('.found').hidden = !found;
    find('.fault').hidden = !fault;
    find('.fault').textContent = fault ? sentence(fault) : '';
    find('.use').hidden = !found;
    if (!found) return;
    const { points, kind, class_names: names, notes } = found;
    find('.count').textContent = t('upload.count', { count: formatCount(points.length) });
    find('.notes').replaceChildren(...notes.map((note) => Object.assign(document.createElement('li'), { textContent: sentence(note) })));
    find('.names').replaceChildren(...names.map((own, number) => {
      const span = document.createElement('span');
      span.innerHTML = markSvg(number);
      span.append(`${names.length === 2 ? ['−1', '+1'][number] : number}: ${own}`);
      return span;
    }));
    requestAnimationFrame(paint); // once there is room for it
  }

  function paint() {
    if (!found) return;
    const palette = readPalette(dialog);
    const context = contextOf(canvas);
    fitCanvas(canvas, SIZE, SIZE);
    context.fillStyle = palette.fill;
    context.fillRect(0, 0, SIZE, SIZE);
    const unit = found.points.reduce((most, [, , value]) => Math.max(most, Math.abs(value)), 1);
    paintPoints(context, found.points, { size: SIZE, radius: 3, hollow: false, classes: found.kind === 'classes' ? 8 : 0, unit, palette, colormap: makeColormap(palette, 1) });
  }

  find('.use').onclick = () => {
    if (!found) return;
    const values = found.kind === 'values';
    keepClassNames(found.class_names, found.points);
    store.set({ drawing: false });
    send({ type: 'configure', spec: { dataset: values ? 'own_values' : 'own', own_points: found.points, samples: null } });
    dialog.close();
    focusPlay();
  };
  for (const close of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll('.close'))) close.onclick = () => dialog.close();
  opener.onclick = () => picker.click();
  picker.onchange = () => {
    const [file] = picker.files ?? [];
    picker.value = ''; // the same file again is a change, too
    if (file) take(file);
  };

  const holdsFile = (/** @type {DragEvent} */ event) => [...event.dataTransfer?.types ?? []].includes('Files');
  /** @param {DragEvent} event */
  const over = (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    document.body.classList.add('dropping');
  };
  /** @param {DragEvent} event */
  const leave = (event) => {
    if (!event.relatedTarget) document.body.classList.remove('dropping'); // out of the window
  };
  /** @param {DragEvent} event */
  const drop = (event) => {
    document.body.classList.remove('dropping');
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    take(file);
  };
  document.addEventListener('dragover', over);
  document.addEventListener('dragleave', leave);
  document.addEventListener('drop', drop);
  const stop = store.watch(['language', 'theme'], show);
  return () => {
    stop();
    document.removeEventListener('dragover', over);
    document.removeEventListener('dragleave', leave);
    document.removeEventListener('drop', drop);
    picker.remove();
  };
}
