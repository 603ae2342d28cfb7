// @ts-check
// The network panel: its heading and what lies below it. This file mounts the parts and says when each is arranged, painted and
// written.

import { translate } from '../../core/i18n.js';
import { NUMBERS_EVERY, createThrottle } from '../../core/throttle.js';
import { mountRestartMarks } from '../../experiment/restart_marks.js';
import { createEdits } from './edits.js';
import { createMapRequest } from './map_request.js';
import { arrangeView, createNetworkView, paintView, scrollToLayer, updateCard, updateChosen, writeNumbers } from './network_view.js';
import { followPointer } from './pointer.js';
import { linkOf } from './subjects.js';
import { createToolbar } from './toolbar.js';

const MARKUP = `
    <h2></h2>
    <template></template>
    <div class="stage"><div class="plan"><canvas aria-hidden="true"></canvas><canvas class="figures" aria-hidden="true" hidden></canvas>
      <span class="inputs" data-field="features"><span class="restarts" hidden></span></span><div class="heads"></div><div class="tiles"></div><div class="holds"></div><div class="gradient-norms" data-testid="gradients" role="group"></div>
      <div class="card" data-testid="card" hidden></div></div></div>`;

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {(command: import('../../core/command_queue.js').Command) => void} Send */

/**
 * @param {HTMLElement} root  the section
 * @param {{controls: HTMLElement, strip: HTMLElement}} slots  elements of another panel, for the heading and for the place below it
 * @param {Store} store @param {Send} send
 * @returns {() => void} undo
 */
export function mountNetwork(root, slots, store, send) {
  root.innerHTML = MARKUP;
  root.querySelector('template')?.replaceWith(slots.strip);
  const edits = createEdits(store, send);
  const toolbar = createToolbar(/** @type {HTMLElement} */ (root.querySelector('h2')), slots.controls, store, edits);
  /** @type {import('./pointer.js').Pointed} */
  const pointed = { link: -1, focused: null };
  const requestMap = createMapRequest(store, send);

  /** Opens a number in the inspector; again, too, where it is open behind something. @param {import('./subjects.js').Subject} subject */
  const open = (subject) => store.set({ inspected: { ...subject } }); // another object, which those who watch it are told

  /** @param {import('./shape.js').Place | null} place */
  function hover(place) {
    const before = store.get('hovered');
    if (before?.layer === place?.layer && before?.neuron === place?.neuron) return;
    if (place) pointed.link = -1;
    store.set({ hovered: place });
    requestMap(place);
  }

  /** @param {import('./subjects.js').Subject | null} subject */
  function focus(subject) {
    const { drawing } = view.canvas;
    pointed.focused = subject;
    if (drawing) pointed.link = linkOf(drawing.shape, drawing.links, subject);
    painter.request();
  }

  const view = createNetworkView(root, store, pointed, { editHidden: edits.editHidden, toggleFeature: edits.toggleFeature, hover, open, focus });
  const painter = createPainter(view, toolbar);
  const stopPointer = followPointer(view.element, view.canvas, pointed, { change: painter.request, open, outside: () => hover(null) });
  const undo = [
    painter.stop,
    stopPointer,
    mountRestartMarks(root, store),
    ...watchStore(store, view, painter, () => showWords(root, toolbar)),
    store.watch(['output', 'state'], () => requestMap(store.get('hovered'))),
    () => root.replaceChildren(slots.controls, slots.strip), // as they were before
  ];
  showWords(root, toolbar);
  return () => undo.forEach((stop) => stop());
}

/** @param {HTMLElement} root @param {import('./toolbar.js').Toolbar} toolbar */
function showWords(root, toolbar) {
  translate(root);
  toolbar.showWords();
}

/** Paints once per screen refresh, after arranging what has changed. @param {import('./network_view.js').NetworkView} view @param {import('./toolbar.js').Toolbar} toolbar */
function createPainter(view, toolbar) {
  const { canvas, stage } = view;
  let requested = 0;
  let stale = true; // to be arranged before the next painting
  const numbers = createThrottle(NUMBERS_EVERY, () => canvas.drawing && writeNumbers(view, canvas.drawing));

  function paint() {
    requested = 0;
    if (stale) arrange();
    const { drawing } = canvas;
    if (!drawing) return;
    if (updateChosen(view, drawing)) numbers.reset();
    paintView(view, drawing);
    numbers.request();
    updateCard(view, drawing);
  }

  function arrange() {
    stale = false;
    if (!arrangeView(view)) return;
    toolbar.showLayerCount(canvas.drawing?.shape.hidden.length ?? 0);
    numbers.reset();
  }

  const observer = new ResizeObserver(() => {
    stale = true;
    paint(); // at once: a canvas of a new size is empty
  });
  observer.observe(stage);

  return {
    request: () => { requested ||= requestAnimationFrame(paint); },
    /** @param {boolean} change  whether the view must be arranged again */
    arrangeIf: (change) => { stale ||= change; },
    writeNumbersNow: numbers.reset,
    stop() {
      observer.disconnect();
      cancelAnimationFrame(requested);
      numbers.stop();
    },
  };
}

/** @param {Store} store @param {import('./network_view.js').NetworkView} view @param {ReturnType<typeof createPainter>} painter @param {() => void} words */
function watchStore(store, view, painter, words) {
  return [
    store.watch(['spec', 'state', 'features', 'schema', 'choices', 'theme', 'profile', 'language', 'wallControls', 'printed'], () => {
      words();
      painter.arrangeIf(true);
      painter.request();
    }),
    store.watch(['links', 'numbers', 'phase', 'opened', 'digitFlow'], () => {
      words();
      painter.arrangeIf(store.get('numbers') !== Boolean(view.canvas.drawing?.labels));
      painter.writeNumbersNow();
      painter.request();
    }),
    store.watch(['phase'], () => scrollToLayer(view, store.get('phase')?.layer)),
    store.watch(['frame', 'hovered', 'inspected'], painter.request),
  ];
}
