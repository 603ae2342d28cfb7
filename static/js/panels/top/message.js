// @ts-check
// One sentence below the page, which makes room for it. An error stays until it is closed or the person
// goes on with something else (actions.js); a notice closes by itself.

import { hasText, t } from '../../core/i18n.js';
import { reasonText } from '../../experiment/choice_options.js';

const NOTICE_TIME = 8000; // milliseconds: two sentences, read slowly

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @param {{retry: () => void, dialogs: HTMLDialogElement[]}} page  retry: tries the connection again
 */
export function mountMessage(root, store, send, { retry, dialogs }) {
  const text = /** @type {HTMLElement} */ (root.querySelector('p'));
  const [again, undo, offer, close] = ['.retry', '.undo', '.offer', '.close'].map((selector) => /** @type {HTMLButtonElement} */ (root.querySelector(selector)));
  let timer = 0;

  const clear = () => store.set({ message: null });
  close.onclick = clear;
  again.onclick = () => {
    clear();
    retry();
  };
  undo.onclick = () => {
    clear();
    send({ type: 'undo' });
  };

  offer.onclick = () => {
    const run = store.get('message')?.offer?.run;
    clear();
    run?.();
  };

  const showText = () => {
    const message = store.get('message');
    if (!message) return;
    offer.textContent = message.offer ? t(message.offer.key) : '';
    text.textContent = message.notes
      ? message.notes.map(reasonText).join(' ')
      : hasText(message.key) ? t(message.key, namedValues(message.values)) : message.text ?? '';
  };

  const show = () => {
    const message = store.get('message');
    clearTimeout(timer);
    if (root.matches(':popover-open')) root.hidePopover();
    if (!message || dialogs.some((dialog) => dialog.open)) return; // it waits until the dialog closes
    root.setAttribute('role', message.kind === 'error' ? 'alert' : 'status');
    root.dataset.kind = message.kind;
    again.hidden = !message.retry;
    undo.hidden = !message.undo;
    offer.hidden = !message.offer;
    root.showPopover(); // filled afterwards, so that screen readers say it
    showText();
    if (message.kind === 'notice') timer = setTimeout(clear, NOTICE_TIME);
  };
  const resized = new ResizeObserver(() => {
    document.documentElement.style.setProperty('--message-height', root.offsetHeight ? `calc(${root.offsetHeight}px + var(--u))` : '0px');
  });
  resized.observe(root);
  show();
  for (const dialog of dialogs) dialog.addEventListener('close', show);
  const stops = [store.watch(['message'], show), store.watch(['language'], showText)];
  return () => {
    for (const dialog of dialogs) dialog.removeEventListener('close', show);
    stops.forEach((stop) => stop());
    resized.disconnect();
    clearTimeout(timer);
  };
}

/** Fields and bugs by the names they have on the page, as they are written within a sentence. @param {Record<string, any>} [values] */
function namedValues(values) {
  const fields = values?.fields?.map((/** @type {string} */ name) => (hasText(`field.${name}`) ? t(`field.${name}`).toLowerCase() : name));
  const bug = values?.bug && hasText(`bug.${values.bug}`) ? { bug: t(`bug.${values.bug}`) } : {};
  return { ...values, ...bug, ...(fields ? { fields } : {}) };
}
