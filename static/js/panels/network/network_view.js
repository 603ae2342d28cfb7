// @ts-check
// The network as it is seen: the canvas with all that lies on it. Arranged when the shape or the size changes, painted with
// every frame, its numbers written at a rate at which they can be read.

import { linkLabels, neuronBox } from '../../draw/network/number_labels.js';
import { readOutput } from '../../experiment/output.js';
import { createArrowKeys } from './arrow_keys.js';
import { createColumnHeads } from './column_heads.js';
import { createGradientNorms } from './gradient_norms.js';
import { createHandles } from './handles.js';
import { createHoverCard } from './hover_card.js';
import { createNumberLabels } from './number_labels.js';
import { createNetworkCanvas } from './network_canvas.js';
import { flowOf } from './sample_flow.js';
import { matchesShape, readShape, tileOf } from './shape.js';
import { emphasizedLinks, linkOf, neuronOf, placeOf } from './subjects.js';
import { createTileButtons } from './tile_buttons.js';

/** @typedef {import('./drawing_type.js').Drawing} Drawing */
/** @typedef {import('./shape.js').Place} Place */
/** @typedef {import('./subjects.js').Subject} Subject */
/** @typedef {ReturnType<typeof createNetworkView>} NetworkView */
/**
 * @typedef {object} On
 * @property {(change: (hidden: import('../../wire/messages.js').Layer[]) => import('../../wire/messages.js').Layer[]) => void} editHidden
 * @property {(name: string) => void} toggleFeature
 * @property {(place: Place | null) => void} hover
 * @property {(subject: Subject) => void} open  into its arithmetic
 * @property {(subject: Subject | null) => void} focus  a weight or bias by keys
 */

/** @type {import('../../draw/network/number_labels.js').LinkLabels} */
const NO_LABELS = { positions: [], backgrounds: [] };

/**
 * @param {HTMLElement} root  the panel
 * @param {import('../../core/store.js').Store} store @param {import('./pointer.js').Pointed} pointed @param {On} on
 */
export function createNetworkView(root, store, pointed, on) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const [pictureCanvas, labelCanvas] = root.querySelectorAll('canvas');
  const [stage, tiles, handles] = ['.stage', '.tiles', '.holds'].map(find);
  return {
    store, pointed, on, stage, element: find('.plan'), inputsMark: find('.inputs'),
    arrowKeys: createArrowKeys(find('.plan')),
    canvas: createNetworkCanvas(pictureCanvas),
    numberLabels: createNumberLabels(labelCanvas),
    heads: createColumnHeads(find('.heads'), on.editHidden, store),
    norms: createGradientNorms(find('.gradient-norms'), (layer) => on.open({ kind: 'layer', layer, index: 0, source: 0 })),
    card: createHoverCard(find('.card'), stage),
    tiles: createTileButtons(tiles, { feature: on.toggleFeature, hover: on.hover, open: ({ layer, neuron }) => on.open({ kind: 'neuron', layer, index: neuron, source: 0 }) }),
    handles: createHandles(handles, { open: on.open, focus: on.focus }),
    /** The neuron whose links have handles and labels in a layer where not all can: the one looked at, or the last that was. */
    chosen: /** @type {import('../../draw/network/number_labels.js').DrawnNeuron | null} */ (null),
    chosenKey: '',
    linkLabels: NO_LABELS,
  };
}

/** For a new shape, size, language or theme. Gives whether there was something to arrange. @param {NetworkView} view */
export function arrangeView(view) {
  const { store, pointed, stage, canvas } = view;
  const shape = readShape(store);
  const { clientWidth: width, clientHeight: height } = stage;
  if (!shape || !width || !height) return false;
  const hovered = store.get('hovered');
  if (hovered && tileOf(shape, hovered) < 0) view.on.hover(null);
  pointed.link = -1;
  canvas.arrange(shape, width, height, store.get('features'), { labelled: store.get('numbers'), headed: view.heads.areShown() });
  const { drawing } = canvas;
  if (!drawing) return false;
  const { layout } = drawing;
  view.element.style.width = `${layout.width}px`;
  view.inputsMark.style.left = `${layout.columns[0].center}px`;
  view.heads.arrange(drawing);
  view.tiles.arrange(drawing);
  view.numberLabels.arrange(drawing, height);
  if (view.chosen && (shape.drawn[view.chosen.layer + 1]?.length ?? 0) <= view.chosen.tile) view.chosen = null;
  view.chosenKey = '';
  updateChosen(view, drawing);
  view.handles.arrange(drawing, Boolean(store.get('spec')?.biases), (n) => labelArea(view, drawing, n));
  view.norms.arrange(drawing);
  view.arrowKeys.update();
  view.card.rearranged();
  scrollToNeuron(view, drawing, neuronOf(store.get('inspected')));
  return true;
}

/** Chooses the neuron that is looked at; gives whether it is another one. @param {NetworkView} view @param {Drawing} drawing */
export function updateChosen(view, drawing) {
  const { store, pointed } = view;
  const place = neuronOf(pointed.focused) ?? store.get('hovered') ?? neuronOf(store.get('inspected'));
  const tile = place && place.layer >= 0 ? tileOf(drawing.shape, place) : -1;
  if (place && tile >= 0) view.chosen = { layer: place.layer, tile };
  const { chosen } = view;
  const key = `${chosen?.layer} ${chosen?.tile}`;
  if (key === view.chosenKey) return false;
  view.chosenKey = key;
  view.linkLabels = drawing.labels ? linkLabels(drawing.labels, drawing.links, chosen) : NO_LABELS;
  view.handles.choose(drawing, chosen, (n) => labelArea(view, drawing, n));
  return true;
}

/** @param {NetworkView} view @param {Drawing} drawing @param {number} n  link @returns {import('./handles.js').Area | null} */
function labelArea(view, { labels }, n) {
  const position = view.linkLabels.positions[n];
  if (!position || !labels) return null;
  const { width, height, gap } = labels.cell;
  return { x: position.x - width / 2, y: position.y, width: width + gap, height };
}

/** @param {NetworkView} view @param {Drawing} drawing */
export function paintView(view, drawing) {
  const { store, pointed } = view;
  const [hovered, inspected] = [store.get('hovered'), store.get('inspected')];
  const link = !hovered && pointed.link < 0 ? linkOf(drawing.shape, drawing.links, inspected) : pointed.link;
  view.canvas.paint(newestFrame(store, drawing), {
    kind: store.get('links'), meaning: meaningOf(store), hovered, link, opened: placeOf(inspected),
    layer: store.get('phase')?.layer ?? -1, labelled: store.get('numbers'),
  });
}

/** @param {NetworkView} view @param {Drawing} drawing */
export function writeNumbers(view, drawing) {
  const { store, pointed } = view;
  const frame = newestFrame(store, drawing);
  const phase = store.get('phase');
  view.norms.show(frame?.gradient_norms ?? null);
  view.numberLabels.paint(frame, {
    kind: store.get('links'), labels: view.linkLabels,
    emphasized: emphasizedLinks(drawing.shape, drawing.links, store.get('hovered'), pointed.link),
    flow: flowShown(store, frame),
    phase: phase ? `${phase.step} ${phase.id}` : store.get('digitFlow')?.key ?? '',
  });
  view.card.fill(drawing, hoveredOn(view, frame));
}

/** A digit drawn by hand; in slow motion, and beside the numbers of a run that stands still: a sample of the step to come. @param {import('../../core/store.js').Store} store @param {import('../../wire/frames.js').Frame | null} frame */
function flowShown(store, frame) {
  const [phase, opened] = [store.get('phase'), store.get('opened')];
  const digit = store.get('digitFlow');
  if (digit && !phase) return { activations: digit.activations, deltas: {}, moving: digit.moving === null ? null : { layer: digit.moving, backward: false } };
  const isOfNow = opened && opened.phases.length && (phase || opened.step === (frame?.step ?? 0) + 1);
  if (!isOfNow) return null;
  return phase || (store.get('numbers') && !store.get('state')?.playing) ? flowOf(opened, phase) : null;
}

/** @param {NetworkView} view @param {Drawing} drawing */
export function updateCard(view, drawing) {
  const { store, pointed, card } = view;
  if (card.follow(store.get('hovered'), pointed.link)) card.show(drawing, hoveredOn(view, newestFrame(store, drawing)));
}

/** @param {NetworkView} view @param {import('../../wire/frames.js').Frame | null} frame @returns {import('./hover_card.js').Hovered} */
function hoveredOn({ store, pointed }, frame) {
  return { place: store.get('hovered'), link: pointed.link, frame, featureMaps: store.get('features'), meaning: meaningOf(store) };
}

/** The newest frame, if it is of the shape that is drawn. @param {import('../../core/store.js').Store} store @param {Drawing} drawing */
function newestFrame(store, { shape }) {
  const frame = store.get('frame');
  return matchesShape(shape, frame) ? frame : null;
}

/** @param {import('../../core/store.js').Store} store */
const meaningOf = (store) => readOutput(store) ?? { logits: false, threshold: 0 };

/** Where the drawing is wider than the panel: a neuron and its labels into view. @param {NetworkView} view @param {Drawing} drawing @param {Place | null} place */
function scrollToNeuron({ stage }, { shape, labels }, place) {
  const tile = place ? tileOf(shape, place) : -1;
  if (!place || !labels || tile < 0) return;
  const { left, right } = neuronBox(labels, place.layer + 1, tile);
  if (left < stage.scrollLeft || right > stage.scrollLeft + stage.clientWidth) stage.scrollLeft = (left + right - stage.clientWidth) / 2;
}

/** Where the drawing is wider than the panel: a layer's links into view. @param {NetworkView} view @param {number | null | undefined} layer */
export function scrollToLayer({ stage, canvas }, layer) {
  const { drawing } = canvas;
  const after = drawing && typeof layer === 'number' ? drawing.layout.columns[layer + 1] : null;
  if (!after || typeof layer !== 'number') return;
  stage.scrollLeft = ((drawing?.layout.columns[layer].center ?? 0) + after.center - stage.clientWidth) / 2;
}
