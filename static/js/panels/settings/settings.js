// @ts-check
// The sheet of all settings, beside the network where the screen is wide enough and over it elsewhere.

import { translate } from '../../core/i18n.js';
import { createSettingsList } from './settings_list.js';

/**
 * @param {HTMLElement} root  a popover
 * @param {HTMLElement} opener  its button
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function mountSettings(root, opener, store, send) {
  const search = /** @type {HTMLInputElement} */ (root.querySelector('input[type=search]'));
  const list = createSettingsList(root, search, store, (change) => send({ type: 'configure', spec: change }));
  search.oninput = list.filter;

  const show = () => {
    if (root.matches(':popover-open')) list.show();
  };
  const place = () => placeBelow(root, opener);
  /** @param {Event} event */
  const toggled = (event) => {
    const open = /** @type {ToggleEvent} */ (event).newState === 'open';
    document.documentElement.classList.toggle('settings-open', open);
    opener.setAttribute('aria-expanded', String(open));
    if (!open) return;
    place();
    show();
  };
  /** Elements of the page with data-opens open the sheet at that setting. @param {MouseEvent} event */
  const openAt = ({ target }) => {
    const field = target instanceof Element && /** @type {HTMLElement | null} */ (target.closest('[data-opens]'))?.dataset.opens;
    if (!field) return;
    root.showPopover();
    search.value = '';
    show();
    list.scrollTo(field);
  };
  /** @param {KeyboardEvent} event */
  const close = (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !root.matches(':popover-open') || document.querySelector('[popover=auto]:popover-open, dialog[open]')) return;
    event.preventDefault(); // it closes nothing else
    root.hidePopover();
    opener.focus();
  };

  root.addEventListener('toggle', toggled);
  document.addEventListener('click', openAt);
  document.addEventListener('keydown', close);
  addEventListener('resize', place);
  const stops = [
    store.watch(['spec', 'fields', 'choices', 'state'], show),
    store.watch(['language'], () => {
      translate(root);
      list.labels();
      show();
    }),
  ];
  return () => {
    stops.forEach((stop) => stop());
    root.removeEventListener('toggle', toggled);
    document.removeEventListener('click', openAt);
    document.removeEventListener('keydown', close);
    removeEventListener('resize', place);
  };
}

/** Below the bar its button is in; where that is not in view, over the whole height. @param {HTMLElement} root @param {HTMLElement} opener */
function placeBelow(root, opener) {
  const bottom = opener.closest('.panel')?.getBoundingClientRect().bottom ?? 0;
  root.style.setProperty('--below', `${bottom > 0 && bottom < innerHeight / 3 ? bottom : 0}px`);
}
