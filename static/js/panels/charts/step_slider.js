// @ts-check
// The slider over the steps of a branch, and the seeking it asks for: one place at a time, and of many only the newest.

import { t } from '../../core/i18n.js';

const WAIT = 150; // milliseconds until another place is sought though the last has not been shown
const SHOWN = 20; // milliseconds after which a picture that comes is that of the place sought

/**
 * @param {HTMLInputElement} slider
 * @param {HTMLElement} words  what step it stands at
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function createStepSlider(slider, words, store, send) {
  /** @type {number | null} the step that is to be sought once the last one is shown */
  let wanted = null;
  let askedAt = -Infinity;
  let timer = 0;

  const now = () => store.get('frame')?.step ?? store.get('timeline')?.step ?? 0;
  /** The last step of this branch. */
  function end() {
    const timeline = store.get('timeline');
    return Math.max(now(), timeline?.branches[timeline.current]?.ends ?? 0);
  }

  function seekWanted() {
    clearTimeout(timer);
    const timeline = store.get('timeline');
    if (wanted === null || !timeline) return;
    send({ type: 'seek', branch: timeline.current, step: wanted });
    wanted = null;
    askedAt = performance.now();
  }

  /** @param {number} step */
  function writeStep(step) {
    words.textContent = t(step < end() ? 'timeline.past' : 'timeline.now', { step });
    slider.setAttribute('aria-valuetext', words.textContent);
  }

  slider.oninput = () => {
    writeStep(slider.valueAsNumber);
    wanted = slider.valueAsNumber;
    clearTimeout(timer);
    const wait = askedAt + WAIT - performance.now();
    if (wait <= 0) seekWanted();
    else timer = window.setTimeout(seekWanted, wait);
  };

  return {
    end,
    show() {
      const last = end();
      slider.max = String(last);
      slider.disabled = last === 0;
      if (wanted === null && !slider.matches(':active')) {
        slider.value = String(now());
        writeStep(now());
      }
      slider.style.setProperty('--v', `${last ? (slider.valueAsNumber / last) * 100 : 100}%`);
    },
    label: () => slider.setAttribute('aria-label', t('timeline.title')),
    /** A picture has come: the next place may be sought. */
    follow() {
      if (wanted !== null && performance.now() > askedAt + SHOWN) seekWanted();
    },
    stop: () => clearTimeout(timer),
  };
}
