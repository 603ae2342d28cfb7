// @ts-check
// The two charts as Plotly takes them: traces and layout from a history and a palette. Pure; knows nothing of Plotly.

import { superscript } from '../base/numbers.js';
import { cssColor, mix, parseColor } from '../base/palette.js';
import { thinned } from './thinning.js';

const FLOOR = 1e-12; // values at or below it have no place on a logarithmic axis
const ZERO_BELOW = 0.15; // of the other losses' height on the axis
const TICKS_AT_MOST = 5;
/** @type {[number, number]} a line at 0 or 100 % stays whole */
const SHARES = [-0.03, 1.03];
const TICK_HEIGHT = 1.7; // times the text's size: numbers closer to each other are hard to read

/** @typedef {{steps: number[], train_loss: (number | null)[], test_loss: (number | null)[]}} History */
/** @typedef {{width: number, height: number, palette: import('../base/palette.js').Palette, span?: [number, number]}} Look  span: steps of the axis; left out: those of the curve */

/**
 * @param {History} history
 * @param {Look & {log: boolean, names: [string, string], step: string, at?: number | null, branches?: {steps: number[], losses: (number | null)[], name: string, mark: string}[]}} look
 *   at: the step the run stands at, where that is not the newest; branches: curves beside this one, each with a mark at its end
 * @returns {{traces: object[], layout: any}}
 */
export function lossChart(history, { log, names, step, at = null, branches = [], ...look }) {
  const { palette, width } = look;
  const lines = [
    { values: history.test_loss, color: palette.soft, dash: `${5 * palette.link}px,${4 * palette.link}px`, name: names[1] },
    { values: history.train_loss, color: palette.ink, dash: 'solid', name: names[0] },
  ];
  const axis = lossAxis([...lines.map((line) => line.values), ...branches.map((branch) => branch.losses)], log, ticksFor(look));
  const { zero } = axis;
  const beside = branches.map(({ steps, losses: values, name }) =>
    trace(steps, values, { color: palette.back, dash: `${2 * palette.link}px,${3 * palette.link}px`, name, log, zero, width, link: palette.link * 0.75 }));
  const traces = [...beside, ...lines.map((line) => trace(history.steps, line.values, { ...line, log, zero, width, link: palette.link }))];
  const layout = layoutOf(history.steps, look, axis.layout, step, 12);
  if (at !== null) layout.shapes = [placeLine(at, palette)];
  layout.annotations = branches.map(({ steps, losses, mark }) => endMark(steps, lastFinite(losses), mark, log, palette));
  return { traces, layout };
}

/** Above the end of a curve. @param {number[]} steps @param {number} value @param {string} mark @param {boolean} log @param {import('../base/palette.js').Palette} palette */
const endMark = (steps, value, mark, log, { back, small }) => ({
  x: steps[steps.length - 1], y: log ? Math.log10(Math.max(value, FLOOR)) : value, text: mark,
  showarrow: false, xanchor: 'right', yanchor: 'bottom', font: { color: back, size: small, weight: 650 },
});

/**
 * Accuracies at the ends of epochs, and now.
 * @param {{steps: number[], train: (number | null)[], test: (number | null)[]}} curve  without a test set: no values
 * @param {Look & {names: [string, string], step: string, none: string, at?: number | null}} look  none: where there is no value yet
 * @returns {{traces: object[], layout: any}}
 */
export function accuracyChart({ steps, train, test }, { names, step, none, at = null, ...look }) {
  const { palette, width } = look;
  const lines = [
    { values: test, color: palette.soft, dash: `${5 * palette.link}px,${4 * palette.link}px`, name: names[1] },
    { values: train, color: palette.ink, dash: 'solid', name: names[0] },
  ];
  const traces = lines.map((line) => ({ ...trace(steps, line.values, { ...line, log: false, width, link: palette.link }), hovertemplate: '%{y:.1%}' }));
  const layout = layoutOf(steps, look, shareAxis(roomFor(look)), step, 12);
  layout.annotations = steps.length ? [] : [{ xref: 'paper', yref: 'paper', showarrow: false, font: { color: palette.soft, size: palette.small }, text: none, x: 0.5, y: 0.5 }];
  if (at !== null) layout.shapes = [placeLine(at, palette)];
  return { traces, layout };
}

/**
 * A quantity of every layer through time.
 * @param {{steps: number[], layers: (number | null)[][]}} curve
 * @param {Look & {quantity: import('./quantities.js').Quantity, names: string[], step: string, labels: number, usual: string, none: string, at?: number | null}} look
 *   names: one for each layer; labels: px kept at the right for them; usual: what is written at the guide; none: where no layer has it
 * @returns {{traces: any[], layout: any}}
 */
export function layerChart({ steps, layers }, { quantity, names, step, labels, usual, none, at = null, ...look }) {
  const { palette, width, height } = look;
  const [log, { guide }] = [quantity.scale === 'log', quantity];
  const colors = layerColors(layers.length, palette, quantity.backward);
  const range = log ? logRange(guide === null ? layers : [...layers, [guide]]) : SHARES;
  const traces = layers.map((values, layer) => ({
    ...trace(steps, values, { color: colors[layer], dash: 'solid', name: names[layer], log, width: width / 2, link: palette.link }),
    ...(log ? {} : { hovertemplate: '%{y:.1%}' }),
  }));
  const layout = layoutOf(steps, look, log ? logAxis(range, ticksFor(look)) : shareAxis(roomFor(look)), step, labels);
  const inner = height - layout.margin.t - layout.margin.b;
  const share = (/** @type {number} */ value) => ((log ? Math.log10(Math.max(value, FLOOR)) : value) - range[0]) / (range[1] - range[0]);
  const there = layers.map((_, layer) => layer).filter((layer) => layers[layer].some((value) => value !== null));
  const gap = (palette.small * 1.12) / Math.max(inner, 1);
  const every = Math.ceil(there.length * gap / (1 + gap)); // of so many layers one is named, where not all have room
  const named = there.filter((_, i) => (there.length - 1 - i) % every === 0);
  const placed = spread(named.map((layer) => share(lastFinite(layers[layer]))), gap);
  const written = { xref: 'paper', yref: 'paper', showarrow: false, font: { color: palette.soft, size: palette.small } };
  layout.annotations = named.map((layer, i) => ({
    ...written, text: names[layer], x: 1, y: placed[i], xanchor: 'left', yanchor: 'middle', xshift: 5,
    font: { color: colors[layer], size: palette.small, weight: 600 },
  }));
  if (steps.length && !there.length) layout.annotations.push({ ...written, text: none, x: 0.5, y: 0.5 });
  layout.shapes = at === null ? [] : [placeLine(at, palette)];
  if (guide !== null) {
    layout.shapes.push({ type: 'line', x0: 0, x1: 1, xref: 'paper', y0: guide, y1: guide, line: { color: palette.soft, width: palette.link, dash: 'dot' } });
    layout.annotations.push({ ...written, text: usual, x: 0, y: share(guide), xanchor: 'left', yanchor: 'bottom', bgcolor: palette.panel });
  }
  return { traces, layout };
}

/**
 * Training losses of several runs, each over its own steps.
 * @param {{steps: number[], losses: (number | null)[], name: string, color: string, dash: string}[]} lines
 * @param {Look & {log: boolean, step: string}} look
 * @returns {{traces: object[], layout: any}}
 */
export function comparisonChart(lines, { log, step, ...look }) {
  const { palette, width } = look;
  const axis = lossAxis(lines.map((line) => line.losses), log, ticksFor(look));
  const longest = lines.reduce((most, { steps }) => (steps.length && (steps.at(-1) ?? 0) > (most.at(-1) ?? -1) ? steps : most), /** @type {number[]} */ ([]));
  const traces = lines.map((line) => trace(line.steps, line.losses, { ...line, name: withoutTags(line.name), log, zero: axis.zero, width, link: palette.link }));
  return { traces, layout: layoutOf(longest, look, axis.layout, step, 12) };
}

/** A person's own name, of which Plotly would take a part for a tag. @param {string} name */
const withoutTags = (name) => name.replaceAll('<', '‹');

/** Where the run stands. @param {number} step @param {import('../base/palette.js').Palette} palette */
function placeLine(step, { back, link }) {
  return { type: 'line', x0: step, x1: step, y0: 0, y1: 1, yref: 'paper', line: { color: back, width: 2 * link } };
}

/**
 * One violet for each layer, the last the strongest; ink where it is not of the way back; every one at least 3:1 on the panel.
 * @param {number} count @param {import('../base/palette.js').Palette} palette @param {boolean} [backward]
 */
export function layerColors(count, palette, backward = true) {
  const [violet, ink, panel] = [palette.back, palette.ink, palette.panel].map(parseColor);
  /** @type {[import('../base/palette.js').RGB, import('../base/palette.js').RGB]} */
  let [first, last] = [mix(ink, panel, 0.46), ink];
  if (backward && palette.dark) [first, last] = [mix(violet, [23, 30, 38], 0.42), mix(violet, [255, 255, 255], 0.72)];
  else if (backward) [first, last] = [mix(violet, [255, 255, 255], 0.34), mix(violet, [20, 0, 40], 0.72)];
  return Array.from({ length: count }, (_, layer) => cssColor(mix(first, last, count < 2 ? 0.5 : layer / (count - 1))));
}

/**
 * @param {number[]} steps @param {(number | null)[]} values
 * @param {{color: string, dash: string, name: string, log: boolean, zero?: number | null, width: number, link: number}} look  zero: where a logarithmic axis has its 0
 */
function trace(steps, values, { color, dash, name, log, zero = null, width, link }) {
  const kept = thinned(values, Math.max(60, Math.round(width / 2)));
  const onAxis = (/** @type {number | null} */ value) => (value !== null && Number.isFinite(value) && (!log || value > FLOOR) ? value : value === null ? null : zero);
  return {
    type: 'scatter', mode: kept.length === 1 ? 'markers' : 'lines', marker: { color, size: 7 * link }, cliponaxis: kept.length > 1, name, x: kept.map((i) => steps[i]), y: kept.map((i) => onAxis(values[i])),
    line: { color, dash, width: 2 * link, shape: 'linear', simplify: false }, customdata: kept.map((i) => values[i]), hovertemplate: '%{customdata:.4~g}', connectgaps: false,
  };
}

/** @param {number[]} steps @param {Look} look @param {object} yaxis @param {string} step @param {number} right px @returns {any} */
function layoutOf(steps, { width, height, palette, span = [0, Math.max(1, steps[steps.length - 1] ?? 1)] }, yaxis, step, right) {
  const { small, soft, line, ink, panel, font } = palette;
  const nticks = Math.max(3, Math.round(width / (small * 9)));
  const axis = { color: soft, gridcolor: line, zeroline: false, showline: false, fixedrange: true, ticks: '', tickfont: { size: small, color: soft } };
  return {
    width, height, font: { family: font, size: small, color: soft }, showlegend: false, hovermode: 'x unified', dragmode: false,
    paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)', separators: '.,',
    margin: { l: Math.round(small * 3.6), r: right, t: Math.round(Math.min(small * 0.6, 8)), b: Math.round(Math.min(small * 1.75, small + 9)), pad: 0 },
    hoverlabel: { bgcolor: panel, bordercolor: line, font: { size: small, color: ink, family: font } },
    xaxis: { ...axis, showgrid: false, tickangle: 0, range: span, ...(span[1] < nticks ? { dtick: 1 } : { nticks }), tickformat: ',d', hoverformat: ',d', unifiedhovertitle: { text: `${step} %{x:,d}` } },
    yaxis: { ...axis, ticklabeloverflow: 'allow', ...yaxis }, // half of the highest one lies above a low chart
  };
}

/** Powers of ten around the values, at least one decade. @param {(number | null)[][]} lines @returns {[number, number]} */
export function logRange(lines) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of lines) {
    for (const value of values) {
      if (value === null || !(value > FLOOR) || !Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return [-2, 0];
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const missing = Math.max(0, 1 - (to - from)) / 2;
  return [from - missing - 0.1, to + missing + 0.06];
}

/**
 * An axis of losses. On a logarithmic one a loss of 0 has its place a stretch below the lowest other one, and a tick there.
 * @param {(number | null)[][]} losses @param {boolean} log @param {number} ticks
 * @returns {{layout: object, zero: number | null}}
 */
function lossAxis(losses, log, ticks) {
  if (!log) return { layout: linearAxis(linearRange(losses), ticks), zero: null };
  const [low, high] = logRange(losses);
  if (!losses.some((line) => line.some((value) => value !== null && value <= FLOOR))) return { layout: logAxis([low, high], ticks), zero: null };
  const axis = logAxis([low, high], ticks - 1);
  const zero = 10 ** (low - ZERO_BELOW * (high - low));
  return { layout: { ...axis, range: [Math.log10(zero), high], tickvals: [zero, ...axis.tickvals], ticktext: ['0', ...axis.ticktext] }, zero };
}

/** @param {(number | null)[][]} lines @returns {[number, number]} from zero */
function linearRange(lines) {
  let high = 0;
  for (const values of lines) for (const value of values) if (value !== null && Number.isFinite(value)) high = Math.max(high, value);
  return [0, high * 1.05 || 1];
}

/** How many ticks there is room for. @param {Look} look */
function roomFor({ height, palette: { small } }) {
  return Math.floor((height - small * 2.35) / (small * TICK_HEIGHT)) + 1;
}

/** How many ticks a chart gets. @param {Look} look */
const ticksFor = (look) => Math.max(2, Math.min(TICKS_AT_MOST, roomFor(look)));

/** @param {[number, number]} range @param {number} most */
function linearAxis(range, most) {
  return { type: 'linear', range, nticks: most, tickformat: '~g' };
}

/** @param {number} most */
function shareAxis(most) {
  const tickvals = most < 3 ? [0, 1] : most < 5 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  return { type: 'linear', range: SHARES, tickvals, ticktext: tickvals.map((share) => `${share * 100}%`) };
}

/**
 * Ticks at powers of ten, thinned out where there are many, joined by 2 and 5 (or 3) where there are few.
 * @param {[number, number]} range of log10 @param {number} [most]  two or more
 */
export function logAxis([low, high], most = TICKS_AT_MOST) {
  const decades = high - low;
  const densities = [...(decades > 1.4 ? [] : [[1, 2, 5]]), ...(decades > 3 ? [] : [[1, 3]]), [1]];
  const gap = (0.6 * decades) / (most - 1); // the least between two, so that none lies on another
  /** @param {number[]} steps @param {number} every  so many decades */
  const ticksAt = (steps, every) => {
    const found = [];
    for (let exponent = Math.floor(low); exponent <= high; exponent++) {
      for (const step of exponent % every ? [] : steps) {
        const place = Math.log10(step) + exponent;
        if (place >= low + 0.04 * decades && place <= high + 1e-9) found.push({ step, exponent, place });
      }
    }
    return found;
  };
  let ticks = ticksAt(densities[0], 1);
  const ends = [ticks[0], ticks[ticks.length - 1]];
  const isCrowded = () => ticks.some(({ place }, i) => i > 0 && place - ticks[i - 1].place < gap);
  for (let n = 1; ticks.length > most || isCrowded(); n++) {
    ticks = ticksAt(densities[Math.min(n, densities.length - 1)], Math.max(1, n - densities.length + 2));
  }
  if (ticks.length < 2) ticks = ends; // one number tells no scale
  return {
    type: 'log', range: [low, high],
    tickvals: ticks.map(({ step, exponent }) => step * 10 ** exponent),
    ticktext: ticks.map(({ step, exponent }) => tickText(step, exponent)),
  };
}

/** @param {number} step @param {number} exponent */
function tickText(step, exponent) {
  if (exponent >= -3 && exponent <= 3) return String(Number((step * 10 ** exponent).toPrecision(1)));
  return `${step === 1 ? '' : `${step}·`}10${superscript(exponent)}`;
}

/** @param {(number | null)[]} values */
function lastFinite(values) {
  for (let i = values.length - 1; i >= 0; i--) {
    const value = values[i];
    if (value !== null && Number.isFinite(value)) return value;
  }
  return FLOOR;
}

/**
 * Places moved apart as little as needed: each at least `gap` from the next, within 0 … 1 while there is room.
 * @param {number[]} places @param {number} gap @returns {number[]}
 */
export function spread(places, gap) {
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  const result = places.map((place) => Math.min(1, Math.max(0, place)));
  for (let n = 1; n < order.length; n++) result[order[n]] = Math.max(result[order[n]], result[order[n - 1]] + gap);
  let ceiling = 1;
  for (let n = order.length - 1; n >= 0; n--) {
    result[order[n]] = Math.min(result[order[n]], ceiling);
    ceiling = result[order[n]] - gap;
  }
  return result;
}
