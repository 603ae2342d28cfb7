// @ts-check
// The button that follows a training point through the network: it pauses the run and opens one that has a part in the step
// shown, as a click on such a point of the map does.

import { t } from '../../core/i18n.js';
import { openPoint } from './picked_point.js';
import { readPlaneContents } from './plane_contents.js';

/** @typedef {import('../../core/store.js').Store} Store */

/**
 * @param {HTMLElement} root  the boundary, whose heading gets the button
 * @param {Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @returns {() => void} undo
 */
export function mountFollowPoint(root, store, send) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'chip follow';
  button.dataset.testid = 'follow-point';
  root.querySelector('h2')?.append(button);
  let stopWaiting = () => {};
  button.onclick = () => {
    stopWaiting();
    if (store.get('state')?.playing) send({ type: 'pause' });
    stopWaiting = followOne(store);
  };

  function show() {
    const { output, draft, train } = readPlaneContents(store);
    button.hidden = Boolean(draft) || !output?.plane || !train.length;
    button.textContent = t('boundary.follow');
    button.title = t('boundary.follow.title');
  }
  show();
  const stop = store.watch(['points', 'draft', 'state', 'language'], show);
  return () => {
    stop();
    stopWaiting();
    button.remove();
  };
}

/** The first point, and if the step shown turns out to be of others, one of them, once. @param {Store} store @returns {() => void} undo */
function followOne(store) {
  const { train } = readPlaneContents(store);
  /** @param {number} index */
  const open = (index) => {
    openPoint(store, train[index]);
    return store.get('inspected');
  };
  let again = false;
  let inspected = open(store.get('phase')?.batch[0] ?? 0);
  const stop = store.watch(['explanation', 'inspected'], () => {
    const [explanation, playing] = [store.get('explanation'), store.get('state')?.playing];
    if (store.get('inspected') !== inspected) return stop();
    if (playing || explanation?.subject.kind !== 'point' || explanation.subject.index !== inspected?.index) return;
    if (explanation.lines.length || again) return stop();
    again = explanation.batch.length > 0;
    if (again) inspected = open(explanation.batch[0]);
  });
  return stop;
}
