// @ts-check
// The teacher's list: setups in order, each a clean start when its turn comes. Stepped through by the keys of a clicker,
// kept on this device, shared as a file.

import { download } from '../../core/download.js';
import { listenToFileDrop } from '../../core/file_drop.js';
import { hasText, t, translate } from '../../core/i18n.js';
import { say } from '../../core/notices.js';
import { defaultsOf, fromWholeAddress } from '../../experiment/address.js';
import { beginPreset } from '../../experiment/preset_start.js';
import { addressIn, moved, readList, writeList } from '../../experiment/set_up_list.js';
import { keepList } from './kept_list.js';
import { makeEntryRow } from './list_row.js';

/** @typedef {import('../../experiment/set_up_list.js').Entry} Entry */
/** @typedef {import('../../core/store.js').Store} Store */

const MARKUP = `
  <div class="settings-head">
      <h2 id="list-title" data-t="list.title"></h2>
      <span class="grow"></span>
      <button class="button small" data-testid="list-previous" data-t-title="list.previous" data-t-label="list.previous" disabled><svg class="icon"><use href="#icon-previous"/></svg></button>
      <button class="button small" data-testid="list-next" data-t-title="list.next" data-t-label="list.next" disabled><svg class="icon"><use href="#icon-next"/></svg></button>
      <button class="button small close" data-t-label="close"><svg class="icon"><use href="#icon-close"/></svg></button>
    </div>
    <p data-t="list.intro"></p>
    <ol data-testid="list-entries"></ol>
    <form class="add">
      <label><span data-t="list.name"></span><input type="text" data-testid="list-name" maxlength="120" autocomplete="off"></label>
      <label><span data-t="list.address"></span><input type="text" data-testid="list-address" data-t-placeholder="list.address_hint" autocomplete="off" spellcheck="false"></label>
      <button class="button small" data-testid="list-add" data-t="list.add"></button>
    </form>
    <p class="files">
      <label class="select"><select data-testid="list-preset" data-t-label="list.add_preset"></select></label>
      <span class="grow"></span>
      <button type="button" class="button small" data-testid="list-download" data-t="list.download"></button>
      <label class="button small"><span data-t="list.load"></span><input class="unseen" type="file" accept=".json,application/json" data-testid="list-load"></label>
    </p>
    <p class="fault" role="alert" data-testid="list-fault" hidden></p>
    <p class="files">
      <button type="button" class="button small" data-testid="blank" data-t="blank.title"></button>
      <button type="button" class="button small" data-testid="pointer-ring" data-t="ring.title" aria-pressed="false"></button>
    </p>`;

const FILE = 'playground-list.json';
const LARGEST = 8e6; // bytes: what the device keeps of a page is less

/** What an entry is called. @param {Entry} entry */
const nameOf = (entry) => entry.name || ('preset' in entry ? (hasText(`preset.${entry.preset}`) ? t(`preset.${entry.preset}`) : entry.preset) : entry.address || t('list.default'));

/**
 * @param {HTMLDialogElement} dialog @param {HTMLElement} opener @param {Store} store
 * @param {import('../../experiment/fresh_start.js').FreshStart} begin
 * @param {{address: () => string, focus: () => void}} page  address: of the experiment of now; focus: where it goes once one has begun
 * @returns {() => void} undo
 */
export function mountList(dialog, opener, store, begin, page) {
  dialog.innerHTML = MARKUP;
  translate(dialog);
  const find = (/** @type {string} */ testid) => /** @type {HTMLInputElement} */ (dialog.querySelector(`[data-testid=${testid}]`));
  const [name, address, preset, fault] = ['list-name', 'list-address', 'list-preset', 'list-fault'].map(find);
  const list = keepList(store, show);

  /** @param {number} place */
  function start(place) {
    const entry = list.entries[place];
    if (!entry) return;
    const problem = beginEntry(entry, store, begin);
    if (problem && dialog.open) showFault(fault, t(problem.key, problem.values)); // the page's own place is below the dialog
    else if (problem) say(store, 'error', problem.key, { values: problem.values });
    if (problem) return;
    list.begin(place);
    say(store, 'notice', 'list.at', { values: { number: place + 1, count: list.entries.length, name: nameOf(entry) } });
    if (dialog.open) dialog.close();
    page.focus();
  }

  function show() {
    const { entries, at } = list;
    find('list-entries').replaceChildren(...entries.map((entry, place) => makeEntryRow(nameOf(entry), place === at, {
      begin: () => start(place),
      up: place > 0 ? () => change(moved(entries, place, place - 1)) : null,
      remove: () => change(entries.filter((_, i) => i !== place)),
    })));
    find('list-previous').disabled = at < 1;
    find('list-next').disabled = at >= entries.length - 1;
    find('list-download').disabled = !entries.length;
  }

  /** @param {Entry[]} entries */
  function change(entries) {
    const said = list.replace(entries);
    showFault(fault, said && t(said));
  }

  /** @param {File} file */
  async function load(file) {
    const found = file.size > LARGEST ? /** @type {const} */ ({ fault: 'none' }) : readList(await file.text());
    if ('entries' in found) change(found.entries);
    else showFault(fault, t(`list.fault.${found.fault}`, { file: file.name, number: 'at' in found ? found.at : 0 }));
    if (!dialog.open) dialog.showModal();
  }

  const add = (/** @type {Entry} */ entry) => change([...list.entries, entry]);
  connectDialog(dialog, opener, () => (offerPresets(preset, store), show()));
  connectFields(dialog, { name, address, preset }, add, page.address);
  find('list-download').onclick = () => download(FILE, writeList(list.entries), 'application/json');
  find('list-load').onchange = () => takeFile(find('list-load'), load);
  find('list-next').onclick = () => start(list.at + 1);
  find('list-previous').onclick = () => start(list.at - 1);
  show();
  const stops = [store.watch(['language', 'presets'], () => (offerPresets(preset, store), show())), listenToFileDrop('list', load), list.stop];
  return () => {
    stops.forEach((stop) => stop());
    dialog.close();
  };
}

/** @param {HTMLDialogElement} dialog @param {HTMLElement} opener @param {() => void} opens */
function connectDialog(dialog, opener, opens) {
  opener.onclick = () => {
    opener.closest('dialog')?.close();
    opens();
    dialog.showModal();
  };
  /** @type {HTMLElement} */ (dialog.querySelector('.close')).onclick = () => dialog.close();
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); }; // beside it
}

/** @param {HTMLDialogElement} dialog @param {Record<'name' | 'address' | 'preset', HTMLInputElement>} fields @param {(entry: Entry) => void} add @param {() => string} present  the address of the experiment of now */
function connectFields(dialog, { name, address, preset }, add, present) {
  /** @type {HTMLFormElement} */ (dialog.querySelector('form')).onsubmit = (event) => {
    event.preventDefault();
    add({ name: name.value.trim(), address: addressIn(address.value || present()) });
    name.value = address.value = '';
  };
  preset.onchange = () => {
    if (preset.value) add({ name: '', preset: preset.value });
    preset.value = '';
  };
}

/** @param {HTMLInputElement} picker @param {(file: File) => void} take */
function takeFile(picker, take) {
  const file = picker.files?.[0];
  if (file) take(file);
  picker.value = ''; // the same one can be chosen again
}

/** @param {Entry} entry @param {Store} store @param {import('../../experiment/fresh_start.js').FreshStart} begin @returns {{key: string, values?: Record<string, any>} | null} why it cannot begin */
function beginEntry(entry, store, begin) {
  const [fields, presets] = [store.get('fields'), store.get('presets')];
  if (!fields || !presets) return { key: 'status.connecting' };
  if ('preset' in entry) {
    const preset = presets.find((one) => one.name === entry.preset && one.spec);
    if (!preset) return { key: 'list.no_preset', values: { name: entry.preset } };
    beginPreset(begin, preset);
    return null;
  }
  try {
    begin(fromWholeAddress(entry.address, fields) ?? { spec: defaultsOf(fields) }, {});
    return null;
  } catch (problem) {
    return { key: 'address.invalid', values: { part: problem instanceof Error ? problem.message : '' } };
  }
}

/** @param {HTMLElement} select @param {Store} store */
function offerPresets(select, store) {
  const presets = (store.get('presets') ?? []).filter(({ spec }) => spec);
  select.replaceChildren(new Option(t('list.add_preset'), ''), ...presets.map(({ name }) => new Option(t(`preset.${name}`), name)));
}

/** @param {HTMLElement} element @param {string} text */
function showFault(element, text) {
  element.textContent = text;
  element.hidden = !text;
}
