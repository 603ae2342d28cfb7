// @ts-check
// Plotly, fetched after the page has been painted, and how this page's charts are drawn with it.

const SOURCE = '/vendor/plotly.min.js';
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

/**
 * Loads it once the page has been painted, which is two frames later.
 * @param {() => void} loaded
 * @param {() => void} failed
 * @returns {() => void} calls it off, where it has not begun
 */
export function loadPlotly(loaded, failed) {
  function load() {
    if (hasPlotly()) {
      loaded();
      return;
    }
    const script = document.createElement('script');
    script.src = SOURCE;
    script.async = true;
    script.onload = loaded;
    script.onerror = failed;
    document.head.append(script);
  }
  const first = requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(load)));
  return () => cancelAnimationFrame(first);
}
