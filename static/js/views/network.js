// @ts-check
// The network: links, live neurons and biases on a canvas, buttons over it, the gradient river under it. Its parts
// stand in views/network/; this file mounts them and says when each is filled.

import { label, createHeads } from './network/heads.js';
import { createHolds } from './network/holds.js';
import { createCard } from './network/card.js';
import { createLadder } from './network/ladder.js';
import { createFigures } from './network/figures.js';
import { createPicture } from './network/picture.js';
import { createTiles } from './network/tiles.js';
import { fits, readActivations, readLimits, readShape, tileOf } from './network/shape.js';
import { flowOf, linkOf, placeOf, subjectOfLink } from './network/subjects.js';
import { nearestLink } from '../draw/links.js';
import { tileAt } from '../draw/layout.js';
import { t, translate } from '../i18n.js';
import { readOutput } from '../output.js';

const REACH = 6; // px from the pointer within which a link is found
const NUMBERS_EVERY = 100; // milliseconds: digits that change faster cannot be read
const MARK = '<span class="restarts" hidden data-t-title="restarts.title"><svg class="icon"><use href="#icon-restart"/></svg><span class="unseen" data-t="restarts"></span></span>';
const NEW_LAYER = 4; // neurons of the first hidden layer
/** @type {['weight' | 'gradient' | 'update', string][]} */
const SHOWN = [['weight', 'network.weights'], ['gradient', 'network.gradients_short'], ['update', 'network.updates']];

/** @typedef {import('./network/shape.js').Layer} Layer */

/**
 * @param {HTMLElement} root  an empty section
 * @param {import('../store.js').Store} store
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
  const holds = createHolds(find('.holds'), find('.tiles'), inspect);

  /** @type {import('./network/shape.js').Shape | null} */
  let shape = null;
  let link = -1;
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
    const { features, used } = shape;
    const chosen = features.filter((other, row) => used.includes(row) !== (other === name)); // in the order of the Spec
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

  plan.onpointermove = (event) => {
    const { links, layout } = picture;
    if (!links || !layout) return;
    const box = plan.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const free = event.target instanceof Element && !event.target.closest('button:not(.hold), .head, .ladder') && !tileAt(layout, x, y);
    const found = free ? nearestLink(links, x, y, REACH) : -1;
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
    picture.arrange(shape, width, height, store.get('features'));
    const { layout, palette } = picture;
    if (!layout) return;
    plan.style.width = `${layout.width}px`;
    const limits = readLimits(store.get('schema'));
    const count = shape.hidden.length;
    find('.inputs').style.left = `${layout.columns[0].center}px`;
    heads.arrange(shape, layout, limits, readActivations(store.get('schema')));
    tiles.arrange(shape, layout);
    if (picture.links) figures.arrange(shape, layout, picture.links, palette, height);
    if (picture.links) holds.arrange(shape, layout, picture.links, store.get('spec').biases);
    ladder.arrange(picture.gaps(), layout.height + 40, layout.width, palette);
    /** @type {HTMLElement} */ (find('.layers > button + span')).textContent = t(count === 1 ? 'network.layer_count_one' : 'network.layer_count', { count });
    label(removeLayer, t('network.remove_layer'), count ? '' : t('network.no_layer'));
    label(addLayer, t('network.add_layer'), count >= limits.layers ? t('network.most_layers', { most: limits.layers }) : '');
    numbersAt = 0;
    cardOf = '';
  }

  function repaint() {
    painting ||= requestAnimationFrame(paint);
  }

  function paint() {
    painting = 0;
    if (stale) arrange();
    if (!shape || !picture.layout) return;
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

  /** @param {import('../protocol.js').Frame | null} frame */
  function writeFigures(frame) {
    const [links, phase, opened] = [picture.links, store.get('phase'), store.get('opened')];
    if (!shape || !links) return;
    const own = opened && (phase || opened.step === (frame?.step ?? 0) + 1) && opened.phases.length ? opened : null;
    const numbers = Boolean(store.get('numbers'));
    const chosen = picture.chooser(store.get('hovered') ?? placeOf(store.get('inspected')), link);
    figures.paint(frame, {
      kind: store.get('links') ?? 'weight', numbers,
      chosen: numbers && chosen ? [...links.layer.keys()].filter(chosen) : [],
      flow: own && (phase || (numbers && !store.get('state')?.playing)) ? flowOf(own, phase) : null,
      phase: phase ? `${phase.step} ${phase.id}` : '',
    });
  }

  /** @param {import('../protocol.js').Frame | null} frame */
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
    if (link >= 0) {
      const [x0, y0, x1, y1] = links.ends.subarray(4 * link, 4 * link + 4);
      card.place((x0 + x1) / 2 - 20, (x0 + x1) / 2 + 20, (y0 + y1) / 2, stage);
    } else {
      const { left, top } = layout.columns[hovered.layer + 1];
      card.place(left[hovered.neuron], left[hovered.neuron] + layout.tile, top[hovered.neuron] + layout.tile / 2, stage);
    }
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
      numbersAt = 0;
      repaint();
    }),
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
