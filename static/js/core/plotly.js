// @ts-check
// Plotly, which comes out of the server's installed package, and how this page's charts are drawn with it.

const CONFIG = { displayModeBar: false, responsive: false, showTips: false, doubleClick: false, scrollZoom: false };

/**
 * @typedef {object} Plotly
 * @property {(box: HTMLElement, traces: object[], layout: object, config: object) => void} react
 * @property {(box: HTMLElement) => void} purge
 * @property {{hover: (box: HTMLElement, place: object, subplot: string) => void, unhover: (box: HTMLElement) => void}} Fx
 */

/** Null before it has come. @returns {Plotly | null} */
const plotly = () => /** @type {{Plotly?: Plotly}} */ (window).Plotly ?? null;

export const hasPlotly = () => plotly() !== null;

/** @param {HTMLElement} box @param {{traces: object[], layout: object}} chart */
export function drawWithPlotly(box, { traces, layout }) {
  plotly()?.react(box, traces, layout, CONFIG);
  readByFinger(box);
}

/** @type {WeakSet<HTMLElement>} */
const touchable = new WeakSet();

/** A finger on a chart reads its numbers as the mouse does, until something else is touched. @param {HTMLElement} box */
function readByFinger(box) {
  if (touchable.has(box)) return;
  touchable.add(box);
  let isFinger = false;
  const plot = () => box.querySelector('.nsewdrag'); // within its axes; none in space, which a finger turns
  const read = (/** @type {PointerEvent} */ { pointerType, clientX, clientY }) => {
    const target = plot();
    isFinger = pointerType === 'touch' && target !== null;
    if (!isFinger) return;
    plotly()?.Fx.hover(box, { target, clientX, clientY }, 'xy');
    document.addEventListener('click', leave, { capture: true });
  };
  const leave = (/** @type {MouseEvent} */ { target }) => {
    if (target instanceof Node && box.contains(target)) return;
    plotly()?.Fx.unhover(box);
    document.removeEventListener('click', leave, { capture: true });
  };
  box.addEventListener('pointerdown', read);
  box.addEventListener('pointermove', read);
  box.addEventListener('touchstart', (event) => plot() && event.stopPropagation(), { capture: true, passive: true }); // it would begin to drag
  box.addEventListener('mouseout', (event) => isFinger && event.stopPropagation(), { capture: true }); // sent when it is lifted
}

/** @param {HTMLElement} box */
export const purge = (box) => plotly()?.purge(box);

/** @type {Promise<unknown> | null} */
let loading = null;

/** Loads it once; fails where the server does not answer. */
export const loadPlotly = () => (loading ??= new Promise((loaded, failed) => {
  const script = document.createElement('script');
  script.src = /** @type {HTMLElement} */ (document.querySelector('[data-plotly]')).dataset.plotly ?? '';
  script.onload = loaded;
  script.onerror = failed;
  document.head.append(script);
}));
