// @ts-check
// Points of one's own, drawn on the plane by mouse, finger or keyboard, and trained on while they are drawn.

import { MARKS, markSvg } from '../../draw/plane/marks.js';
import { toPlane } from '../../draw/plane/plane.js';
import { icon, write } from '../../core/elements.js';
import { formatCount, t, translate } from '../../core/i18n.js';
import { readOutput } from '../../experiment/output.js';
import { MOST, asOwn, createEdits, lacking } from './edits.js';

const TOLD_EVERY = 250; // milliseconds: each change starts the run again
const REACH = 9; // px from the pointer within which a point is taken up
const SPRAY_EVERY = 40; // milliseconds between two points of the brush
const SPRAY_WIDTH = 0.45; // standard deviation of where they fall, in coordinates
const RUBBER = 0.45; // how far the eraser reaches
const [STEP, LEAP] = [0.2, 1]; // of the cursor that keys move; with Shift
const TOOLS = ['point', 'brush', 'erase'];
const TITLES = ['draw.point', 'draw.brush', 'draw.erase'];
const KEY_STEPS = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] });

/** @typedef {import('./edits.js').OwnPoint} OwnPoint */

/**
 * @param {HTMLElement} root    empty; what belongs to drawing stands here
 * @param {HTMLCanvasElement} canvas  of the plane
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 */
export function mountOwnPoints(root, canvas, store, send) {
  root.innerHTML = `
    <div class="start"><button class="button small" data-testid="draw-empty" data-t="draw.empty"></button><button class="button small" data-testid="draw-these"></button></div>
    <div class="pens" role="group">
      <span class="point-classes">${Array.from({ length: MARKS }, (_, n) => `<button type="button" data-testid="point-class-${n}">${markSvg(n)}</button>`).join('')}</span>
      <label class="point-value"><span data-t="draw.value"></span><input type="number" step="any" value="1" data-testid="point-value"></label>
      <span class="tools"><span class="seg">${TOOLS.map((tool, i) => `<button type="button" data-testid="${tool === 'erase' ? 'erase' : `tool-${tool}`}" data-t-title="${TITLES[i]}" data-t-label="${TITLES[i]}">${icon(tool)}</button>`).join('')}</span>
        <button type="button" class="button small" data-testid="draw-undo" data-t-title="draw.undo" data-t-label="draw.undo">${icon('undo')}</button>
        <button type="button" class="button small" data-testid="draw-redo" data-t-title="draw.redo" data-t-label="draw.redo">${icon('redo')}</button>
        <button type="button" class="button small" data-testid="clear-points" data-t-title="draw.clear" data-t-label="draw.clear">${icon('clear')}</button>
        <button type="button" class="button small done" data-testid="draw-done" data-t="draw.done"></button></span>
    </div>
    <p class="hint" role="status" data-testid="draw-hint"></p>`;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-testid=${id}]`));
  const value = /** @type {HTMLInputElement} */ (root.querySelector('[data-testid=point-value]'));
  const frame = /** @type {HTMLElement} */ (root.parentElement);

  let edits = createEdits([]);
  let values = false; // labels are values, not classes
  let started = false; // what to start from is chosen
  let tool = TOOLS[0];
  let label = 1;
  /** @type {[number, number] | null} */
  let cursor = null;
  let dragged = -1;
  let spraying = 0;
  let telling = 0;
  let waiting = false; // a run that played goes on once there is something to train on
  /** @type {{points: OwnPoint[], values: boolean} | null} points that could not be trained on when drawing ended */
  let kept = null;
  let note = '';
  /** @type {[number, number]} */
  let under = [0, 0];

  const active = () => Boolean(store.get('drawing')) && started;
  const number = () => (values ? value.valueAsNumber || 0 : label);

  // ---- beginning and ending

  function open() {
    const { dataset, own_points: own } = store.get('spec');
    if (kept) start(kept.points, kept.values);
    else if (dataset === 'own' || dataset === 'own_values') start(own, dataset === 'own_values');
    else show();
    kept = null;
    frame.scrollIntoView({ block: 'nearest' });
  }

  /** @param {OwnPoint[]} points @param {boolean} asValues @param {string} [said] */
  function start(points, asValues, said = '') {
    edits = createEdits(points);
    [values, started, note, cursor] = [asValues, true, said, null];
    canvas.tabIndex = 0;
    show();
  }

  function close() {
    tell();
    stopStroke();
    const lack = started && lacking(edits.points, values);
    if (lack) store.set({ message: { kind: 'notice', key: `draw.left.${lack}` } });
    kept = lack && edits.points.length ? { points: edits.points, values } : null;
    waiting = false;
    [started, cursor] = [false, null];
    canvas.removeAttribute('tabindex');
    store.set({ draft: null });
  }

  button('draw-empty').onclick = () => {
    start([], false);
    later();
    canvas.focus();
  };
  button('draw-these').onclick = () => {
    const { classes } = /** @type {import('../../experiment/output.js').Output} */ (readOutput(store));
    const { points, left } = asOwn(store.get('points'), classes);
    start(points, classes === 0, left ? t('draw.left_out', { count: left, most: formatCount(MOST) }) : '');
    later();
  };
  button('draw-done').onclick = () => store.set({ drawing: false });

  // ---- what is changed, on its way to the server

  function changed() {
    note = '';
    show();
    later();
  }

  function later() {
    telling ||= window.setTimeout(tell, TOLD_EVERY);
  }

  function tell() {
    if (!telling) return;
    clearTimeout(telling);
    telling = 0;
    if (lacking(edits.points, values)) {
      waiting ||= store.get('state').playing;
      if (store.get('state').playing) send({ type: 'pause' }); // rather than train on other points than those shown
      return;
    }
    send({ type: 'configure', spec: { samples: null, dataset: values ? 'own_values' : 'own', own_points: edits.points } });
    if (waiting) send({ type: 'play' });
    waiting = false;
  }

  /** @param {number} x1 @param {number} x2 */
  function add(x1, x2) {
    if (!edits.add(x1, x2, number())) note = t('draw.full', { most: formatCount(MOST) });
    else note = '';
    show();
    later();
  }

  const undo = () => (edits.undo(), changed());
  const redo = () => (edits.redo(), changed());
  button('draw-undo').onclick = undo;
  button('draw-redo').onclick = redo;
  button('clear-points').onclick = () => (edits.clear(), changed());
  TOOLS.forEach((name) => {
    button(name === 'erase' ? 'erase' : `tool-${name}`).onclick = () => {
      tool = name;
      show();
    };
  });
  for (let n = 0; n < MARKS; n++) button(`point-class-${n}`).onclick = () => choose(n);

  /** @param {number} n */
  function choose(n) {
    label = n;
    if (tool === 'erase') tool = TOOLS[0];
    show();
  }

  // ---- pointers

  /** @param {PointerEvent} event @returns {[number, number]} */
  const placeOf = (event) => toPlane(event.offsetX, event.offsetY, canvas.clientWidth);
  const reach = () => (REACH * 12) / canvas.clientWidth;

  /** @param {PointerEvent} event */
  function down(event) {
    if (!active() || (event.button !== 0 && event.button !== 2)) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    edits.begin();
    cursor = null;
    under = placeOf(event);
    if (event.button === 2) {
      edits.erase(...under, reach());
      changed();
    } else if (tool === 'erase') rub();
    else if (tool === 'brush') {
      spray();
      spraying = window.setInterval(spray, SPRAY_EVERY);
    } else {
      dragged = edits.nearest(...under, reach());
      if (dragged < 0) {
        add(...under);
        dragged = edits.nearest(...under, 0.01);
      }
    }
  }

  /** @param {PointerEvent} event */
  function move(event) {
    if (!active() || !canvas.hasPointerCapture(event.pointerId)) return;
    under = placeOf(event);
    if (dragged >= 0) {
      edits.move(dragged, ...under);
      changed();
    } else if (tool === 'erase') rub();
  }

  function rub() {
    edits.erase(...under, RUBBER);
    changed();
  }

  function spray() {
    const angle = 2 * Math.PI * Math.random();
    const far = SPRAY_WIDTH * Math.sqrt(-2 * Math.log(1 - Math.random()));
    const [x1, x2] = [under[0] + far * Math.cos(angle), under[1] + far * Math.sin(angle)];
    if (Math.max(Math.abs(x1), Math.abs(x2)) <= 6) add(x1, x2);
  }

  function stopStroke() {
    clearInterval(spraying);
    dragged = -1;
    edits.end();
  }

  // ---- keys

  /** @param {KeyboardEvent} event on the plane */
  function press(event) {
    if (!active() || event.altKey) return;
    const step = KEY_STEPS[event.key];
    if (step && !event.ctrlKey && !event.metaKey) {
      const far = event.shiftKey ? LEAP : STEP;
      const [x1, x2] = cursor ?? [0, 0];
      const onGrid = (/** @type {number} */ part) => Math.min(6, Math.max(-6, Math.round(part * 10) / 10));
      cursor = [onGrid(x1 + step[0] * far), onGrid(x2 + step[1] * far)];
      show();
    } else if (event.key === 'Enter' || event.key === ' ') {
      cursor ??= [0, 0];
      if (tool === 'erase') edits.erase(...cursor, RUBBER);
      else add(...cursor);
      changed();
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && cursor) {
      edits.erase(...cursor, RUBBER);
      changed();
    } else return;
    event.preventDefault();
    event.stopPropagation(); // the arrow to the right would take a training step
  }

  /** @param {KeyboardEvent} event anywhere */
  function pressAnywhere(event) {
    if (!active() || (event.target instanceof Element && event.target.matches('input, select, textarea'))) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key !== 'z' && key !== 'y') return;
      if (key === 'y' || event.shiftKey) redo();
      else undo();
    } else if (/^[1-8]$/.test(key) && !values) choose(Number(key) - 1);
    else if (key === 'escape') store.set({ drawing: false });
    else return;
    event.preventDefault();
  }

  // ---- what is shown

  function show() {
    const drawing = Boolean(store.get('drawing'));
    frame.classList.toggle('drawing', drawing);
    root.hidden = !drawing;
    if (!drawing) return;
    translate(root);
    find('.start').hidden = started;
    find('.pens').hidden = !started;
    const { points } = edits;
    const lack = lacking(points, values);
    store.set({ draft: started ? { points, values, cursor, lack } : null });
    const output = readOutput(store);
    const these = button('draw-these');
    const count = (store.get('points')?.train.length ?? 0) + (store.get('points')?.test.length ?? 0);
    these.textContent = t('draw.these', { count: formatCount(count) });
    these.disabled = !output?.plane || output.outputs > 1 && output.classes === 0 || count === 0;
    these.title = these.disabled ? t('draw.these_refused') : '';
    find('.point-classes').hidden = values;
    find('.point-value').hidden = !values;
    for (let n = 0; n < MARKS; n++) {
      const pen = button(`point-class-${n}`);
      pen.setAttribute('aria-pressed', String(n === label && tool !== 'erase'));
      pen.title = t('draw.class', { number: n + 1 });
      pen.setAttribute('aria-label', pen.title);
    }
    for (const name of TOOLS) button(name === 'erase' ? 'erase' : `tool-${name}`).setAttribute('aria-pressed', String(name === tool));
    button('draw-undo').disabled = !edits.canUndo;
    button('draw-redo').disabled = !edits.canRedo;
    button('clear-points').disabled = !points.length;
    const counted = t('draw.count', { count: formatCount(points.length), most: formatCount(MOST) });
    const sentence = !started ? t('draw.start') : note || (lack ? t(`draw.${lack}`) : counted);
    const hint = find('.hint');
    write(hint, sentence);
    hint.dataset.value = String(points.length);
  }

  function toggled() {
    const drawing = Boolean(store.get('drawing'));
    if (drawing && !root.hidden) return;
    if (drawing) open();
    else close();
    show();
  }

  canvas.addEventListener('pointerdown', down);
  canvas.addEventListener('pointermove', move);
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, stopStroke);
  canvas.addEventListener('contextmenu', (event) => active() && event.preventDefault());
  canvas.addEventListener('keydown', press);
  document.addEventListener('keydown', pressAnywhere);
  root.hidden = true;
  const undoAll = [
    store.watch(['drawing'], toggled),
    store.watch(['language', 'points', 'state'], show),
    () => document.removeEventListener('keydown', pressAnywhere),
    () => clearInterval(spraying),
    () => clearTimeout(telling),
    () => root.replaceChildren(),
  ];
  return () => undoAll.forEach((stop) => stop());
}
