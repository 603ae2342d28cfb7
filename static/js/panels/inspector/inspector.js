// @ts-check
// The inspector: the number that was clicked as the arithmetic that made it, in the very step that led to the picture; in
// slow motion, in the step that is walked through. Its terms lead on to other numbers. It stands at the left, beside the
// picture; on small screens below.

import { formatCount, formatLoss, formatRange, t } from '../../core/i18n.js';
import { readNames } from '../../experiment/names.js';
import { createFields } from './fields.js';
import { createHealth } from './health.js';
import { createLines } from './lines.js';
import { exists, idOf, isOfSample, parametersOf, subjectName } from './subjects.js';

const EVERY = 100; // milliseconds: digits that change faster cannot be read
const WAY = 50; // subjects that can be gone back to

/** @typedef {import('./subjects.js').Subject} Subject */
/** @typedef {{step: number, next: boolean, subject: Subject, sample: number, batch: number[], lines: import('./lines.js').Line[]}} Explanation */

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 * @returns {() => void} undo
 */
export function mountInspector(root, store, send) {
  root.innerHTML = `
    <header><button type="button" class="button small back" data-testid="inspector-back"><svg class="icon"><use href="#icon-back"/></svg></button>
      <h2 tabindex="-1"></h2><button type="button" class="button small close" data-testid="inspector-close"><svg class="icon"><use href="#icon-close"/></svg></button></header>
    <p class="of-step"></p><p class="of-loss" data-testid="which-loss" hidden></p>
    <div class="of-sample"><button type="button" class="button small" data-testid="sample-previous">‹</button><output data-testid="sample"></output><button type="button" class="button small" data-testid="sample-next">›</button></div>
    <div class="fields"></div>
    <p class="nothing" hidden></p><div class="others" hidden></div>
    <div class="scroll"><section class="health" data-testid="layer-health" hidden></section><div class="lines"></div></div>`;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const [title, ofStep, ofLoss, ofSample, sampleWords, nothing, others, body] = ['h2', '.of-step', '.of-loss', '.of-sample', 'output', '.nothing', '.others', '.lines'].map(find);
  const [back, close, previous, next] = /** @type {HTMLButtonElement[]} */ (['.back', '.close', '[data-testid=sample-previous]', '[data-testid=sample-next]'].map(find));
  const fields = createFields(find('.fields'));
  const health = createHealth(find('.health'), (quantity) => store.set({ quantity, chart: 'layers' }));
  const lines = createLines(body, (subject) => goTo(subject));

  /** @type {Subject[]} */
  let way = [];
  /** @type {Subject | null} */
  let shown = null;
  let asked = '';
  let played = false;
  /** @type {Element | null} */
  let opener = null;
  let walking = false;
  let timer = 0;
  let filledAt = -Infinity;

  const inspected = () => /** @type {Subject | null} */ (store.get('inspected'));
  /** The newest, if it is of what is looked at, and in slow motion of that step and sample. @returns {Explanation | null} */
  const explanation = () => {
    const [told, subject, phase] = [store.get('explanation'), inspected(), store.get('phase')];
    const other = phase && told && (told.step !== phase.step || told.sample !== phase.sample);
    return told && !other && subject && idOf(told.subject) === idOf(subject) ? told : null;
  };
  const largest = () => store.get('choices')?.largest_value ?? Infinity;
  const named = () => {
    const [names, spec] = [readNames(store), store.get('spec')];
    return { ...names, used: names.features.length ? spec.features.map((/** @type {string} */ name) => names.features.indexOf(name)) : [] };
  };

  // ---- where one goes

  /** @param {Subject} subject */
  function goTo(subject) {
    const before = inspected();
    if (before) way = [...way, before].slice(-WAY);
    walking = true;
    store.set({ inspected: subject, ...sampleFor(subject, before) });
  }

  /** A point brings its own place in the batch along. @param {Subject} subject @param {Subject | null} before */
  function sampleFor(subject, before) {
    const point = subject.kind === 'point' ? subject : before?.kind === 'point' ? before : null;
    const place = point ? (store.get('explanation')?.batch ?? []).indexOf(point.index) : -1;
    return place >= 0 ? { sample: place } : {};
  }

  /** @param {number} by */
  function turn(by) {
    const count = explanation()?.batch.length ?? 1;
    store.set({ sample: ((store.get('sample') ?? 0) + by + count) % count });
  }

  back.onclick = () => {
    const subject = way.at(-1);
    if (!subject) return;
    way = way.slice(0, -1);
    walking = true;
    store.set({ inspected: subject });
  };
  close.onclick = () => store.set({ inspected: null });
  previous.onclick = () => turn(-1);
  next.onclick = () => turn(1);

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.key !== 'Escape' || event.defaultPrevented || !inspected()) return;
    if (document.querySelector('dialog[open], [popover]:not(.message):popover-open')) return; // that one goes first
    store.set({ inspected: null });
  }
  document.addEventListener('keydown', press);

  /** What else on the page opens it, by data-inspect. @param {Event} event */
  function open(event) {
    const element = event.target instanceof Element ? event.target.closest('[data-inspect]') : null;
    if (!element || (event instanceof KeyboardEvent && event.key !== 'Enter')) return;
    store.set({ inspected: { kind: 'loss', layer: 0, index: 0, source: 0 } });
  }
  document.addEventListener('click', open);
  document.addEventListener('keydown', open);

  // ---- what the server is asked

  /** The step to come, where its numbers stand on the drawing: both tell of one step. */
  function stepOnTheDrawing() {
    const [phase, frame] = [store.get('phase'), store.get('frame')];
    if (phase) return phase.step;
    return store.get('numbers') && frame && !store.get('state')?.playing ? frame.step + 1 : null;
  }

  function ask() {
    const [subject, sample, step] = [inspected(), store.get('sample') ?? 0, stepOnTheDrawing()];
    const sizes = store.get('state')?.sizes;
    if (subject && sizes && !exists(subject, sizes)) {
      way = [];
      store.set({ inspected: null });
      return;
    }
    const wish = subject ? `${idOf(subject)} ${sample} ${step}` : '';
    if (wish === asked) return;
    asked = wish;
    send({ type: 'inspect', subject, sample, step });
  }

  // ---- what is shown

  function words() {
    for (const [button, key] of /** @type {[HTMLElement, string][]} */ ([[back, 'inspector.back'], [close, 'close'], [previous, 'inspector.sample_previous'], [next, 'inspector.sample_next']])) {
      button.title = t(key);
      button.setAttribute('aria-label', t(key));
    }
  }

  function arrange() {
    const subject = inspected();
    const before = shown;
    shown = subject;
    root.hidden = !subject;
    document.documentElement.classList.toggle('inspecting', Boolean(subject));
    ask();
    if (!subject) {
      lines.clear();
      way = [];
      store.set({ explanation: null, lit: null });
      if (before && root.contains(document.activeElement ?? null)) focusOpener();
      return;
    }
    if (!before) opener = document.activeElement;
    if (!walking && before) way = [];
    walking = false;
    root.dataset.kind = subject.kind;
    root.dataset.id = idOf(subject);
    root.setAttribute('aria-label', t('inspector.title'));
    back.disabled = way.length === 0;
    if (!before || idOf(before) !== idOf(subject)) {
      root.querySelector('.scroll')?.scrollTo(0, 0);
      title.focus({ preventScroll: true });
    }
    filledAt = -Infinity;
    fill();
  }

  function focusOpener() {
    const id = opener instanceof HTMLElement ? opener.dataset.testid : undefined;
    const again = opener?.isConnected ? opener : id ? document.querySelector(`[data-testid="${id}"]`) : null;
    if (again instanceof HTMLElement) again.focus();
  }

  function fillSoon() {
    const wait = filledAt + EVERY - performance.now();
    clearTimeout(timer);
    if (wait <= 0) fill();
    else timer = window.setTimeout(fill, wait);
  }

  function fill() {
    const subject = inspected();
    if (!subject || !store.get('spec')) return;
    const names = named();
    title.textContent = subjectName(subject, names);
    offerFields(subject);
    tellHealth();
    const told = explanation();
    body.classList.toggle('waiting', !told);
    if (!told) return;
    filledAt = performance.now();
    const own = told.batch[told.sample] ?? null;
    root.dataset.step = String(told.step);
    const coming = stepOnTheDrawing() === told.step ? 'inspector.step_drawn' : 'inspector.step_next';
    const which = store.get('phase') ? 'inspector.step_walked' : told.next ? coming : 'inspector.step_taken';
    ofStep.textContent = t(which, { step: told.step });
    ofStep.dataset.value = String(told.step);
    ofStep.classList.toggle('next', told.next);
    ofSample.hidden = !isOfSample(subject);
    sampleWords.textContent = t('inspector.sample', { number: told.sample + 1, count: told.batch.length, point: (own ?? 0) + 1 });
    sampleWords.dataset.value = String(own);
    const chosen = subject.kind === 'point' ? subject.index : isOfSample(subject) ? own : null;
    lines.show(told.lines, { nameOf: (other) => subjectName(other, names), mine: chosen }, document.documentElement.lang);
    tellLoss(told);
    light(told, chosen);
    tellNothing(subject, told);
    fields.tell([...valuesOf(told), store.get('spec').learning_rate]);
  }

  /** Its number and the one in the top row are of other points and other weights. @param {Explanation} told */
  function tellLoss({ subject, step, batch, lines: told }) {
    const [frame, state] = [store.get('frame'), store.get('state')];
    const own = told.find(({ main }) => main)?.total ?? null;
    ofLoss.hidden = subject.kind !== 'loss' || own === null || !frame || !state;
    if (ofLoss.hidden) return;
    ofLoss.textContent = t('inspector.which_loss', { loss: formatLoss(/** @type {number} */ (own)), count: batch.length, step, all: formatLoss(frame.train_loss), points: formatCount(state.training_samples), now: frame.step });
  }

  /** Of a layer: how it is, as last measured. */
  function tellHealth() {
    const subject = inspected();
    const own = subject?.kind === 'layer';
    find('.health').hidden = !own;
    if (!own) return;
    const told = store.get('health');
    const fits = told?.revision === store.get('state')?.revision;
    health.tell((fits && told.layers[subject.layer]) || null, fits ? told.step : null, store.get('quantity'));
  }

  /** Rings around points on the boundary, where nothing else wants some. @param {Explanation} told @param {number | null} chosen */
  function light(told, chosen) {
    if (store.get('phase')) return;
    const key = `${told.batch.join()} ${chosen}`;
    if (store.get('lit')?.key !== key) store.set({ lit: { key, points: told.batch, chosen } });
  }

  /** A point outside the batch: which ones are in it. @param {Subject} subject @param {Explanation} told */
  function tellNothing(subject, told) {
    const outside = told.lines.length === 0;
    nothing.hidden = others.hidden = !outside;
    if (!outside) return;
    nothing.textContent = t(subject.kind === 'point' ? 'inspector.not_in_batch' : 'inspector.no_lines', { step: told.step });
    if (others.dataset.batch === told.batch.join()) return;
    others.dataset.batch = told.batch.join();
    others.replaceChildren(...told.batch.map((index) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'button small';
      button.textContent = String(index + 1);
      button.setAttribute('aria-label', t('inspector.point', { number: index + 1 }));
      button.onclick = () => goTo({ kind: 'point', layer: 0, index, source: 0 });
      return button;
    }));
  }

  // ---- what is set by hand

  /** @param {Subject} subject */
  function offerFields(subject) {
    fields.offer(`${idOf(subject)} ${document.documentElement.lang}`, () => {
      const own = parametersOf(subject).map(({ symbol, tensor, index }, i) => ({
        id: i ? `edit-value-${i}` : 'edit-value', symbol, label: t('inspector.set_value'),
        valid: (/** @type {number} */ value) => Math.abs(value) <= largest(),
        range: () => formatRange({ minimum: -largest(), maximum: largest() }),
        set: (/** @type {number} */ value) => send({ type: 'edit', tensor, index, value }),
      }));
      if (!own.length) return [];
      return [...own, {
        id: 'edit-rate', symbol: 'η', label: t('field.learning_rate'),
        valid: (/** @type {number} */ value) => store.get('fields')?.learning_rate.admits(value) ?? true,
        range: () => formatRange(store.get('fields').learning_rate),
        set: (/** @type {number} */ value) => send({ type: 'configure', spec: { learning_rate: value } }),
      }];
    });
  }

  /** The parameters as they stand now. @param {Explanation} told */
  function valuesOf({ lines: all, next: coming, subject }) {
    const told = all.filter(({ name }) => name === 'new').map(({ terms, total }) => (coming ? terms[0].value : total));
    return parametersOf(subject).map(({ tensor, index }, i) => told[i] ?? (index.length === 1 ? store.get('frame')?.parameters[tensor]?.[index[0]] : null) ?? null);
  }

  words();
  arrange();
  const undo = [
    store.watch(['inspected'], arrange),
    store.watch(['sample', 'state'], () => {
      const playing = store.get('state')?.playing === true;
      if (played && !playing) asked = ''; // the last picture may have come without its numbers
      played = playing;
      if (inspected()) ask();
    }),
    store.watch(['points', 'connection'], () => { // a new run and a new connection know nothing of what was asked
      asked = '';
      if (inspected() && store.get('connection') === 'open') ask();
    }),
    store.watch(['phase'], () => {
      if (!inspected()) return;
      ask();
      fillSoon();
    }),
    store.watch(['frame', 'numbers'], () => inspected() && ask()),
    store.watch(['explanation'], fillSoon),
    store.watch(['health', 'quantity', 'state'], tellHealth),
    store.watch(['spec', 'language'], () => {
      words();
      fillSoon();
    }),
    () => document.removeEventListener('keydown', press),
    () => document.removeEventListener('keydown', open),
    () => document.removeEventListener('click', open),
    () => clearTimeout(timer),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}
