// @ts-check
// The output over the plane, with the line where the decision turns and the points; or, while one is looked at, a
// neuron's map in its place.

import { contextOf, fitCanvas } from '../draw/canvas.js';
import { makeColormap, makeTwoColors, neuronUnit, paintValues, shownOutput } from '../draw/colormap.js';
import { makeContour, traceContour } from '../draw/contour.js';
import { fixed } from '../draw/numbers.js';
import { readPalette } from '../draw/palette.js';
import { isOutside, paintPoints, refine, toPixels, toPlane, valueAt } from '../draw/plane.js';
import { t } from '../i18n.js';
import { neuronName } from '../names.js';

const PALE = 0.62; // strength of the map's colours: points stand out on it
const FINER = 3; // two flat colours are drawn at this many times the map's grain, so that they meet in a clean line
const REACH = 8; // px from the pointer within which a point is found
const READ_EVERY = 100; // milliseconds: digits that change faster cannot be read

/** @typedef {{side: number, scale: number, values: ArrayLike<number>}} Map */
/** @typedef {import('../draw/plane.js').Point} Point */

/**
 * @param {HTMLElement} root  empty
 * @param {import('../store.js').Store} store
 * @param {(command: {type: string, [field: string]: any}) => void} _send  nothing here changes the experiment
 * @returns {() => void} undo
 */
export function mountBoundary(root, store, _send) {
  root.classList.add('boundary');
  root.innerHTML = `
    <h2></h2>
    <div class="plane"><canvas data-testid="boundary" role="img"></canvas>
      ${[-6, 0, 6].map((tick) => `<span class="x1" style="--at:${(tick + 6) / 12}">${tick < 0 ? '−' : ''}${Math.abs(tick)}</span><span class="x2" style="--at:${(6 - tick) / 12}">${tick < 0 ? '−' : ''}${Math.abs(tick)}</span>`).join('')}
      <span class="x1" style="--at:.75">x₁</span><span class="x2" style="--at:.25">x₂</span></div>
    <p class="reading-at" data-testid="boundary-reading"></p>
    <div class="toggles"><label><input type="checkbox" data-testid="test-points"><span></span></label><label><input type="checkbox" data-testid="discretize"><span></span></label></div>
    <p class="outside" data-testid="outside" hidden></p>`;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const [title, plane, reading, outside] = [find('h2'), find('.plane'), find('.reading-at'), find('.outside')];
  const canvas = /** @type {HTMLCanvasElement} */ (root.querySelector('canvas'));
  const [testPoints, discretize] = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll('input')]);

  const context = contextOf(canvas);
  const grain = document.createElement('canvas'); // the map, a pixel for each cell
  const grainContext = contextOf(grain);
  const pointsLayer = document.createElement('canvas');
  let image = new ImageData(1, 1);
  let pixels = new Uint32Array(image.data.buffer);
  let contour = makeContour(1);
  let contourSide = 1;
  let shown = new Float32Array(1);
  let fine = new Float32Array(1);
  let palette = readPalette(root);
  let colors = { smooth: makeColormap(palette, PALE), flat: makeTwoColors(palette, PALE), full: makeColormap(palette, 1) };
  let size = 0;
  let gutter = 0;
  let painting = 0;
  let stale = true;
  let readAt = 0;
  let readDue = 0;
  /** @type {[number, number] | null} px on the picture */
  let pointer = null;

  const spec = () => store.get('spec');
  const isRegression = () => Boolean(store.get('datasets')?.[spec()?.dataset]?.regression);
  /** @returns {{train: Point[], test: Point[]}} */
  const points = () => store.get('points') ?? { train: [], test: [] };

  /** The map to show and what its values mean. @returns {{map: Map, logits: boolean, unit: number, decides: boolean} | null} */
  function current() {
    const frame = store.get('frame');
    const hovered = store.get('hovered');
    const logits = spec()?.loss === 'bce';
    if (hovered && hovered.layer < 0) {
      const features = store.get('features');
      const feature = features?.[Object.keys(features)[hovered.neuron]];
      if (!feature) return null;
      return { map: { ...feature, values: Float32Array.from(feature.values, (/** @type {number} */ q) => (q / 127) * feature.scale) }, logits: false, unit: neuronUnit(feature.scale), decides: false };
    }
    const coarse = hovered && frame?.maps[hovered.layer]?.[hovered.neuron];
    if (coarse && hovered.layer < frame.maps.length - 1) {
      const sharp = frame.focus?.layer === hovered.layer && frame.focus.neuron === hovered.neuron;
      return { map: sharp ? frame.focus : coarse, logits: false, unit: neuronUnit(coarse.scale), decides: false };
    }
    return frame && { map: frame.boundary, logits, unit: 1, decides: !isRegression() };
  }

  function fit() {
    const density = devicePixelRatio || 1;
    palette = readPalette(root);
    colors = { smooth: makeColormap(palette, PALE), flat: makeTwoColors(palette, PALE), full: makeColormap(palette, 1) };
    gutter = Math.ceil(palette.small * 1.75);
    size = Math.max(40, Math.floor(Math.min(plane.clientWidth - gutter, plane.clientHeight - gutter)));
    plane.style.setProperty('--size', `${size}px`);
    plane.style.setProperty('--gutter', `${gutter}px`);
    fitCanvas(canvas, size, size);
    pointsLayer.width = pointsLayer.height = Math.round(size * density);
    const layer = contextOf(pointsLayer);
    layer.scale(density, density);
    const crowd = Math.min(1, Math.sqrt(300 / Math.max(1, points().train.length)));
    const how = { size, radius: Math.max(2.6, Math.min(4.2, size / 66) * crowd) * Math.sqrt(palette.link), regression: isRegression(), palette, colormap: colors.full };
    if (store.get('testPoints')) paintPoints(layer, points().test, { ...how, hollow: true });
    paintPoints(layer, points().train, { ...how, hollow: false });
    words();
  }

  function words() {
    canvas.setAttribute('aria-label', t('boundary.picture'));
    [testPoints, discretize].forEach((box, i) => {
      /** @type {HTMLElement} */ (box.nextElementSibling).textContent = t(['boundary.test_points', 'boundary.discretize'][i]);
      /** @type {HTMLElement} */ (box.parentElement).title = t(['boundary.test_points.title', 'boundary.discretize.title'][i]);
      box.checked = Boolean(store.get(['testPoints', 'discretize'][i]));
    });
    const { train, test } = points();
    const count = [...train, ...(store.get('testPoints') ? test : [])].filter(isOutside).length;
    outside.hidden = count === 0;
    outside.textContent = t(count === 1 ? 'boundary.outside_one' : 'boundary.outside', { count });
    tellTitle();
  }

  function tellTitle() {
    const hovered = store.get('hovered');
    const features = Object.keys(store.get('features') ?? {});
    title.textContent = hovered && spec() ? neuronName(hovered, { features, hidden: spec().hidden }) : t('boundary.output');
    title.classList.toggle('chosen', Boolean(hovered));
  }

  function paint() {
    painting = 0;
    if (stale) fit();
    stale = false;
    const now = current();
    if (now) {
      paintMap(now);
      if (now.decides) paintLine(now.map);
    } else {
      context.fillStyle = palette.fill;
      context.fillRect(0, 0, size, size);
    }
    context.drawImage(pointsLayer, 0, 0, size, size);
    const wait = readAt + READ_EVERY - performance.now();
    if (wait <= 0) read();
    else readDue ||= window.setTimeout(read, wait);
  }

  /** @param {{map: Map, logits: boolean, unit: number}} now */
  function paintMap({ map, logits, unit }) {
    const { side } = map;
    const flat = Boolean(store.get('discretize')) && !store.get('hovered'); // a neuron's zero decides nothing
    const across = flat ? side * FINER : side;
    if (image.width !== across) {
      grain.width = grain.height = across;
      image = new ImageData(across, across);
      pixels = new Uint32Array(image.data.buffer);
    }
    if (shown.length !== side * side) {
      shown = new Float32Array(side * side);
      fine = new Float32Array(side * side * FINER * FINER);
    }
    shownOutput(/** @type {Float32Array} */ (map.values), logits, shown);
    if (flat) paintValues(refine(shown, side, FINER, fine), colors.flat, pixels, unit);
    else paintValues(shown, colors.smooth, pixels, unit);
    grainContext.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = 'high';
    context.drawImage(grain, 0, 0, size, size);
  }

  /** @param {Map} map */
  function paintLine({ side, values }) {
    if (contourSide !== side) [contour, contourSide] = [makeContour(side), side];
    context.beginPath();
    traceContour(context, contour(values, 0), size);
    context.strokeStyle = palette.ink;
    context.lineWidth = 2 * palette.link;
    context.lineJoin = 'round';
    context.stroke();
  }

  /** The strip below: what stands under the pointer, or what the marks mean. */
  function read() {
    clearTimeout(readDue);
    readDue = 0;
    readAt = performance.now();
    const now = current();
    if (!pointer || !now) {
      reading.replaceChildren(...legend());
      return;
    }
    const point = nearestPoint(pointer);
    const [x1, x2] = point ?? toPlane(...pointer, size);
    const value = valueAt(now.map, x1, x2);
    const entries = [['x₁', fixed(x1, 2)], ['x₂', fixed(x2, 2)], [t(store.get('hovered') ? 'boundary.neuron_value' : 'boundary.value'), fixed(value, 3)]];
    if (point) entries.push([t('boundary.target'), fixed(point[2], isRegression() ? 2 : 0).replace('\u2007', '+')]);
    else if (now.logits) entries.push([t('boundary.probability'), (1 / (1 + Math.exp(-value))).toFixed(2)]);
    reading.replaceChildren(...entries.map(([name, number]) => entry(`${name} `, number)));
  }

  function legend() {
    if (isRegression()) return [entry('', t('boundary.filled')), entry('', store.get('testPoints') ? t('boundary.hollow') : '')];
    const marks = [['●', '+1', 'positive'], ['▲', '−1', 'negative']];
    const words = marks.map(([mark, name, color]) => entry(mark, ` ${name}`, color));
    if (store.get('testPoints')) words.push(entry('', t('boundary.hollow')));
    return words;
  }

  /** @param {[number, number]} place px @returns {Point | null} */
  function nearestPoint([x, y]) {
    let nearest = null;
    let least = REACH;
    for (const point of [...points().train, ...(store.get('testPoints') ? points().test : [])]) {
      const [px, py] = toPixels(point[0], point[1], size);
      const distance = Math.hypot(px - x, py - y);
      if (distance < least) [nearest, least] = [point, distance];
    }
    return nearest;
  }

  const repaint = () => void (painting ||= requestAnimationFrame(paint));
  const refit = () => {
    stale = true;
    repaint();
  };

  canvas.onpointermove = (event) => {
    pointer = [event.offsetX, event.offsetY];
    readAt = 0; // a moving pointer is answered at once
    repaint();
  };
  canvas.onpointerleave = () => {
    pointer = null;
    readAt = 0;
    repaint();
  };
  testPoints.onchange = () => store.set({ testPoints: testPoints.checked });
  discretize.onchange = () => store.set({ discretize: discretize.checked });

  const observer = new ResizeObserver(() => {
    stale = true;
    paint(); // at once: a canvas of a new size is empty
  });
  observer.observe(plane);
  const undo = [
    store.watch(['points', 'testPoints', 'discretize', 'datasets', 'theme', 'profile', 'language', 'features'], refit),
    store.watch(['hovered', 'spec'], () => (tellTitle(), repaint())),
    store.watch(['frame'], repaint),
    () => observer.disconnect(),
    () => cancelAnimationFrame(painting),
    () => clearTimeout(readDue),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** @param {string} name @param {string} value @param {string} [kind] */
function entry(name, value, kind = '') {
  const span = document.createElement('span');
  const mark = document.createElement('i');
  mark.textContent = name;
  mark.className = kind;
  const number = document.createElement('b');
  number.textContent = value;
  span.append(mark, number);
  return span;
}
