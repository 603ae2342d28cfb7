// @ts-check
// The network: links, live neurons and biases on a canvas, buttons over it, the gradient river under it. Its parts
// stand in panels/network/; this file mounts them and says when each is filled.

import { label, createHeads } from './heads.js';
import { createHolds } from './holds.js';
import { createCard } from './card.js';
import { createLadder } from './ladder.js';
import { createFigures } from './figures.js';
import { createPicture } from './picture.js';
import { createTiles } from './tiles.js';
import { readNames } from '../../experiment/names.js';
import { fits, readActivations, readLimits, readShape, tileOf } from './shape.js';
import { flowOf, linkOf, neuronOf, placeOf, subjectOfLink } from './subjects.js';
import { figurePlaces, neuronBox } from '../../draw/network/grids.js';
import { nearestLink } from '../../draw/network/links.js';
import { tileAt } from '../../draw/network/layout.js';
import { t, translate } from '../../core/i18n.js';
import { readOutput } from '../../experiment/output.js';

const REACH = 6; // px from the pointer within which a link is found
const NUMBERS_EVERY = 100; // milliseconds: digits that change faster cannot be read
const MARK = '<span class="restarts" hidden data-t-title="restarts.title"><svg class="icon"><use href="#icon-restart"/></svg><span class="unseen" data-t="restarts"></span></span>';
const NEW_LAYER = 4; // neurons of the first hidden layer
/** @type {['weight' | 'gradient' | 'update', string][]} */
const SHOWN = [['weight', 'network.weights'], ['gradient', 'network.gradients_short'], ['update', 'network.updates']];

/** @typedef {import('./shape.js').Layer} Layer */

/**
 * @param {HTMLElement} root  an empty section
 * @param {import('../../core/store.js').Store} store
 * @param {(command: {type: string, [field: string]: any}) => void} send
 * @returns {() => void} undo
 */
export function mountNetwork(root, store, send) {
  root.innerHTML = `
    <h2><span class="title"></span>
      <span class="seg" role="group">${SHOWN.map(([kind]) => `<button type="button" data-testid="links-${kind}" class="${kind}"></button>`).join('')}<button type="button" data-testid="numbers" class="numbers"></button></span>
      <span class="slow" id="slow-motion" role="group"></span>
      <span class="chip layers"><span data-field="hidden">${MARK}</span><button type="button" data-testid="remove-layer">−</button><span></span><button type="button" data-testid="add-layer">+</button></span></h2>
    <div class="slow-strip" id="slow-strip" hidden></div>
    <div class="stage"><div class="plan"><canvas aria-hidden="true"></canvas><canvas class="figures" aria-hidden="true" hidden></canvas>
      <span class="inputs" data-field="features">${MARK}</span><div class="heads"></div><div class="tiles"></div><div class="holds"></div><div class="ladder" data-testid="gradients" role="group"></div>
      <div class="card" data-testid="card" hidden></div></div></div>`;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const [stage, plan] = [find('.stage'), find('.plan')];
  const [removeLayer, addLayer] = /** @type {HTMLButtonElement[]} */ ([find('[data-testid=remove-layer]'), find('[data-testid=add-layer]')]);

  const picture = createPicture(/** @type {HTMLCanvasElement} */ (root.querySelector('canvas')));
  const figures = createFigures(/** @type {HTMLCanvasElement} */ (find('.figures')));
  const heads = createHeads(find('.heads'), editHidden, store);
  const ladder = createLadder(find('.ladder'), (layer) => inspect({ kind: 'layer', layer }));
  const card = createCard(find('.card'));
  const tiles = createTiles(find('.tiles'), { feature: toggleFeature, hover, open: ({ layer, neuron }) => inspect({ kind: 'neuron', layer, index: neuron }) });
  const holds = createHolds(find('.holds'), find('.tiles'), { open: inspect, walk });

  /** @type {import('./shape.js').Shape | null} */
  let shape = null;
  let link = -1;
  /** @type {import('./subjects.js').Subject | null} */
  let walked = null; // the number that has the focus
  /** @type {import('./holds.js').Chosen | null} */
  let chosen = null; // the neuron whose links can be taken hold of, where not all can
  let chosenOf = '';
  let places = /** @type {ReturnType<typeof figurePlaces>} */ ({ spots: [], plates: [] });
  let focused = 'null null';
  let cardOf = '';
  let painting = 0;
  let stale = true;
  let numbersDue = 0;
  let numbersAt = 0;

  // ---- what the person changes

  /** @param {(hidden: Layer[]) => Layer[]} change */
  function editHidden(change) {
    const spec = store.get('spec');
    if (spec) send({ type: 'configure', spec: { hidden: change(spec.hidden) } });
  }

  /** @param {string} name */
  function toggleFeature(name) {
    if (!shape) return;
    const used = shape.used.map((row) => shape?.features[row]);
    const chosen = readNames(store).features.filter((other) => used.includes(other) !== (other === name)); // in the order of the Spec
    if (chosen.length) send({ type: 'configure', spec: { features: chosen } });
    else store.set({ message: { kind: 'notice', key: 'network.last_feature' } });
  }

  addLayer.onclick = () => editHidden((hidden) => [...hidden, { width: hidden.at(-1)?.width ?? NEW_LAYER, activation: null }]);
  removeLayer.onclick = () => editHidden((hidden) => hidden.slice(0, -1));
  for (const [kind] of SHOWN) find(`.seg .${kind}`).onclick = () => store.set({ links: kind });
  find('.numbers').onclick = () => store.set({ numbers: !store.get('numbers') });

  // ---- what the person looks at

  /** Opens a number into its arithmetic. @param {{kind: string, layer: number, index?: number, source?: number}} subject */
  function inspect(subject) {
    store.set({ inspected: { index: 0, source: 0, ...subject } });
  }

  /** @param {{layer: number, neuron: number} | null} place */
  function hover(place) {
    const before = store.get('hovered');
    if (before?.layer === place?.layer && before?.neuron === place?.neuron) return;
    if (place) link = -1;
    store.set({ hovered: place });
    focus(place);
  }

  /** Asks for the sharp map of what is looked at, or else of the output that was chosen. @param {{layer: number, neuron: number} | null} place */
  function focus(place) {
    const output = readOutput(store);
    if (!shape || !output?.plane) return;
    const chosen = output.classes === 0 && output.outputs > (store.get('output') ?? 0) ? store.get('output') : 0;
    const wanted = place && place.layer >= 0 ? place : chosen ? { layer: shape.hidden.length, neuron: chosen } : { layer: null, neuron: null };
    const key = `${wanted.layer} ${wanted.neuron}`;
    if (key !== focused) send({ type: 'focus', ...wanted });
    focused = key;
  }

  /** @param {import('./subjects.js').Subject | null} subject */
  function walk(subject) {
    walked = subject;
    if (picture.links && shape) link = linkOf(shape, picture.links, subject);
    repaint();
  }

  plan.onpointermove = (event) => {
    const { links, layout } = picture;
    if (!links || !layout) return;
    const box = plan.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const free = event.target instanceof Element && !event.target.closest('button:not(.hold), .head, .ladder') && !tileAt(layout, x, y);
    const number = event.target instanceof HTMLElement && event.target.closest('.on-number');
    const found = number instanceof HTMLElement ? Number(number.dataset.link) : free ? nearestLink(links, x, y, REACH) : -1;
    if (found === link) return;
    link = found;
    repaint();
  };
  plan.onclick = (event) => {
    if (link < 0 || !shape || !picture.links || (event.target instanceof Element && event.target.closest('button'))) return;
    inspect(subjectOfLink(shape, picture.links, link));
  };
  plan.onpointerleave = () => {
    link = -1;
    repaint();
  };
  plan.onpointerdown = (event) => {
    if (event.target instanceof Element && !event.target.closest('.tile')) hover(null); // a finger put elsewhere
  };

  // ---- what is shown

  function words() {
    translate(root);
    find('.title').textContent = t('network');
    find('.seg').setAttribute('aria-label', t('network.links'));
    const numbers = find('.numbers');
    numbers.textContent = t('network.numbers');
    numbers.title = t('network.numbers_title');
    numbers.setAttribute('aria-pressed', String(Boolean(store.get('numbers'))));
    for (const [kind, key] of SHOWN) {
      const button = find(`.seg .${kind}`);
      button.textContent = t(key);
      button.title = t(`network.${kind}_links`);
      button.setAttribute('aria-pressed', String(store.get('links') === kind));
    }
  }

  function arrange() {
    stale = false;
    shape = readShape(store);
    const { clientWidth: width, clientHeight: height } = stage;
    if (!shape || !width || !height) return;
    const hovered = store.get('hovered');
    if (hovered && tileOf(shape, hovered) < 0) hover(null);
    link = -1;
    picture.arrange(shape, width, height, store.get('features'), Boolean(store.get('numbers')));
    const { layout, palette } = picture;
    if (!layout) return;
    plan.style.width = `${layout.width}px`;
    const limits = readLimits(store.get('schema'));
    const count = shape.hidden.length;
    find('.inputs').style.left = `${layout.columns[0].center}px`;
    heads.arrange(shape, layout, limits, readActivations(store.get('schema')));
    tiles.arrange(shape, layout);
    if (picture.links) figures.arrange(shape, layout, picture.links, palette, height, picture.numbered);
    if (chosen && (shape.drawn[chosen.layer + 1]?.length ?? 0) <= chosen.tile) chosen = null;
    chosenOf = '';
    choose();
    if (picture.links) holds.arrange(shape, layout, picture.links, store.get('spec').biases, numberBox);
    ladder.arrange(picture.gaps(), layout.height + 40, layout.width, palette);
    const words = store.get('profile') === 'projector' ? 'network.layer_count_short' : count === 1 ? 'network.layer_count_one' : 'network.layer_count';
    find('.layers > button + span').textContent = t(words, { count });
    label(removeLayer, t('network.remove_layer'), count ? '' : t('network.no_layer'));
    label(addLayer, t('network.add_layer'), count >= limits.layers ? t('network.most_layers', { most: limits.layers }) : '');
    numbersAt = 0;
    cardOf = '';
    showNeuron(neuronOf(store.get('inspected')));
  }

  /** Whose links can be taken hold of: the neuron that is looked at, or was last. */
  function choose() {
    if (!shape || !picture.links) return;
    const place = neuronOf(walked) ?? store.get('hovered') ?? neuronOf(store.get('inspected'));
    const tile = place && place.layer >= 0 ? tileOf(shape, place) : -1;
    if (tile >= 0) chosen = { layer: place.layer, tile };
    const key = `${chosen?.layer} ${chosen?.tile}`;
    if (key === chosenOf) return;
    chosenOf = key;
    places = picture.numbered ? figurePlaces(picture.numbered, picture.links, chosen) : { spots: [], plates: [] };
    holds.choose(shape, picture.links, chosen, numberBox);
    numbersAt = 0;
  }

  /** Where a link's number stands. @param {number} n @returns {import('./holds.js').Box | null} */
  function numberBox(n) {
    const [spot, cell] = [places.spots[n], picture.numbered?.cell];
    return spot && cell ? { x: spot.x - cell.width / 2, y: spot.y, width: cell.width + cell.gap, height: cell.height } : null;
  }

  function repaint() {
    painting ||= requestAnimationFrame(paint);
  }

  function paint() {
    painting = 0;
    if (stale) arrange();
    if (!shape || !picture.layout) return;
    choose();
    const frame = store.get('frame');
    const own = fits(shape, frame) ? frame : null;
    const phase = store.get('phase');
    const [hovered, inspected] = [store.get('hovered'), store.get('inspected')];
    const opened = picture.links && !hovered && link < 0 ? linkOf(shape, picture.links, inspected) : link;
    picture.paint(own, { show: store.get('links') ?? 'weight', meaning: meaning(), hovered, link: opened, opened: placeOf(inspected), layer: phase?.layer ?? -1, quiet: Boolean(store.get('numbers')) });
    const wait = numbersAt + NUMBERS_EVERY - performance.now();
    if (wait <= 0) numbers();
    else numbersDue ||= window.setTimeout(numbers, wait);
    placeCard();
  }

  /** Digits follow at a pace one can read, the newest surely. */
  function numbers() {
    clearTimeout(numbersDue);
    numbersDue = 0;
    numbersAt = performance.now();
    if (!shape) return;
    const frame = store.get('frame');
    const own = fits(shape, frame) ? frame : null;
    ladder.tell(own?.gradient_norms ?? null);
    writeFigures(own);
    tellCard(own);
  }

  /** @param {import('../../wire/frames.js').Frame | null} frame */
  function writeFigures(frame) {
    const [links, phase, opened] = [picture.links, store.get('phase'), store.get('opened')];
    if (!shape || !links) return;
    const own = opened && (phase || opened.step === (frame?.step ?? 0) + 1) && opened.phases.length ? opened : null;
    figures.paint(frame, {
      kind: store.get('links') ?? 'weight', places,
      chosen: picture.chooser(store.get('hovered'), link),
      flow: own && (phase || (store.get('numbers') && !store.get('state')?.playing)) ? flowOf(own, phase) : null,
      phase: phase ? `${phase.step} ${phase.id}` : '',
    });
  }

  /** @param {import('../../wire/frames.js').Frame | null} frame */
  function tellCard(frame) {
    const hovered = store.get('hovered');
    const { links, palette } = picture;
    if (!shape || !links) return;
    if (link >= 0 && frame) card.tellLink({ layer: links.layer[link], from: links.from[link], to: links.to[link] }, shape, frame);
    else if (hovered) card.tellNeuron(hovered, shape, frame, store.get('features'), shape.classes ? meaning() : null, palette);
  }

  function placeCard() {
    const hovered = store.get('hovered');
    const { links, layout } = picture;
    if (!layout || !links || !shape || (link < 0 && !hovered)) {
      cardOf = '';
      card.hide();
      return;
    }
    const key = link >= 0 ? `link ${link}` : `${hovered.layer} ${hovered.neuron}`;
    if (key === cardOf) return;
    cardOf = key;
    const frame = store.get('frame');
    tellCard(fits(shape, frame) ? frame : null);
    card.place(placeOfCard(links, layout, hovered), stage);
  }

  /** What the card stands beside. @param {import('../../draw/network/links.js').Links} links @param {import('../../draw/network/layout.js').NetworkLayout} layout @param {{layer: number, neuron: number} | null} hovered */
  function placeOfCard(links, layout, hovered) {
    const column = (link >= 0 ? links.layer[link] : hovered?.layer ?? 0) + 1;
    const tile = link >= 0 ? links.to[link] : shape?.drawn[column].indexOf(hovered?.neuron ?? 0) ?? 0;
    if (picture.numbered) return neuronBox(picture.numbered, column, tile);
    if (link >= 0) {
      const [x0, y0, x1, y1] = links.ends.subarray(4 * link, 4 * link + 4);
      return { left: (x0 + x1) / 2 - 20, right: (x0 + x1) / 2 + 20, top: Math.min(y0, y1), bottom: Math.max(y0, y1) };
    }
    const { left, top } = layout.columns[column];
    return { left: left[tile], right: left[tile] + layout.tile, top: top[tile], bottom: top[tile] + layout.tile };
  }

  /** Scrolls a neuron and its numbers into view, where the picture is wider than its place. @param {{layer: number, neuron: number} | null} place */
  function showNeuron(place) {
    const tile = place && shape ? tileOf(shape, place) : -1;
    if (!place || !picture.numbered || tile < 0) return;
    const { left, right } = neuronBox(picture.numbered, place.layer + 1, tile);
    if (left < stage.scrollLeft || right > stage.scrollLeft + stage.clientWidth) stage.scrollLeft = (left + right - stage.clientWidth) / 2;
  }

  /** Scrolls a layer's links into view, where the picture is wider than its place. @param {number | null | undefined} layer */
  function showLayer(layer) {
    const { layout } = picture;
    if (typeof layer !== 'number' || !layout?.columns[layer + 1]) return;
    stage.scrollLeft = (layout.columns[layer].center + layout.columns[layer + 1].center - stage.clientWidth) / 2;
  }

  const meaning = () => readOutput(store) ?? { logits: false, threshold: 0 };

  const observer = new ResizeObserver(() => {
    stale = true;
    paint(); // at once: a canvas of a new size is empty
  });
  observer.observe(stage);
  const undo = [
    store.watch(['spec', 'state', 'features', 'schema', 'choices', 'theme', 'profile', 'language'], () => {
      words();
      stale = true;
      repaint();
    }),
    store.watch(['links', 'numbers', 'phase', 'opened'], () => {
      words();
      stale ||= Boolean(store.get('numbers')) !== (picture.numbered !== null);
      numbersAt = 0;
      repaint();
    }),
    store.watch(['phase'], () => showLayer(store.get('phase')?.layer)),
    store.watch(['frame', 'hovered', 'inspected'], repaint),
    store.watch(['output', 'state'], () => focus(store.get('hovered'))),
    () => observer.disconnect(),
    () => cancelAnimationFrame(painting),
    () => clearTimeout(numbersDue),
    () => root.replaceChildren(),
  ];
  words();
  return () => undo.forEach((stop) => stop());
}
