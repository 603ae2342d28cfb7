// @ts-check
// The controls of training: play, one mini-batch, one epoch, reset, and how fast.

import { t } from '../../core/i18n.js';

// Steps per second by position of the slider, about evenly spaced on a logarithmic scale; the position after the last is "as fast as the machine can".
const SPEEDS = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 4000];

/** @param {number | null} speed @returns {number} the nearest position of the slider */
function positionOf(speed) {
  if (speed === null) return SPEEDS.length;
  const distances = SPEEDS.map((value) => Math.abs(Math.log(value / speed)));
  return distances.indexOf(Math.min(...distances));
}

/** @param {number} position @returns {number | null} steps per second; null: as fast as the machine can */
const speedAt = (position) => SPEEDS[position] ?? null;

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function mountTransport(root, store, send) {
  const find = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-testid=${id}]`));
  const play = find('play');
  play.onclick = () => send({ type: store.get('state')?.playing ? 'pause' : 'play' });
  /** A run that plays pauses first. @param {import('../../core/command_queue.js').Command} command */
  const pauseAndSend = (command) => {
    if (store.get('state')?.playing) send({ type: 'pause' });
    send(command);
  };
  find('step').onclick = () => pauseAndSend({ type: 'step', count: 1 });
  find('epoch-step').onclick = () => pauseAndSend({ type: 'epoch' });
  find('reset').onclick = () => send({ type: 'reset' });

  const speed = /** @type {HTMLInputElement} */ (root.querySelector('#speed'));
  const speedText = /** @type {HTMLElement} */ (root.querySelector('.speed-words'));
  speed.min = '0';
  speed.max = String(SPEEDS.length);
  speed.oninput = () => {
    showSpeed(speedAt(speed.valueAsNumber));
    send({ type: 'speed', steps_per_second: speedAt(speed.valueAsNumber) });
  };

  /** @param {number | null} value steps per second */
  function showSpeed(value) {
    const sentence = value === null ? t('speed.full') : t('speed.words', { count: value });
    speedText.textContent = sentence;
    speed.setAttribute('aria-valuetext', sentence);
    speed.style.setProperty('--v', `${(positionOf(value) / SPEEDS.length) * 100}%`);
  }

  function show() {
    const state = store.get('state');
    const playing = state?.playing === true;
    play.setAttribute('aria-pressed', String(playing));
    const lost = ['lost', 'refused'].includes(store.get('connection'));
    for (const button of [play, ...['step', 'epoch-step', 'reset'].map(find)]) button.disabled = lost;
    play.title = t(playing ? 'pause.title' : 'play.title');
    if (!state || speed.matches(':active')) return;
    speed.value = String(positionOf(state.speed));
    showSpeed(state.speed);
  }
  show();
  return store.watch(['state', 'connection', 'language'], show);
}
