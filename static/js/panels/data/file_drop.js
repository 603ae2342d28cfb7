// @ts-check
// A file dropped anywhere on the page.

/** @param {(file: File) => void} take @returns {() => void} undo */
export function listenToFileDrop(take) {
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
    if (!file) return;
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
