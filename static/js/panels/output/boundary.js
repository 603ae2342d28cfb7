// @ts-check
// The decision boundary: the network's output over the plane as a heat map with the points, or, while the pointer is on
// a neuron, its map in its place. Hidden where inputs are not of the plane.

import { toPlane } from '../../draw/plane/plane.js';
import { exactPoint } from '../../experiment/own_file.js';
import { addBoundaryWords, showTitle, showWords } from './boundary_words.js';
import { followOnlySample } from './only_sample.js';
import { followPlace } from './place_prediction.js';
import { nearestPoint, openPoint } from './picked_point.js';
import { readPlaneContents } from './plane_contents.js';
import { createPlanePicture } from './plane_picture.js';
import { readHeatMap } from './shown_heat_map.js';
import { createValuesStrip, legend, valuesAt } from './values_strip.js';

/** @typedef {import('../../core/store.js').Store} Store */

/**
 * @param {HTMLElement} root  with the plane and a place for the tools of drawing
 * @param {Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 * @returns {() => void} undo
 */
export function mountBoundary(root, store, follow) {
  root.classList.add('boundary');
  const removeWords = addBoundaryWords(root, store);
  const plane = /** @type {HTMLElement} */ (root.querySelector('.plane'));
  const canvas = /** @type {HTMLCanvasElement} */ (plane.querySelector('canvas'));
  const reading = /** @type {HTMLElement} */ (root.querySelector('.reading-at'));
  const picture = createPlanePicture(plane, canvas);
  const strip = createValuesStrip(reading, () => stripContents(store, readPlace(store, picture.size, pointer.place), values, sample.current));
  const sample = followOnlySample(store, follow, strip.show);
  const values = followPlace(store, follow, () => readPlace(store, picture.size, pointer.place), strip.update);
  let stale = true; // the picture is of another size, other points or other colours
  let scheduled = 0;

  function paint() {
    scheduled = 0;
    const contents = readPlaneContents(store);
    if (stale) {
      picture.fit(contents, store.get('testPoints'), marks.read());
      showWords(root, store, contents);
    }
    stale = false;
    if (root.hidden) return;
    const flat = store.get('discretize') && !store.get('hovered'); // a neuron's zero decides nothing
    picture.paint(contents, readHeatMap(store, contents), { flat, batch: store.get('lit') });
    values.update();
    strip.update();
  }

  const repaint = () => void (scheduled ||= requestAnimationFrame(paint));
  const refit = () => {
    stale = true;
    repaint();
  };
  const marks = followMarks(store, refit);
  const listening = new AbortController();
  const pointer = followPointer(canvas, listening.signal, () => (strip.skipWait(), repaint()));
  canvas.addEventListener('click', ({ offsetX, offsetY }) => openPoint(store, nearestPoint(store, [offsetX, offsetY], picture.size, pointer.isFinger)), listening);
  const observer = new ResizeObserver(() => {
    stale = true;
    paint(); // at once: a canvas of a new size is empty
  });
  observer.observe(plane);
  const undo = [
    store.watch(['points', 'testPoints', 'discretize', 'datasets', 'theme', 'profile', 'language', 'features', 'draft', 'choices', 'output', 'state', 'printed'], refit),
    store.watch(['hovered', 'spec'], () => (showTitle(root, store), repaint())),
    store.watch(['frame', 'lit'], repaint),
    store.watch(['frame', 'points'], sample.requestIfAny),
    store.watch(['drawing'], () => root.classList.toggle('drawing', store.get('drawing'))),
    () => listening.abort(),
    () => observer.disconnect(),
    () => cancelAnimationFrame(scheduled),
    marks.stop,
    strip.stop,
    values.stop,
    removeWords,
  ];
  return () => undo.forEach((stop) => stop());
}

/** What is marked on the points, by a module that is loaded when it is first asked for. @param {Store} store @param {() => void} changed */
function followMarks(store, changed) {
  /** @type {typeof import('./predicted_points.js') | null} */
  let module = null;
  const read = () => module?.readMarks(store) ?? null;
  const stops = [
    store.watch(['markWrong', 'markPredicted', 'cell'], async () => {
      module ??= await import('./predicted_points.js');
      changed();
    }),
    store.watch(['scores'], () => read() && changed()),
  ];
  return { read, stop: () => stops.forEach((stop) => stop()) };
}

/** Where the pointer is on a canvas, in px; null: elsewhere. What a finger touched stays until it touches something else. @param {HTMLCanvasElement} canvas @param {AbortSignal} signal @param {() => void} moved */
function followPointer(canvas, signal, moved) {
  const pointer = { place: /** @type {[number, number] | null} */ (null), isFinger: false };
  /** @param {[number, number] | null} place */
  const move = (place) => {
    pointer.place = place;
    moved();
  };
  for (const kind of /** @type {const} */ (['pointermove', 'pointerdown'])) {
    canvas.addEventListener(kind, ({ pointerType, offsetX, offsetY }) => {
      pointer.isFinger = pointerType === 'touch';
      move([offsetX, offsetY]);
    }, { signal });
  }
  canvas.addEventListener('pointerleave', () => pointer.isFinger || move(null), { signal });
  document.addEventListener('click', ({ target, detail }) => detail && target !== canvas && pointer.place && move(null), { signal, capture: true }); // 0: a key or a program clicks
  return pointer;
}

/**
 * The place whose values are read: a point near the pointer or, to the digits that are shown, where the pointer is.
 * @param {Store} store @param {number} size px of the picture @param {[number, number] | null} pointer px
 */
function readPlace(store, size, pointer) {
  const contents = readPlaneContents(store);
  if (!pointer || !contents.output || contents.draft || !readHeatMap(store, contents)) return null;
  const point = nearestPoint(store, pointer, size);
  const [x1, x2] = point ?? toPlane(...pointer, size, contents.extent).map((part) => Number(part.toFixed(2)));
  const spec = store.get('state')?.spec;
  return { x1, x2, point, exact: point && spec ? exactPoint(point, spec) : null, neuron: store.get('hovered') };
}

/**
 * @param {Store} store @param {ReturnType<typeof readPlace>} place @param {ReturnType<typeof followPlace>} values  at it
 * @param {() => import('./only_sample.js').SamplePrediction | null} sample  the prediction for the only one
 * @returns {import('./values_strip.js').Contents | null}
 */
function stripContents(store, place, values, sample) {
  const { output, draft, chosenOutput } = readPlaneContents(store);
  if (!output || draft) return null;
  if (!place) return { entries: legend(output, Boolean(store.get('testPoints')), sample()), step: null };
  const prediction = values.read();
  if (!prediction && !values.late) return null; // what another place has shown stays a moment, its x₁ and x₂ with it
  return { entries: valuesAt(prediction, output, place, chosenOutput), step: prediction?.step ?? null };
}
