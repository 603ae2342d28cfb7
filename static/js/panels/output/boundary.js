// @ts-check
// The output over the plane, with the line where the decision turns and the points; or, while one is looked at, a
// neuron's map in its place. Gives way where inputs are not of the plane.

import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { makeColormap, neuronUnit } from '../../draw/base/colormap.js';
import { readPalette } from '../../draw/base/palette.js';
import { WIDE, isOutside, paintPoints, ticksOf, toPixels, toPlane } from '../../draw/plane/plane.js';
import { t } from '../../core/i18n.js';
import { neuronName, readNames } from '../../experiment/names.js';
import { readOutput } from '../../experiment/output.js';
import { createGround } from './ground.js';
import { legend, readPlace } from './strip.js';

const REACH = 8; // px from the pointer within which a point is found
const READ_EVERY = 100; // milliseconds: digits that change faster cannot be read
const CROWD = 300; // points from which on they are drawn smaller
const FEW = 12; // points up to which they are drawn large
const NUMBERED = 8; // classes while points are drawn by hand: their labels are numbers of classes

/** @typedef {import('../../draw/plane/plane.js').Point} Point */
/** @typedef {import('./ground.js').Ground} Ground */

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 * @returns {() => void} undo
 */
export function mountBoundary(root, store, follow) {
  root.classList.add('boundary');
  root.innerHTML = `
    <h2><span></span><span class="seg outputs" role="group" hidden></span></h2>
    <div class="plane"><canvas data-testid="boundary" role="img"></canvas><span class="ticks" aria-hidden="true"></span></div>
    <div class="own-points-tools" id="own-points"></div>
    <p class="reading-at" data-testid="boundary-reading"></p>
    <div class="toggles"><label><input type="checkbox" data-testid="test-points"><span></span></label><label><input type="checkbox" data-testid="discretize"><span></span></label></div>
    <p class="outside" data-testid="outside" hidden></p>`;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const [title, outputs, plane, ticks, reading, outside] = ['h2 > span', '.outputs', '.plane', '.ticks', '.reading-at', '.outside'].map(find);
  const canvas = /** @type {HTMLCanvasElement} */ (root.querySelector('canvas'));
  const [testPoints, discretize] = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll('input')]);

  const context = contextOf(canvas);
  const ground = createGround();
  const pointsLayer = document.createElement('canvas');
  let palette = readPalette(root);
  let size = 0;
  let painting = 0;
  let stale = true;
  let readAt = 0;
  let readDue = 0;
  /** @type {[number, number] | null} px on the picture */
  let pointer = null;

  /** @type {{of: Point, value: number | null} | null} the answer for the only point that is learned */
  let answer = null;

  const lit = () => (draft() ? null : store.get('lit'));
  const draft = () => store.get('draft');
  const output = () => readOutput(store);
  /** Points drawn by hand lie in the usual plane, whatever is being learned. */
  const extent = () => (draft() ? WIDE : output()?.extent ?? WIDE);
  const chosenOutput = () => Math.min(store.get('output') ?? 0, (output()?.outputs ?? 1) - 1);
  /** @returns {{train: Point[], test: Point[]}} */
  const points = () => (draft() ? { train: draft().points, test: [] } : store.get('points') ?? { train: [], test: [] });

  /** What is shown under the points. @returns {Ground | null} */
  function current() {
    const [frame, hovered, now] = [store.get('frame'), store.get('hovered'), output()];
    const plain = { classes: null, meaning: { logits: false, threshold: 0 }, level: null };
    if (hovered && hovered.layer < 0) {
      const features = store.get('features');
      const feature = features?.[Object.keys(features)[hovered.neuron]];
      if (!feature) return null;
      return { ...plain, map: { ...feature, values: Float32Array.from(feature.values, (/** @type {number} */ q) => (q / 127) * feature.scale) }, unit: neuronUnit(feature.scale) };
    }
    const { low, high } = extent();
    if (!frame || !now || !now.plane || now.extent.low !== low || now.extent.high !== high) return null;
    const last = frame.maps.length - 1;
    const looked = hovered && (hovered.layer < last || now.outputs > 1) ? hovered : null;
    const alone = now.classes === 0 && chosenOutput() > 0 ? { layer: last, neuron: chosenOutput() } : null;
    const place = looked ?? alone;
    if (place) {
      const tile = frame.drawn?.[place.layer + 1]?.indexOf(place.neuron) ?? place.neuron;
      const coarse = frame.maps[place.layer]?.[tile];
      const sharp = frame.focus?.layer === place.layer && frame.focus.neuron === place.neuron;
      if (coarse) return { ...plain, map: sharp ? frame.focus : coarse, unit: neuronUnit(coarse.scale) };
    }
    const { logits, threshold } = now;
    const level = now.classes ? threshold : null;
    return { map: frame.boundary, classes: frame.classes ?? null, meaning: { logits, threshold }, unit: now.classes ? 1 : neuronUnit(frame.boundary.scale), level };
  }

  function fit() {
    const density = devicePixelRatio || 1;
    palette = readPalette(root);
    ground.recolor(palette);
    const gutter = Math.ceil(palette.small * 1.75);
    size = Math.max(40, Math.floor(Math.min(plane.clientWidth - gutter, plane.clientHeight - gutter)));
    plane.style.setProperty('--size', `${size}px`);
    plane.style.setProperty('--gutter', `${gutter}px`);
    fitCanvas(canvas, size, size);
    pointsLayer.width = pointsLayer.height = Math.round(size * density);
    const layer = contextOf(pointsLayer);
    layer.scale(density, density);
    const { train, test } = points();
    const crowd = Math.min(1, Math.sqrt(CROWD / Math.max(1, train.length)));
    const now = output();
    const chosen = chosenOutput();
    const how = {
      size, radius: (train.length <= FEW ? size / 38 : Math.max(2.6, Math.min(4.2, size / 66) * crowd)) * Math.sqrt(palette.link), palette, colormap: makeColormap(palette, 1), extent: extent(),
      classes: draft() ? (draft().values ? 0 : NUMBERED) : now?.classes ?? 2, output: chosen, unit: largestTarget(train, chosen),
    };
    if (store.get('testPoints')) paintPoints(layer, test, { ...how, hollow: true });
    paintPoints(layer, train, { ...how, hollow: false });
    words();
  }

  function words() {
    const now = output();
    root.hidden = !(now?.plane ?? true) && !draft();
    canvas.setAttribute('aria-label', t('boundary.picture'));
    [testPoints, discretize].forEach((box, i) => {
      /** @type {HTMLElement} */ (box.nextElementSibling).textContent = t(['boundary.test_points', 'boundary.discretize'][i]);
      /** @type {HTMLElement} */ (box.parentElement).title = t(['boundary.test_points.title', 'boundary.discretize.title'][i]);
      box.checked = Boolean(store.get(['testPoints', 'discretize'][i]));
    });
    const { train, test } = points();
    const count = [...train, ...(store.get('testPoints') ? test : [])].filter((point) => isOutside(point, extent())).length;
    outside.hidden = count === 0;
    outside.textContent = t(count === 1 ? 'boundary.outside_one' : 'boundary.outside', { count });
    writeTicks();
    offerOutputs();
    tellTitle();
  }

  function writeTicks() {
    const { low, high } = extent();
    const share = (/** @type {number} */ tick) => (tick - low) / (high - low);
    const marks = ticksOf(extent()).map((tick) => /** @type {[string, number]} */ ([`${tick < 0 ? '−' : ''}${Math.abs(tick)}`, share(tick)]));
    const free = marks.some(([, at]) => at === 0.5) ? 0.75 : 0.5;
    const named = (/** @type {string} */ name) => [...marks, /** @type {[string, number]} */ ([name, free])];
    const all = [...named('x₁').map(([text, at]) => ['x1', text, at]), ...named('x₂').map(([text, at]) => ['x2', text, 1 - at])];
    ticks.replaceChildren(...all.map(([kind, text, at]) => {
      const tick = document.createElement('span');
      tick.className = String(kind);
      tick.textContent = String(text);
      tick.style.setProperty('--at', String(at));
      return tick;
    }));
  }

  /** Of several values one is shown at a time; which, is chosen beside the title. */
  function offerOutputs() {
    const now = output();
    const several = now && now.plane && now.classes === 0 && now.outputs > 1 && !draft();
    outputs.hidden = !several;
    outputs.setAttribute('aria-label', t('boundary.which_output'));
    if (!several) return;
    const names = store.get('spec')?.dataset === 'arithmetic' ? ['x₁ + x₂', 'x₁ − x₂'] : Array.from({ length: now.outputs }, (_, i) => String(i + 1));
    if (outputs.children.length !== names.length) {
      outputs.replaceChildren(...names.map((name, i) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = name;
        button.dataset.testid = `output-${i}`;
        button.onclick = () => store.set({ output: i });
        return button;
      }));
    }
    [...outputs.children].forEach((button, i) => button.setAttribute('aria-pressed', String(i === chosenOutput())));
  }

  function tellTitle() {
    const hovered = store.get('hovered');
    title.textContent = hovered && store.get('spec') ? neuronName(hovered, readNames(store)) : t('boundary.output');
    title.classList.toggle('chosen', Boolean(hovered));
  }

  function paint() {
    painting = 0;
    if (stale) fit();
    stale = false;
    if (root.hidden) return;
    ground.paint(context, size, current(), Boolean(store.get('discretize')) && !store.get('hovered')); // a neuron's zero decides nothing
    context.drawImage(pointsLayer, 0, 0, size, size);
    if (lit()) paintLit(lit());
    if (draft()?.cursor) paintCursor(draft().cursor);
    const wait = readAt + READ_EVERY - performance.now();
    if (wait <= 0) read();
    else readDue ||= window.setTimeout(read, wait);
  }

  /** Rings around the points of a batch, the chosen one's stronger. @param {{points: number[], chosen: number | null}} which */
  function paintLit({ points: indices, chosen }) {
    const { train } = points();
    for (const index of new Set([...indices, ...(chosen === null ? [] : [chosen])])) {
      if (!train[index]) continue;
      const [x, y] = toPixels(train[index][0], train[index][1], size, extent());
      const strong = index === chosen;
      for (const [color, width] of /** @type {[string, number][]} */ ([[palette.panel, strong ? 5 : 3.5], [strong ? palette.ink : palette.soft, strong ? 2.4 : 1.4]])) {
        context.beginPath();
        context.arc(x, y, (strong ? 9 : 7) * Math.sqrt(palette.link), 0, 2 * Math.PI);
        context.strokeStyle = color;
        context.lineWidth = width * palette.link ** 0.5;
        context.stroke();
      }
    }
  }

  /** Where a key would put a point. @param {[number, number]} place */
  function paintCursor([x1, x2]) {
    const [x, y] = toPixels(x1, x2, size);
    const reach = 11 * palette.link;
    context.beginPath();
    context.arc(x, y, reach * 0.62, 0, 2 * Math.PI);
    for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(x + right * reach * 0.62, y + down * reach * 0.62);
      context.lineTo(x + right * reach, y + down * reach);
    }
    for (const [color, width] of /** @type {[string, number][]} */ ([[palette.panel, 4], [palette.ink, 2]])) {
      context.strokeStyle = color;
      context.lineWidth = width * palette.link;
      context.stroke();
    }
  }

  /** Where one sum is all there is, its answer is read as a number. @returns {Point | null} */
  function onlyPoint() {
    const [now, { train }] = [output(), points()];
    return now?.plane && !draft() && !now.classes && now.outputs === 1 && train.length === 1 ? train[0] : null;
  }

  const ask = follow(() => {
    const point = onlyPoint();
    return point && [[point[0], point[1]]];
  }, ({ answers: [[value]] }) => {
    const point = onlyPoint();
    answer = point && { of: point, value };
    read();
  });

  function read() {
    clearTimeout(readDue);
    readDue = 0;
    readAt = performance.now();
    const [now, shown] = [output(), current()];
    if (!now || draft()) return;
    if (!pointer || !shown) reading.replaceChildren(...legend(now, Boolean(store.get('testPoints')), answer && answer.of === onlyPoint() ? answer : null));
    else {
      const point = nearestPoint(pointer);
      const [x1, x2] = point ?? toPlane(...pointer, size, extent());
      reading.replaceChildren(...readPlace(shown, now, { x1, x2, point, neuron: Boolean(store.get('hovered')), chosen: chosenOutput() }));
    }
  }

  /** Opens the training point under the pointer. @param {MouseEvent} event */
  function open({ offsetX, offsetY }) {
    if (draft() || !output()?.plane) return;
    const point = nearestPoint([offsetX, offsetY]);
    const index = point ? points().train.indexOf(point) : -1;
    const phase = store.get('phase');
    if (index >= 0 && phase?.batch.includes(index)) store.set({ sample: phase.batch.indexOf(index) }); // slow motion follows it
    else if (index >= 0) store.set({ inspected: { kind: 'point', layer: 0, index, source: 0 } });
    else if (point) store.set({ message: { kind: 'notice', key: 'boundary.test_point' } });
  }
  canvas.addEventListener('click', open);

  /** @param {[number, number]} place px @returns {Point | null} */
  function nearestPoint([x, y]) {
    let nearest = null;
    let least = REACH;
    for (const point of [...points().train, ...(store.get('testPoints') ? points().test : [])]) {
      const [px, py] = toPixels(point[0], point[1], size, extent());
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

  canvas.addEventListener('pointermove', (event) => {
    pointer = [event.offsetX, event.offsetY];
    readAt = 0; // a moving pointer is answered at once
    repaint();
  });
  canvas.addEventListener('pointerleave', () => {
    pointer = null;
    readAt = 0;
    repaint();
  });
  testPoints.onchange = () => store.set({ testPoints: testPoints.checked });
  discretize.onchange = () => store.set({ discretize: discretize.checked });

  const observer = new ResizeObserver(() => {
    stale = true;
    paint(); // at once: a canvas of a new size is empty
  });
  observer.observe(plane);
  const undo = [
    store.watch(['points', 'testPoints', 'discretize', 'datasets', 'theme', 'profile', 'language', 'features', 'draft', 'output', 'state'], refit),
    store.watch(['hovered', 'spec'], () => (tellTitle(), repaint())),
    store.watch(['frame', 'lit'], repaint),
    store.watch(['frame', 'points'], () => onlyPoint() && ask()),
    () => observer.disconnect(),
    () => cancelAnimationFrame(painting),
    () => clearTimeout(readDue),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** The value of full colour: 1, or the largest there is. @param {Point[]} points @param {number} output */
function largestTarget(points, output) {
  return points.reduce((most, point) => Math.max(most, Math.abs(point[2 + output] ?? 0)), 1);
}
