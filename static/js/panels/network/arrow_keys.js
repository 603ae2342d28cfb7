// @ts-check
// The arrow keys on the drawing. On a neuron: up and down within its column, left to its bias and the weights into it. On a
// weight or bias: up and down among those of its neuron, right to the neuron, left to where the link comes from.

/**
 * @param {HTMLElement} handles  of the weights and biases: `data-of` their neuron, `data-from` where the link comes from
 * @param {HTMLElement} tiles  of the neurons: `data-place`
 */
export function followArrowKeys(handles, tiles) {
  /** @param {KeyboardEvent} event */
  function press(event) {
    const here = event.target instanceof HTMLElement ? event.target : null;
    if (!here || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = here.matches('.hold') ? fromHandle(here, event.key) : here.matches('.tile') ? fromTile(here, event.key) : null;
    if (!next) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere on the page an arrow takes a training step
    next.focus();
  }

  /** @param {HTMLElement} handle @param {string} key @returns {HTMLElement | null | undefined} */
  function fromHandle(handle, key) {
    const column = handlesInto(handle.dataset.of);
    const at = column.indexOf(handle);
    if (key === 'ArrowUp') return column[(at + column.length - 1) % column.length];
    if (key === 'ArrowDown') return column[(at + 1) % column.length];
    if (key === 'ArrowRight') return tileAt(handle.dataset.of);
    return key === 'ArrowLeft' ? tileAt(handle.dataset.from) ?? handle : null;
  }

  /** @param {HTMLElement} tile @param {string} key @returns {HTMLElement | null | undefined} */
  function fromTile(tile, key) {
    if (key === 'ArrowLeft') return handlesInto(tile.dataset.place).at(-1);
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
    const [layer] = (tile.dataset.place ?? '').split(' ');
    const column = /** @type {HTMLElement[]} */ ([...tiles.querySelectorAll(`.tile[data-place^="${layer} "]`)]);
    return column[(column.indexOf(tile) + (key === 'ArrowUp' ? column.length - 1 : 1)) % column.length];
  }

  /** The weights and the bias of a neuron. @param {string | undefined} place @returns {HTMLElement[]} */
  const handlesInto = (place) => [...handles.querySelectorAll(`.hold[data-of="${place}"]`)].map((handle) => /** @type {HTMLElement} */ (handle));
  /** @param {string | undefined} place @returns {HTMLElement | null} */
  const tileAt = (place) => tiles.querySelector(`.tile[data-place="${place}"]`);

  handles.addEventListener('keydown', press);
  tiles.addEventListener('keydown', press);
}
