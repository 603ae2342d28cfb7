// @ts-check
// A canvas as sharp as the screen: its pixels follow its box and the screen's density, or that of paper.

let printed = 0; // dots for a CSS px while a picture is made for print; 0: as the screen has them

/** Dots for a CSS px. */
export const density = () => printed || devicePixelRatio || 1;

/** Of canvases that are fitted from here on. @param {number} dots  0: the screen's */
export const setDensity = (dots) => { printed = dots; };

/** @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
export function contextOf(canvas) {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser cannot draw on a canvas; use a current one');
  return context;
}

/**
 * An empty canvas as large as an element has room for; null where it has none.
 * @param {HTMLCanvasElement} canvas @param {HTMLElement} [room]  by default what it lies in
 * @returns {{context: CanvasRenderingContext2D, width: number, height: number} | null}
 */
export function emptyCanvas(canvas, room = /** @type {HTMLElement} */ (canvas.parentElement)) {
  const { clientWidth: width, clientHeight: height } = room;
  if (!width || !height) return null;
  fitCanvas(canvas, width, height);
  if (room === canvas) canvas.style.width = canvas.style.height = ''; // the page lays it out
  const context = contextOf(canvas);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/**
 * Sets the canvas's size and lets its context count in CSS px. A canvas of the right size keeps its picture.
 * @param {HTMLCanvasElement} canvas @param {number} width @param {number} height CSS px
 */
export function fitCanvas(canvas, width, height) {
  const dots = density();
  const [w, h] = [Math.max(1, Math.round(width * dots)), Math.max(1, Math.round(height * dots))];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  contextOf(canvas).setTransform(dots, 0, 0, dots, 0, 0);
}
