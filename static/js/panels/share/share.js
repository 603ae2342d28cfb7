// @ts-check
// The dialog Share: the address of the whole setup to copy, to scan and to embed, and which controls it leaves out.

import { copyText } from '../../core/clipboard.js';
import { placeBeside } from '../../core/elements.js';
import { t } from '../../core/i18n.js';

/** Controls that can be left out, by data-testid, and the key of their words. */
const CONTROLS = [
  ['presets', 'gallery.title'], ['save', 'save'], ['share', 'share'], ['more', 'settings'], ['checked', 'checked.title'], ['race', 'chart.race'],
  ['optimizer', 'field.optimizer'], ['learning-rate', 'field.learning_rate'], ['activation', 'field.activation'], ['loss', 'field.loss'],
  ['regularization', 'field.regularization'], ['initializer', 'field.initializer'], ['noise', 'field.noise'], ['train-fraction', 'field.train_fraction'],
  ['batch-size', 'field.batch_size'], ['regenerate', 'regenerate'], ['draw-points', 'draw'], ['upload', 'upload'],
];
const LOCAL = ['localhost', '127.0.0.1', '[::1]']; // names that each computer has for itself
const MOST_IN_CODE = 1200; // characters: a finer QR code cannot be scanned from a wall

/**
 * @param {HTMLElement} dialog  a popover
 * @param {HTMLElement} opener  its button
 * @param {import('../../core/store.js').Store} store
 * @param {() => string} publish  puts the experiment into the address bar; returns the whole address
 */
export function mountShare(dialog, opener, store, publish) {
  const find = (/** @type {string} */ selector) => /** @type {any} */ (dialog.querySelector(selector));
  const [address, embed, code, tooLong] = ['[data-testid=share-address]', '[data-testid=share-embed]', '[data-testid=share-qr]', '.too-long'].map(find);
  const boxes = CONTROLS.map(([testid]) => makeBox(testid));
  find('.controls').replaceChildren(...boxes.map((box) => box.parentElement));
  find('.local').hidden = !LOCAL.includes(location.hostname);
  let whole = '';

  function show() {
    const hidden = boxes.filter((box) => !box.checked).map((box) => box.value);
    address.value = withHidden(whole, hidden);
    embed.value = `<iframe src="${address.value.replaceAll('&', '&amp;')}" width="1200" height="800" title="Backprop Playground"></iframe>`;
    code.hidden = address.value.length > MOST_IN_CODE;
    tooLong.hidden = !code.hidden;
    if (!code.hidden) code.src = `qr.svg?text=${encodeURIComponent(address.value)}`;
  }

  async function copy() {
    const copied = await copyText(address.value);
    store.set({ message: { kind: 'notice', key: copied ? 'share.copied' : 'share.shown' } });
  }

  const label = () => boxes.forEach((box, i) => { /** @type {Element} */ (box.nextElementSibling).textContent = t(CONTROLS[i][1]); });
  const toggled = () => {
    const open = dialog.matches(':popover-open');
    opener.setAttribute('aria-expanded', String(open));
    if (!open) return;
    whole = publish();
    show();
    copy();
  };
  dialog.addEventListener('toggle', toggled);
  const sized = new ResizeObserver(() => dialog.matches(':popover-open') && placeBeside(dialog, opener)); // the code comes, and details open
  sized.observe(dialog);
  find('.controls').onchange = show;
  find('[data-testid=share-copy]').onclick = copy;
  address.onfocus = embed.onfocus = (/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.target).select();
  label();
  const stop = store.watch(['language'], label);
  return () => {
    dialog.removeEventListener('toggle', toggled);
    sized.disconnect();
    stop();
  };
}

/** @param {string} testid */
function makeBox(testid) {
  const label = document.createElement('label');
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: true, value: testid });
  box.dataset.testid = `share-shows-${testid}`;
  label.append(box, document.createElement('span'));
  return box;
}

/** @param {string} address @param {string[]} testids */
export function withHidden(address, testids) {
  const [page, hash] = address.split('#', 2);
  return `${page}${testids.length ? `?hide=${testids.join(',')}` : ''}${hash ? `#${hash}` : ''}`;
}
