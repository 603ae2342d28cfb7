// @ts-check
// Plotly, which comes out of the server's installed package, and how this page's charts are drawn with it.

const CONFIG = { displayModeBar: false, responsive: false, showTips: false, doubleClick: false, scrollZoom: false };

/**
 * @typedef {object} Plotly
 * @property {(box: HTMLElement, traces: object[], layout: object, config: object) => void} react
 * @property {(box: HTMLElement) => void} purge
 */

/** Null before it has come. @returns {Plotly | null} */
const plotly = () => /** @type {{Plotly?: Plotly}} */ (window).Plotly ?? null;

export const hasPlotly = () => plotly() !== null;

/** @param {HTMLElement} box @param {{traces: object[], layout: object}} chart */
export const drawWithPlotly = (box, { traces, layout }) => plotly()?.react(box, traces, layout, CONFIG);

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
