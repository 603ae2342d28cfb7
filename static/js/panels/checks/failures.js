// @ts-check
// Failures to try: runs that go wrong on one click, and the bar that says what to look at and offers the repair.

import { sameExperiment } from '../../experiment/compatibility.js';
import { t } from '../../core/i18n.js';
import { createRovingGrid } from '../../core/roving_focus.js';

/** @typedef {import('../../wire/messages.js').Failure} Failure */
/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {(command: import('../../core/command_queue.js').Command) => void} Send */
/** @typedef {{begin: import('../../experiment/fresh_start.js').FreshStart, send: Send}} Act */

const SEPARATOR = ' · ';

/**
 * @param {{list: HTMLElement, bar: HTMLElement}} roots  list: among the presets
 * @param {Store} store
 * @param {Act} act
 * @param {() => void} chosen  called when a failure has been chosen from the list
 */
export function mountFailures({ list, bar }, store, { begin, send }, chosen) {
  const [title, buttons] = /** @type {HTMLElement[]} */ ([...list.children]);
  const showBar = createBar(bar, store, send);
  const arrowKeys = createRovingGrid(buttons, () => /** @type {HTMLElement[]} */ ([...buttons.children]));

  function showList() {
    title.textContent = t('break.title');
    buttons.replaceChildren(...(store.get('breakages') ?? []).map((failure) => makeButton(failure, () => {
      begin({ spec: failure.spec }, { broken: { name: failure.name, repaired: false } });
      send({ type: 'play' });
      chosen();
    })));
    arrowKeys.update();
    showBar();
  }

  showList();
  const stops = [
    store.watch(['breakages', 'language'], showList),
    store.watch(['broken', 'spec', 'fields'], showBar),
    store.watch(['preset'], () => { if (store.get('preset') !== null) store.set({ broken: null }); }),
  ];
  return () => {
    stops.forEach((stop) => stop());
    buttons.replaceChildren();
  };
}

/** @param {Failure} failure @param {() => void} choose */
function makeButton({ name }, choose) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button small';
  button.dataset.testid = `break-${name}`;
  button.textContent = t(`break.${name}`);
  button.title = t(`break.${name}.see`);
  button.onclick = choose;
  return button;
}

/** The failure whose run this still is, repaired or not. @param {Store} store @returns {Failure | null} */
function presentFailure(store) {
  const [chosen, spec, fields] = [store.get('broken'), store.get('spec'), store.get('fields')];
  const failure = failureOf(store);
  if (!failure || !chosen || !spec || !fields) return null;
  return sameExperiment(fields, chosen.repaired ? { ...failure.spec, ...failure.repair } : failure.spec, spec) ? failure : null;
}

/** @param {Store} store */
const failureOf = (store) => (store.get('breakages') ?? []).find(({ name }) => name === store.get('broken')?.name) ?? null;

/** @param {HTMLElement} bar @param {Store} store @param {Send} send @returns {() => void} shows it */
function createBar(bar, store, send) {
  const [name, text, repair] = /** @type {HTMLElement[]} */ ([...bar.querySelectorAll('b, span, .repair')]);
  const close = /** @type {HTMLElement} */ (bar.querySelector('.close'));
  repair.onclick = () => {
    const failure = failureOf(store);
    if (!failure) return;
    store.set({ broken: { name: failure.name, repaired: true } });
    send({ type: 'configure', spec: failure.repair });
    send({ type: 'reset' }); // a new learning rate alone would not restart the run, and dead neurons would stay dead
    send({ type: 'play' });
  };
  close.onclick = () => store.set({ broken: null });

  return () => {
    const failure = presentFailure(store);
    const repaired = store.get('broken')?.repaired ?? false;
    bar.hidden = !failure;
    document.body.classList.toggle('broken', failure !== null);
    if (!failure) return;
    name.textContent = t(repaired ? 'break.mended' : `break.${failure.name}`);
    const fields = Object.keys(failure.repair).map((field) => t(`field.${field}`)).join(SEPARATOR);
    text.textContent = repaired ? t('break.mended_by', { fields }) : t(`break.${failure.name}.see`);
    repair.textContent = t('break.repair');
    repair.title = fields;
    repair.hidden = repaired;
  };
}
