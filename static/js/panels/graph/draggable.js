// @ts-check
// What is scrolled, dragged by the mouse; a finger does so by itself.

const DRAG = 4; // px: less is a click

/** @param {HTMLElement} root @returns {() => void} undo */
export function makeDraggable(root) {
  /** @type {{x: number, y: number, left: number, top: number} | null} */
  let from = null;
  let dragged = false;
  const listening = new AbortController();
  const { signal } = listening;
  root.addEventListener('pointerdown', ({ pointerType, button, clientX, clientY }) => {
    dragged = false;
    from = pointerType === 'mouse' && button === 0 ? { x: clientX, y: clientY, left: root.scrollLeft, top: root.scrollTop } : null;
  }, { signal });
  root.addEventListener('pointermove', ({ pointerId, clientX, clientY }) => {
    if (!from) return;
    const [across, down] = [clientX - from.x, clientY - from.y];
    if (!dragged && Math.hypot(across, down) < DRAG) return;
    if (!dragged) root.setPointerCapture(pointerId);
    dragged = true;
    root.scrollTo(from.left - across, from.top - down);
  }, { signal });
  for (const end of ['pointerup', 'pointercancel']) root.addEventListener(end, () => { from = null; }, { signal });
  root.addEventListener('click', (event) => { if (dragged) event.stopPropagation(); }, { signal, capture: true });
  return () => listening.abort();
}
