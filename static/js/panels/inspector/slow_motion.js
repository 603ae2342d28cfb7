// @ts-check
// Slow motion: one step in phases, forth and back: the batch, forward layer by layer, the loss, backward, the update. The
// numbers are those of the step to come; its update is taken when its phase is reached, and taken back when it is left.

import { mathOf } from '../../draw/math/math.js';
import { icon } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { AND, formulaOf, idOf, listed, nameOf } from './phases.js';

const PATIENCE = 5000; // milliseconds in which pictures may still be of before a command of its own
const PACES = [0, 0.25, 0.5, 1, 2, 4]; // phases a second; 0: by hand

/** @typedef {import('./phases.js').Phase} Phase */
/** @typedef {{lines: string, planted: boolean}} Code  planted: a bug */
/** @typedef {{step: number, batch: number[], sample: number, phases: Phase[], code: Record<string, Code[]>}} Opened */

/**
 * @param {{controls: HTMLElement, strip: HTMLElement, code: HTMLElement}} parts  empty
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => boolean} send  gives whether it was
 * @returns {() => void} undo
 */
export function mountSlowMotion({ controls, strip, code }, store, send) {
  controls.innerHTML = `
    <button type="button" class="button small" data-testid="phase-back">${icon('previous')}</button>
    <output data-testid="phase" data-value=""></output>
    <button type="button" class="button small" data-testid="phase-next">${icon('next')}</button>`;
  strip.innerHTML = `
    <div class="formula"></div>
    <p><button type="button" class="button small" data-testid="phase-sample-previous">‹</button><output data-testid="phase-sample"></output><button type="button" class="button small" data-testid="phase-sample-next">›</button>
      <label><span></span><input type="range" min="0" max="${PACES.length - 1}" step="1" value="0" data-testid="phase-pace"></label>
      <button type="button" class="button small" data-testid="phase-code" aria-pressed="false"></button>
      <button type="button" class="button small close" data-testid="phase-off">${icon('close')}</button></p>`;
  code.innerHTML = `<header><h2></h2><button type="button" class="button small close" data-testid="code-close">${icon('close')}</button></header><dl></dl><pre tabindex="0"></pre>`;
  const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (controls.parentElement?.parentElement?.querySelector(`[data-testid=${id}]`) ?? code.querySelector(`[data-testid=${id}]`));
  const [back, next, toggleCode, off, closeCode, sampleBack, sampleNext] = /** @type {HTMLButtonElement[]} */ (['phase-back', 'phase-next', 'phase-code', 'phase-off', 'code-close', 'phase-sample-previous', 'phase-sample-next'].map(find));
  const [label, sampleWords] = ['phase', 'phase-sample'].map(find);
  const pace = /** @type {HTMLInputElement} */ (find('phase-pace'));
  const formula = /** @type {HTMLElement} */ (strip.querySelector('.formula'));

  let at = -1; // the phase; −1: off
  let goal = -1; // the phase to be at when the step that is asked for has come; −2: its last; −1: none is asked for
  let settled = true; // whether a picture has come since the last command of its own
  let ownAt = -Infinity; // when that was given
  /** @type {(() => void) | null} a move made while a step was being opened */
  let queued = null;
  let codeShown = false;
  let timer = 0;

  const opened = () => /** @type {Opened} */ (store.get('opened'));
  const layers = () => opened().phases.filter(({ name }) => name === 'forward').length;
  const last = () => opened().phases.length - 1;
  /** The step at which the run then stands. */
  const standing = () => opened().step - (applied() ? 0 : 1);
  const lacking = () => Boolean(store.get('draft')?.lack); // points of one's own that cannot be trained on yet
  const applied = () => at >= 0 && opened().phases[at].name === 'update';

  // ---- moves

  /** @param {number} to  the phase to be at then, −2: the last */
  function open(to) {
    goal = to;
    wait();
    if (store.get('state')?.playing) send({ type: 'pause' });
    send({ type: 'open', sample: store.get('sample') ?? 0 });
  }

  /** @param {import('../../core/commands.js').Command} one */
  function command(one) {
    const sent = send(one);
    if (sent) wait();
    return sent;
  }

  function wait() {
    ownAt = performance.now();
    settled = false;
  }

  function forth() {
    if (goal !== -1) queued = forth;
    else if (at < 0 || at === last()) {
      open(0);
    } else if (opened().phases[at + 1].name === 'update' && !command({ type: 'step', count: 1 })) {
      stop();
    } else {
      at += 1;
      show();
    }
  }

  function forthBack() {
    if (goal !== -1) queued = forthBack;
    else if (at > 0) {
      if (applied()) command({ type: 'back', steps: 1 });
      at -= 1;
      show();
    } else if (at < 0) {
      open(0);
    } else if (opened().step > 1 && !lacking()) { // the update of the step before
      command({ type: 'back', steps: 1 });
      open(-2);
      command({ type: 'step', count: 1 });
    }
  }

  function stop() {
    [at, goal, queued] = [-1, -1, null];
    formula.style.minHeight = '';
    clearTimeout(timer);
    pace.value = '0';
    store.set({ phase: null, lit: null });
    show();
  }

  function arrived() {
    if (goal === -1 || !opened()) return;
    at = goal === -2 ? last() : Math.min(goal, last());
    goal = -1;
    settled = store.get('frame')?.step === standing();
    show();
    const move = queued;
    queued = null;
    move?.();
  }

  function tick() {
    clearTimeout(timer);
    const perSecond = PACES[Number(pace.value)];
    if (at < 0 || !perSecond) return;
    timer = window.setTimeout(() => {
      forth();
      tick();
    }, 1000 / perSecond);
  }

  /** Somebody went elsewhere: the step is opened anew. */
  function follow() {
    const frame = store.get('frame');
    if (at < 0 || goal !== -1) return;
    if (store.get('state')?.playing || store.get('connection') !== 'open') {
      stop();
      return;
    }
    if (frame?.step === standing()) settled = true;
    else if (frame && (settled || performance.now() > ownAt + PATIENCE)) open(0);
  }

  /** A number was changed by hand: another step is to come. */
  function changed() {
    if (at >= 0 && goal === -1 && settled) open(applied() ? 0 : at);
  }

  /** Between pictures, with the numbers on: every neuron's activation, of the step to come. */
  function askForNumbers() {
    if (store.get('numbers') && at < 0 && goal === -1 && store.get('frame') && !store.get('state')?.playing) send({ type: 'open', sample: store.get('sample') ?? 0 });
  }

  back.onclick = forthBack;
  next.onclick = forth;
  off.onclick = () => {
    stop();
    next.focus();
  };
  toggleCode.onclick = closeCode.onclick = () => {
    codeShown = !codeShown;
    show();
  };
  pace.oninput = () => {
    tellPace();
    tick();
  };
  const turn = (/** @type {number} */ by) => store.set({ sample: ((store.get('sample') ?? 0) + by + opened().batch.length) % opened().batch.length });
  sampleBack.onclick = () => turn(-1);
  sampleNext.onclick = () => turn(1);

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey || !(event.target instanceof Element)) return;
    if (event.target.closest('dialog, [popover]:not(.message), input, select, textarea')) return;
    if (event.key === 'ArrowRight') forth();
    else if (event.key === 'ArrowLeft') forthBack();
    else return;
    event.preventDefault();
    event.stopPropagation(); // else it would take a whole step
  }
  document.addEventListener('keydown', press, { capture: true });

  // ---- what is shown

  function tellPace() {
    const perSecond = PACES[Number(pace.value)];
    const words = perSecond ? t('phase.pace', { count: String(perSecond) }) : t('phase.by_hand');
    /** @type {HTMLElement} */ (pace.previousElementSibling).textContent = words;
    pace.setAttribute('aria-label', t('phase.pace_title'));
    pace.setAttribute('aria-valuetext', words);
    pace.style.setProperty('--v', `${(Number(pace.value) / (PACES.length - 1)) * 100}%`);
  }

  function words() {
    for (const [button, key] of /** @type {[HTMLElement, string][]} */ ([[back, 'phase.back_title'], [next, 'phase.next_title'], [off, 'phase.off'], [closeCode, 'close'], [sampleBack, 'inspector.sample_previous'], [sampleNext, 'inspector.sample_next']])) {
      button.title = t(key);
      button.setAttribute('aria-label', t(key));
    }
    toggleCode.textContent = t('phase.code');
    controls.setAttribute('aria-label', t('phase.title'));
    tellPace();
    show();
  }

  function show() {
    const on = at >= 0;
    strip.hidden = !on;
    code.hidden = !on || !codeShown;
    document.documentElement.classList.toggle('coding', !code.hidden);
    toggleCode.setAttribute('aria-pressed', String(codeShown));
    controls.classList.toggle('on', on);
    back.disabled = on && at === 0 && (opened().step <= 1 || lacking());
    if (!on) {
      label.textContent = t('phase.title');
      label.dataset.value = '';
      return;
    }
    const { phases, batch, step, sample, code: lines } = opened();
    const phase = phases[at];
    const id = idOf(phase);
    label.textContent = nameOf(phase, layers());
    label.dataset.value = id;
    label.title = t('phase.of_step', { step });
    const spec = store.get('spec');
    const written = formulaOf(phase, layers(), spec);
    if (formula.dataset.of !== written) {
      formula.dataset.of = written;
      formula.innerHTML = written.split(AND).map(mathOf).join('');
      formula.style.minHeight = `${Math.max(parseFloat(formula.style.minHeight) || 0, formula.scrollHeight)}px`; // so that the network jumps once at most
    }
    sampleWords.textContent = t('phase.sample', { number: sample + 1, count: batch.length, point: batch[sample] + 1 });
    sampleWords.dataset.value = String(batch[sample]);
    store.set({ phase: { ...phase, id, index: at, step, batch, sample }, lit: { key: `${id} ${step} ${sample}`, points: batch, chosen: batch[sample] } });
    if (!code.hidden) showCode(phase, lines[phase.name]);
  }

  /** @param {Phase} phase @param {Code[]} written */
  function showCode(phase, written) {
    /** @type {HTMLElement} */ (code.querySelector('h2')).textContent = t('phase.code_of', { name: nameOf(phase, layers()) });
    /** @type {HTMLElement} */ (code.querySelector('dl')).replaceChildren(...Object.entries(phase.bound).map(([name, values]) => {
      const row = document.createElement('div');
      row.innerHTML = '<dt></dt><dd></dd>';
      row.children[0].textContent = name;
      row.children[1].textContent = listed(values);
      return row;
    }));
    const pre = /** @type {HTMLElement} */ (code.querySelector('pre'));
    const bug = store.get('state')?.planted;
    const shown = JSON.stringify([written, bug, document.documentElement.lang]);
    if (pre.dataset.shown === shown) return;
    pre.dataset.shown = shown;
    pre.replaceChildren(...written.map(({ lines, planted }) => {
      const part = document.createElement('code');
      part.append(...lines.split('\n').map(asLine));
      if (planted) {
        part.className = 'planted';
        const says = document.createElement('strong');
        says.textContent = t('phase.planted', { name: t(`bug.${bug}`) });
        part.prepend(says);
      }
      return part;
    }));
  }

  words();
  const undo = [
    store.watch(['opened'], arrived),
    store.watch(['frame', 'state', 'connection'], follow),
    store.watch(['timeline'], changed),
    store.watch(['inspected'], () => { // what is opened last stands in front
      if (!store.get('inspected') || !codeShown) return;
      codeShown = false;
      show();
    }),
    store.watch(['points'], () => (at >= 0 || goal !== -1) && open(0)),
    store.watch(['draft'], () => (lacking() && (at >= 0 || goal !== -1) ? stop() : show())),
    store.watch(['sample'], () => (at >= 0 || goal !== -1) && open(Math.max(at, 0))),
    store.watch(['frame', 'numbers', 'state', 'sample'], askForNumbers),
    store.watch(['language', 'spec'], () => store.get('spec') && words()),
    () => document.removeEventListener('keydown', press, { capture: true }),
    () => clearTimeout(timer),
    () => [controls, strip, code].forEach((part) => part.replaceChildren()),
  ];
  return () => undo.forEach((undone) => undone());
}

/** What does not fit goes on below, further in than it began. @param {string} text */
function asLine(text) {
  const line = document.createElement('span');
  line.style.setProperty('--indent', `${text.search(/\S|$/) + 4}ch`);
  line.textContent = `${text}\n`;
  return line;
}
