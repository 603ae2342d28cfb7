// @ts-check
// The presets: a dialog of cards with pictures, in groups, with a search.

import { readPalette } from '../../draw/base/palette.js';
import { isUsable } from '../../core/focusable.js';
import { t } from '../../core/i18n.js';
import { createRovingFocus } from '../../core/roving_focus.js';
import { beginPreset } from '../../experiment/preset_start.js';
import { moveFocus } from './card_keys.js';
import { makePresetCard } from './preset_card.js';
import { createPresetPictures } from './preset_pictures.js';

/** @typedef {import('./preset_card.js').PresetCard} PresetCard */

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} opener
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../experiment/fresh_start.js').FreshStart} begin
 * @param {() => void} chosen  after a preset is
 */
export function mountGallery(dialog, opener, store, begin, chosen) {
  const [groups, none] = /** @type {HTMLElement[]} */ ([dialog.querySelector('.preset-groups'), dialog.querySelector('.none')]);
  const search = /** @type {HTMLInputElement} */ (dialog.querySelector('input'));
  const pictures = createPresetPictures(() => dialog.open, paint);
  /** @type {PresetCard[]} */
  let cards = [];
  const shown = () => cards.map(({ card }) => card).filter(isUsable);
  const tabStop = createRovingFocus(groups, shown);

  /** @param {import('../../wire/messages.js').Preset} preset */
  function choose(preset) {
    beginPreset(begin, preset);
    dialog.close();
    chosen();
  }

  function makeCards() {
    cards = (store.get('presets') ?? []).map((preset) => makePresetCard(preset, () => choose(preset)));
    groups.replaceChildren(...makeGroups(cards));
    showWords();
  }

  function showWords() {
    for (const card of cards) card.showWords();
    for (const heading of groups.querySelectorAll('h3')) heading.textContent = t(heading.dataset.t ?? '');
    search.placeholder = t('gallery.search');
    filter();
  }

  function filter() {
    const text = search.value.trim().toLowerCase();
    for (const { card, matches } of cards) card.hidden = !matches(text);
    for (const section of groups.children) /** @type {HTMLElement} */ (section).hidden = !section.querySelector('.preset:not([hidden])');
    none.hidden = cards.length === 0 || cards.some(({ card }) => !card.hidden);
    tabStop.update();
  }

  /** @param {string} [only]  the preset of this name */
  function paint(only) {
    if (dialog.open) paintCards(cards, pictures, only);
  }

  function loadPictures() {
    paint();
    tabStop.update(); // while it was closed no card was shown
    pictures.load(cards.filter(({ preset }) => !preset.page).map(({ preset }) => preset.name));
  }

  connectDialog(dialog, opener, search, { opened: loadPictures, filter, shown });
  makeCards();
  const undo = [
    store.watch(['presets'], makeCards),
    store.watch(['language'], showWords),
    store.watch(['theme', 'profile'], () => requestAnimationFrame(() => paint())),
    () => dialog.close(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** @param {HTMLDialogElement} dialog @param {HTMLElement} opener @param {HTMLInputElement} search @param {{opened: () => void, filter: () => void, shown: () => HTMLElement[]}} react */
function connectDialog(dialog, opener, search, { opened, filter, shown }) {
  opener.onclick = () => {
    dialog.showModal();
    search.select();
    opened();
  };
  /** @type {HTMLElement} */ (dialog.querySelector('.close')).onclick = () => dialog.close();
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close(); // on the backdrop
  };
  search.oninput = filter;
  dialog.onkeydown = (event) => moveFocus(event, shown(), search);
}

/** @param {PresetCard[]} cards @param {ReturnType<typeof createPresetPictures>} pictures @param {string} [only]  the preset of this name */
function paintCards(cards, pictures, only) {
  const palette = readPalette(document.documentElement);
  for (const { preset: { name }, paint } of cards) {
    if (pictures.get(name) && (!only || name === only)) paint(pictures.get(name), palette);
  }
}

/** A section for each group. @param {PresetCard[]} cards */
function makeGroups(cards) {
  return [...new Set(cards.map(({ preset }) => preset.group))].map((group) => {
    const section = document.createElement('section');
    const heading = document.createElement('h3');
    heading.dataset.t = `gallery.group.${group}`;
    const row = document.createElement('div');
    row.className = 'cards';
    row.append(...cards.filter(({ preset }) => preset.group === group).map(({ card }) => card));
    section.append(heading, row);
    return section;
  });
}
