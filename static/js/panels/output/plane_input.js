// @ts-check
// Pointer and keys on the plane for whoever draws on it, in coordinates of the plane; the canvas stays with its panel.

import { WIDE, toPlane } from '../../draw/plane/plane.js';

/** @typedef {import('../../draw/plane/plane.js').PlaneHandlers} PlaneHandlers */

/** @param {HTMLElement} view  with the plane */
export function createPlaneInput(view) {
  const canvas = /** @type {HTMLCanvasElement} */ (view.querySelector('.plane canvas'));
  const placeOf = (/** @type {PointerEvent} */ event) => toPlane(event.offsetX, event.offsetY, canvas.clientWidth);

  return {
    /** @param {PlaneHandlers} handlers @returns {() => void} undo */
    listen({ isActive, down, drag, up, key }) {
      const listening = new AbortController();
      const { signal } = listening;
      canvas.addEventListener('pointerdown', (event) => {
        if (!isActive() || (event.button !== 0 && event.button !== 2)) return;
        event.preventDefault();
        canvas.focus({ preventScroll: true });
        canvas.setPointerCapture(event.pointerId);
        down(placeOf(event), event.button);
      }, { signal });
      canvas.addEventListener('pointermove', (event) => {
        if (isActive() && canvas.hasPointerCapture(event.pointerId)) drag(placeOf(event));
      }, { signal });
      for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, up, { signal });
      canvas.addEventListener('contextmenu', (event) => isActive() && event.preventDefault(), { signal });
      canvas.addEventListener('keydown', key, { signal });
      return () => listening.abort();
    },

    /** Whether keys can reach the plane. @param {boolean} focusable */
    setFocusable(focusable) {
      if (focusable) canvas.tabIndex = 0;
      else canvas.removeAttribute('tabindex');
    },

    focus: () => canvas.focus(),
    scrollIntoView: () => view.scrollIntoView({ block: 'nearest' }),
    /** A length on the screen in coordinates. @param {number} px */
    toCoordinates: (px) => (px * (WIDE.high - WIDE.low)) / canvas.clientWidth,
  };
}
