// @ts-check
// Every setting of the Spec, in sections, beside the picture where the screen is wide enough and over it elsewhere.

import { idleReason } from '../../experiment/compatibility.js';
import { t, translate } from '../../core/i18n.js';
import { makeRow } from './rows.js';
import { SECTIONS } from './sections.js';

/** @typedef {ReturnType<typeof makeRow>} Row */
/** @typedef {{box: HTMLDetailsElement, heading: HTMLElement, name: string, rows: Row[]}} Section */

/**
 * @param {HTMLElement} root  a popover
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 */
export function mountSettings(root, store, send) {
  const list = /** @type {HTMLElement} */ (root.querySelector('.settings-rows'));
  const search = /** @type {HTMLInputElement} */ (root.querySelector('input[type=search]'));
  const nothing = /** @type {HTMLElement} */ (root.querySelector('.nothing'));
  const opener = /** @type {HTMLElement} */ (document.querySelector(`[popovertarget="${root.id}"]`));
  /** @type {Section[]} */
  let sections = [];

  /** @param {Record<string, import('../../core/schema.js').Field>} fields */
  function build(fields) {
    sections = SECTIONS.map(([name, names]) => {
      const box = document.createElement('details');
      box.open = true;
      box.dataset.testid = `section-${name}`;
      box.innerHTML = '<summary><h3></h3></summary>';
      const rows = names.filter((field) => fields[field]).map((field) =>
        makeRow(field, fields[field], (value) => send({ type: 'configure', spec: { [field]: value } })));
      box.append(...rows.map(({ row }) => row));
      return { box, heading: /** @type {HTMLElement} */ (box.querySelector('h3')), name, rows };
    });
    list.replaceChildren(...sections.map(({ box }) => box));
    speak();
  }

  function speak() {
    translate(root);
    for (const { heading, name, rows } of sections) {
      heading.textContent = t(`settings.section.${name}`);
      for (const row of rows) row.speak();
    }
  }

  const show = () => {
    const [spec, fields, facts] = [store.get('spec'), store.get('fields'), store.get('choices')];
    if (!spec || !fields || !root.matches(':popover-open')) return;
    if (!sections.length) build(fields);
    for (const { rows } of sections) for (const row of rows) row.show({ spec, facts, store }, idleReason(row.name, spec, facts));
    find();
  };

  /** Leaves what the search asks for; without one, all but other optimizers' settings. */
  function find() {
    const wanted = search.value.trim().toLowerCase();
    let found = 0;
    for (const { box, rows } of sections) {
      let any = false;
      for (const { row, words } of rows) {
        const foreign = row.classList.contains('idle') && box.dataset.testid === 'section-optimizer';
        row.hidden = wanted === '' ? foreign : !words().includes(wanted);
        any ||= !row.hidden;
      }
      box.hidden = !any;
      if (wanted !== '' && any) box.open = true;
      found += any ? 1 : 0;
    }
    nothing.hidden = found > 0;
  }
  search.oninput = find;

  /** Opens at a setting. @param {string} field */
  function openAt(field) {
    root.showPopover();
    search.value = '';
    show();
    const row = sections.flatMap(({ rows }) => rows).find(({ name }) => name === field);
    const box = row?.row.closest('details');
    if (!row || !box) return;
    box.open = true;
    row.row.scrollIntoView({ block: 'start' });
    /** @type {HTMLElement | null} */ (row.row.querySelector(`#setting-${field}`))?.focus({ preventScroll: true });
  }
  /** @param {MouseEvent} event */
  const press = ({ target }) => {
    const field = target instanceof Element && /** @type {HTMLElement | null} */ (target.closest('[data-opens]'))?.dataset.opens;
    if (field) openAt(field);
  };
  /** @param {KeyboardEvent} event */
  const escape = (event) => {
    if (event.key !== 'Escape' || !root.matches(':popover-open') || document.querySelector('[popover=auto]:popover-open, dialog[open]')) return;
    root.hidePopover();
    opener.focus();
  };

  /** Under the controls, from there down; where these are not in view, the whole height. */
  const place = () => {
    const below = opener.closest('.panel')?.getBoundingClientRect().bottom ?? 0;
    root.style.setProperty('--below', `${below > 0 && below < innerHeight / 3 ? below : 0}px`);
  };
  /** @param {Event} event */
  const toggled = (event) => {
    const open = /** @type {ToggleEvent} */ (event).newState === 'open';
    document.documentElement.classList.toggle('settings-open', open);
    opener.setAttribute('aria-expanded', String(open));
    if (!open) return;
    place();
    show();
  };
  root.addEventListener('toggle', toggled);
  document.addEventListener('click', press);
  document.addEventListener('keydown', escape);
  addEventListener('resize', place);
  const stops = [
    store.watch(['spec', 'fields', 'choices', 'state'], show),
    store.watch(['language'], () => {
      speak();
      show();
    }),
  ];
  return () => {
    stops.forEach((stop) => stop());
    root.removeEventListener('toggle', toggled);
    document.removeEventListener('click', press);
    document.removeEventListener('keydown', escape);
    removeEventListener('resize', place);
  };
}
