// @ts-check
// A chart of Plotly as SVG, larger than on the page, with its title and the names of its curves.

const TITLE_HEIGHT = 60; // px above the chart
const AXIS_HEIGHT = 40; // px below it

/** @typedef {(figure: {data: object[], layout: object}, options: object) => Promise<string>} ToImage */

/** @param {HTMLElement} box  Plotly has drawn into @param {{width: number, height: number}} size  px */
export async function chartFile(box, size) {
  const { data, layout } = /** @type {HTMLElement & {data: object[], layout: {margin: object}}} */ (box);
  const title = { text: box.ariaLabel, x: 0, xref: 'paper', xanchor: 'left', y: 1, yref: 'container', yanchor: 'top', pad: { t: 10 } };
  const legend = { orientation: 'h', x: 1, xanchor: 'right', y: 1, yanchor: 'bottom' };
  const figure = { data, layout: { ...layout, ...size, title, legend, showlegend: true, margin: { ...layout.margin, t: TITLE_HEIGHT, b: AXIS_HEIGHT } } };
  const { toImage } = /** @type {{Plotly: {toImage: ToImage}}} */ (/** @type {unknown} */ (window)).Plotly;
  return toImage(figure, { format: 'svg', imageDataOnly: true, ...size });
}
