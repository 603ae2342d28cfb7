// @ts-check
// A file dropped anywhere on the page, for whoever takes files of its kind.

/** @typedef {'weights' | 'points' | 'list'} FileKind */

const HEAD = 64; // bytes, by which the kind is known

/** By its first bytes, whatever it is called: a zip of torch, a pickle, or the header of safetensors; else by its name. @param {File} file @returns {Promise<FileKind>} */
export async function kindOf(file) {
  const bytes = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const text = String.fromCharCode(...bytes);
  if (/^(\xEF\xBB\xBF)?\s*\{\s*"playground_list"/.test(text)) return 'list'; // experiment/set_up_list.js
  const isWeights = /^PK\x03\x04[^]{26}[^/]+\/(data|byteorder|version|\.)/.test(text) || /^\x80[\x02-\x05]/.test(text) || /^[^]{3}[^]\0\0\0\0\{/.test(text);
  return isWeights || /\.(pt|pth|bin|ckpt|safetensors)$/i.test(file.name) ? 'weights' : 'points';
}

/** @param {FileKind} kind @param {(file: File) => void} take @returns {() => void} undo */
export function listenToFileDrop(kind, take) {
  /** @param {DragEvent} event */
  const over = (event) => {
    if (![...event.dataTransfer?.types ?? []].includes('Files')) return;
    event.preventDefault();
    document.body.classList.add('dropping');
  };
  /** @param {DragEvent} event */
  const leave = (event) => {
    if (!event.relatedTarget) document.body.classList.remove('dropping'); // out of the window
  };
  /** @param {DragEvent} event */
  const drop = async (event) => {
    document.body.classList.remove('dropping');
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    if (await kindOf(file) === kind) take(file);
  };
  document.addEventListener('dragover', over);
  document.addEventListener('dragleave', leave);
  document.addEventListener('drop', drop);
  return () => {
    document.removeEventListener('dragover', over);
    document.removeEventListener('dragleave', leave);
    document.removeEventListener('drop', drop);
  };
}
