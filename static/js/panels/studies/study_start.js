// @ts-check
// What a study that is many runs has on its panel: the button that starts and stops it, its cost, and how much of it is done.

import { write } from '../../core/elements.js';
import { formatCount, t } from '../../core/i18n.js';
import { shortNumber } from '../../draw/base/numbers.js';

/** @typedef {import('../../wire/messages.js').StudyMessage} StudyMessage */

/** The button that starts, stops and goes on. @param {HTMLElement} root @param {() => StudyMessage | null} study @param {() => void} begin @param {(command: any) => unknown} send */
export function connectStart(root, study, begin, send) {
  /** @type {HTMLFormElement} */ (root.querySelector('form')).onsubmit = (event) => {
    event.preventDefault();
    const action = { working: 'stop', stopped: 'go_on' }[String(study()?.state)];
    if (action) send({ type: 'study_control', action });
    else begin();
  };
}

/** @param {{start: HTMLElement, progress: HTMLProgressElement, time: HTMLElement}} parts @param {StudyMessage | null} now */
export function showStudyProgress({ start, progress, time }, now) {
  const share = now ? now.done / now.runs : 0;
  progress.value = share;
  progress.dataset.value = String(share);
  const underWay = now?.state === 'working' || now?.state === 'stopped';
  write(start, t(now && underWay ? `sweep.${now.state}` : now ? 'sweep.again' : 'sweep.start'));
  const values = now && { done: formatCount(now.done), runs: now.runs, seconds: shortNumber(Math.ceil(now.seconds_left)) };
  write(time, values ? t(`sweep.time.${now.state === 'working' ? 'working' : 'other'}`, values) : '');
}

/** @param {HTMLElement} output @param {import('../../wire/messages.js').StudyCost | null} cost */
export function showCost(output, cost) {
  write(output, cost ? t('sweep.cost', { runs: cost.runs, seconds: shortNumber(Math.max(0.1, cost.seconds), 2) }) : '');
}
