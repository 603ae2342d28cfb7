// @ts-check
// The menu Save: the weights of now as a file, and a file of weights into the network, chosen here or dropped on the page;
// the whole run as a file for others, its log for tables, pictures.

import { placeBeside } from '../../core/elements.js';
import { listenToFileDrop } from '../../core/file_drop.js';
import { translate } from '../../core/i18n.js';
import { say } from '../../core/notices.js';
import { saveLog } from '../../experiment/log_text.js';
import { lastActivation } from '../../experiment/spec_properties.js';
import { createExports } from './exports.js';
import { networkSummary } from './network_summary.js';
import { torchLines } from './torch_lines.js';
import { createPictures } from './pictures.js';
import { createNetworkOffer } from './network_offer.js';
import { sendWeights } from './weights_upload.js';

/**
 * @param {HTMLElement} menu  a popover
 * @param {HTMLElement} opener  its button
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => boolean} send  returns whether it was sent
 * @param {() => void} loaded  after a file is
 * @param {import('./pictures.js').Shown} shown  of which there are pictures
 */
export function mountSave(menu, opener, store, send, loaded, shown) {
  const links = /** @type {HTMLAnchorElement[]} */ ([...menu.querySelectorAll('a[download]')]);
  const picker = /** @type {HTMLInputElement} */ (menu.querySelector('[data-testid=load-weights]'));
  const log = /** @type {HTMLButtonElement} */ (menu.querySelector('[data-testid=save-log]'));
  const [lines, summary] = /** @type {NodeListOf<HTMLElement>} */ (menu.querySelectorAll('pre'));

  const networkOffer = createNetworkOffer(store, send, take);
  const exports = createExports(/** @type {HTMLElement} */ (menu.querySelector('.exports')), store);
  const pictures = createPictures(/** @type {HTMLElement} */ (menu.querySelector('.pictures')), shown, store);

  function showAddresses() {
    for (const link of links) link.href = `api/sessions/${store.get('state')?.session}/model.${link.dataset.format}`;
  }

  function showLines() {
    const state = store.get('state');
    if (!state || !menu.matches(':popover-open')) return;
    const text = torchLines(state.tensors, `playground-step-${(store.get('frame') ?? state).step}.pt`);
    if (lines.textContent !== text) lines.textContent = text;
    const [{ spec, sizes }, choices] = [state, store.get('choices')];
    if (choices) summary.textContent = networkSummary(sizes, spec.hidden, spec.activation, lastActivation(spec, choices), Boolean(spec.biases));
  }

  /** @param {File} file */
  async function take(file) {
    const fault = await sendWeights(file, store);
    if (menu.matches(':popover-open')) menu.hidePopover();
    if (fault) say(store, 'error', fault.key, { ...fault, offer: networkOffer.of(fault, file) });
    else loaded();
  }

  log.onclick = () => saveLog(store);
  picker.onchange = () => {
    const [file] = picker.files ?? [];
    picker.value = ''; // the same file again is a change, too
    if (file) take(file);
  };
  const toggled = () => {
    const open = menu.matches(':popover-open');
    opener.setAttribute('aria-expanded', String(open));
    if (!open) return;
    showLines();
    exports.prove();
    pictures.update();
    log.disabled = !store.get('history')?.log.length;
  };
  menu.addEventListener('toggle', toggled);
  const sized = new ResizeObserver(() => menu.matches(':popover-open') && placeBeside(menu, opener)); // proofs come, and details open
  sized.observe(menu);
  translate(menu);
  showAddresses();
  const stops = [store.watch(['state'], showAddresses), store.watch(['state', 'frame'], showLines), listenToFileDrop('weights', take), exports.forget, networkOffer.forget];
  return () => {
    menu.removeEventListener('toggle', toggled);
    sized.disconnect();
    stops.forEach((stop) => stop());
  };
}
