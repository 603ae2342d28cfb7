// @ts-check
// What the inspector shows of its subject, filled in again as explanations arrive, but no faster than can be read.

import { createHealth } from './health.js';
import { chosenPoint, explanationOf } from './explanation.js';
import { createLines } from './lines.js';
import { createNotInBatch } from './not_in_batch.js';
import { createParameterFields } from './parameter_fields.js';
import { createStepText } from './step_text.js';
import { showPointInFile } from './point_in_file.js';
import { readSubjectNames, subjectName } from './subjects.js';

const FILL_INTERVAL = 100; // milliseconds: digits that change faster cannot be read

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {import('../../wire/messages.js').Subject} Subject */

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @param {(subject: Subject) => void} goTo
 */
export function createContent(root, store, send, goTo) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const [title, body] = [find('h2'), find('.lines')];
  const fields = createParameterFields(find('.fields'), store, send);
  const showHealth = createLayerHealth(find('.health'), store);
  const lines = createLines(body, goTo);
  const stepText = createStepText(root, store);
  const notInBatch = createNotInBatch(find('.nothing'), find('.others'), goTo);
  let timer = 0;
  let filledAt = -Infinity;

  function fill() {
    const subject = store.get('inspected');
    const spec = store.get('spec');
    if (!subject || !spec) return;
    const names = readSubjectNames(store);
    title.textContent = subjectName(subject, names);
    fields.offer(subject);
    showHealth();
    const explanation = explanationOf(store);
    body.classList.toggle('waiting', !explanation);
    if (!explanation) return;
    filledAt = performance.now();
    const chosen = chosenPoint(explanation, subject);
    stepText.show(explanation, subject);
    showPointInFile(find('.of-file'), store, chosen);
    lines.show(explanation.lines, { nameOf: (other) => subjectName(other, names), chosen }, document.documentElement.lang);
    markPoints(store, explanation.batch, chosen);
    notInBatch.show(subject, explanation);
    fields.fill(explanation);
  }

  function fillSoon() {
    const wait = filledAt + FILL_INTERVAL - performance.now();
    clearTimeout(timer);
    if (wait <= 0) fill();
    else timer = window.setTimeout(fill, wait);
  }

  return {
    clear: lines.clear,
    show() {
      filledAt = -Infinity;
      fill();
    },
    watch: () => [
      store.watch(['phase'], () => store.get('inspected') && fillSoon()),
      store.watch(['explanation'], fillSoon),
      store.watch(['health', 'quantity', 'state'], showHealth),
      store.watch(['spec', 'language'], fillSoon),
      () => clearTimeout(timer),
    ],
  };
}

/** The measured statistics of an inspected layer. @param {HTMLElement} root @param {Store} store @returns {() => void} shows them */
function createLayerHealth(root, store) {
  const health = createHealth(root, (quantity) => store.set({ quantity, chart: 'layers', panel: 'layers' }));
  return () => {
    const [subject, measured] = [store.get('inspected'), store.get('health')];
    root.hidden = subject?.kind !== 'layer';
    if (subject?.kind !== 'layer') return;
    const ofRun = measured?.revision === store.get('state')?.revision ? measured : null;
    health.show(ofRun?.layers[subject.layer] ?? null, ofRun?.step ?? null, store.get('quantity'));
  };
}

/** Marks the points of a batch on the output; in slow motion its own are marked. @param {Store} store @param {number[]} batch @param {number | null} chosen */
function markPoints(store, batch, chosen) {
  if (store.get('phase')) return;
  const key = `${batch.join()} ${chosen}`;
  if (store.get('lit')?.key !== key) store.set({ lit: { key, points: batch, chosen } });
}
