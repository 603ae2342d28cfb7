// @ts-check
// The numbers and names at the edges of the plane.

import { ticksOf } from '../../draw/plane/plane.js';

/** @param {HTMLElement} root @param {import('../../draw/plane/plane.js').Extent} extent */
export function showAxisTicks(root, extent) {
  const { low, high } = extent;
  const share = (/** @type {number} */ tick) => (tick - low) / (high - low);
  const marks = ticksOf(extent).map((tick) => /** @type {[string, number]} */ ([`${tick < 0 ? '−' : ''}${Math.abs(tick)}`, share(tick)]));
  const free = marks.some(([, at]) => at === 0.5) ? 0.75 : 0.5; // where the name finds room
  const named = (/** @type {string} */ name) => [...marks, /** @type {[string, number]} */ ([name, free])];
  const all = [...named('x₁').map(([text, at]) => ['x1', text, at]), ...named('x₂').map(([text, at]) => ['x2', text, 1 - at])];
  root.replaceChildren(...all.map(([axis, text, at]) => {
    const tick = document.createElement('span');
    tick.className = String(axis);
    tick.textContent = String(text);
    tick.style.setProperty('--at', String(at));
    return tick;
  }));
}
