// @ts-check
// A file dropped anywhere on the page, for whoever takes files of its kind.

/** By its name; anything else is read as points. @param {File} file */
export const isWeightsFile = (file) => /\.(pt|pth|bin|safetensors)$/i.test(file.name);

/** @param {(file: File) => boolean} accepts @param {(file: File) => void} take @returns {() => void} undo */
export function listenToFileDrop(accepts, take) {
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
  const drop = (event) => {
    document.body.classList.remove('dropping');
    const file = event.dataTransfer?.files[0];
    if (!file || !accepts(file)) return;
    event.preventDefault();
    take(file);
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
