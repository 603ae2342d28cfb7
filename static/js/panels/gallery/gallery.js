// @ts-check
// The presets: a dialog of cards with pictures, and, once one is chosen, a line that says what to look for.

import { paintCard, shapeDrawing } from '../../draw/plane/cards.js';
import { readPalette } from '../../draw/base/palette.js';
import { focusPlay } from '../../core/elements.js';
import { sameExperiment } from '../../experiment/compatibility.js';
import { hasText, t } from '../../core/i18n.js';

/** @typedef {{name: string, rows: string[], group: string, steps: number, page: string | null, race: string | null, spec: Record<string, any> | null, sizes: number[] | null}} Preset */

const PICTURE = 108; // px
const [SHAPE_WIDTH, SHAPE_HEIGHT] = [64, 24]; // px
const GRAPH = '<svg class="picture graph" viewBox="0 0 92 92" aria-hidden="true"><circle cx="22" cy="26" r="9"/><circle cx="22" cy="66" r="9"/><circle cx="68" cy="46" r="9"/><path d="M31 29l28 12m-7-8 7 8-10 1"/><path class="backward" d="M59 52 31 63m10-8-10 8 11 2"/></svg>';
const ASK_AGAIN = 3000; // milliseconds

/**
 * @param {Preset} preset
 * @param {() => void} choose
 */
function makeCard(preset, choose) {
  const card = document.createElement(preset.page ? 'a' : 'button');
  card.className = 'preset';
  card.dataset.testid = `preset-${preset.name}`;
  if (card instanceof HTMLAnchorElement) card.href = preset.page ?? '';
  else card.onclick = choose;
  const shape = preset.sizes
    ? `<svg class="shape" viewBox="0 0 ${SHAPE_WIDTH} ${SHAPE_HEIGHT}" width="${SHAPE_WIDTH}" height="${SHAPE_HEIGHT}" aria-hidden="true">${shapeDrawing(preset.sizes, SHAPE_WIDTH, SHAPE_HEIGHT)}</svg><span>${preset.sizes.join('-')}</span>`
    : '<span class="elsewhere"></span>';
  const picture = preset.page ? GRAPH : '<canvas class="picture" aria-hidden="true"></canvas>';
  card.innerHTML = `${picture}<span class="preset-title"><b></b><i class="rows"></i></span><span class="preset-see"></span><span class="preset-shape">${shape}</span>`;
  const [title, rows, see] = /** @type {HTMLElement[]} */ ([...card.querySelectorAll('b, .rows, .preset-see')]);
  const elsewhere = card.querySelector('.elsewhere');
  return {
    card,
    preset,
    canvas: card.querySelector('canvas'),
    speak() {
      title.textContent = t(`preset.${preset.name}`);
      rows.textContent = preset.rows.length ? t('gallery.lesson', { rows: preset.rows.join(' · ') }) : '';
      see.textContent = t(card.classList.contains('missing') ? 'gallery.missing' : `preset.${preset.name}.see`);
      if (elsewhere) elsewhere.textContent = t('gallery.elsewhere');
    },
    /** @param {string} sought  in small letters */
    holds: (sought) => `${preset.rows.join(' ')} ${preset.name} ${title.textContent} ${see.textContent}`.toLowerCase().includes(sought),
  };
}

/**
 * @param {HTMLElement} root  the dialog
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 */
export function mountGallery(root, store, send) {
  const dialog = /** @type {HTMLDialogElement} */ (root);
  const opener = /** @type {HTMLElement} */ (document.querySelector('[data-testid=presets]'));
  const caption = /** @type {HTMLElement} */ (document.getElementById('caption'));
  const shelves = /** @type {HTMLElement} */ (dialog.querySelector('.shelves'));
  const search = /** @type {HTMLInputElement} */ (dialog.querySelector('input'));
  const none = /** @type {HTMLElement} */ (dialog.querySelector('.none'));
  /** @type {ReturnType<typeof makeCard>[]} */
  let cards = [];
  /** @type {Map<string, any>} */
  const pictures = new Map();
  let filling = false;

  /** @param {Preset} preset */
  function choose(preset) {
    store.set({ preset: preset.name, comparison: preset.race });
    send({ type: 'configure', spec: preset.spec });
    dialog.close();
    focusPlay();
  }

  function makeCards() {
    /** @type {Preset[]} */
    const presets = store.get('presets') ?? [];
    cards = presets.map((preset) => makeCard(preset, () => choose(preset)));
    const groups = [...new Set(presets.map(({ group }) => group))];
    shelves.replaceChildren(...groups.map((group) => {
      const shelf = document.createElement('section');
      const heading = document.createElement('h3');
      heading.dataset.t = `gallery.group.${group}`;
      const row = document.createElement('div');
      row.className = 'cards';
      row.append(...cards.filter(({ preset }) => preset.group === group).map(({ card }) => card));
      shelf.append(heading, row);
      return shelf;
    }));
    speak();
  }

  function speak() {
    for (const card of cards) card.speak();
    for (const heading of shelves.querySelectorAll('h3')) heading.textContent = t(heading.dataset.t ?? '');
    search.placeholder = t('gallery.search');
    filter();
    showCaption();
  }

  function filter() {
    const sought = search.value.trim().toLowerCase();
    for (const { card, holds } of cards) card.hidden = !holds(sought);
    for (const shelf of shelves.children) /** @type {HTMLElement} */ (shelf).hidden = !shelf.querySelector('.preset:not([hidden])');
    none.hidden = cards.length === 0 || cards.some(({ card }) => !card.hidden);
  }

  // ---- pictures

  /** One after the other, for as long as the dialog is open: the server makes them when they are asked for. */
  async function fill() {
    if (filling) return;
    filling = true;
    for (const { preset } of cards) {
      if (!dialog.open) break;
      if (preset.page || pictures.has(preset.name)) continue;
      const answer = await fetch(`/api/presets/${preset.name}/picture`).catch(() => null);
      if (answer?.ok) pictures.set(preset.name, await answer.json());
      else await new Promise((again) => { setTimeout(again, ASK_AGAIN); });
      paint(preset.name);
    }
    filling = false;
  }

  /** @param {string} [only] */
  function paint(only) {
    if (!dialog.open) return;
    const palette = readPalette(document.documentElement);
    for (const { preset, canvas, card, speak } of cards) {
      const picture = pictures.get(preset.name);
      if (!canvas || !picture || (only && preset.name !== only)) continue;
      canvas.dataset.kind = picture.kind;
      if (picture.kind === 'missing') {
        card.classList.add('missing');
        /** @type {HTMLButtonElement} */ (card).disabled = true;
        speak();
        continue;
      }
      const size = canvas.clientWidth || PICTURE;
      canvas.width = canvas.height = size * devicePixelRatio;
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
      context.scale(devicePixelRatio, devicePixelRatio);
      paintCard(context, size, picture, palette);
    }
  }

  // ---- what to look for

  function showCaption() {
    const name = store.get('preset');
    const preset = cards.find((card) => card.preset.name === name)?.preset;
    const { spec, fields } = { spec: store.get('spec'), fields: store.get('fields') };
    const fits = preset?.spec && spec && fields && sameExperiment(fields, preset.spec, spec);
    const shown = Boolean(fits && hasText(`preset.${name}.see`));
    caption.hidden = !shown;
    document.body.classList.toggle('captioned', shown);
    if (!shown) return;
    const [title, see] = /** @type {HTMLElement[]} */ ([...caption.querySelectorAll('b, span')]);
    title.textContent = t(`preset.${name}`);
    see.textContent = t(`preset.${name}.see`);
  }
  /** @type {HTMLElement} */ (caption.querySelector('.close')).onclick = () => store.set({ preset: null });

  // ---- the dialog

  const open = () => {
    dialog.showModal();
    search.select();
    paint();
    fill();
  };
  opener.onclick = open;
  /** @type {HTMLElement} */ (dialog.querySelector('.close')).onclick = () => dialog.close();
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  };
  search.oninput = filter;
  dialog.onkeydown = (event) => {
    const turn = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 0, ArrowUp: 0 }[event.key];
    const seen = cards.map(({ card }) => card).filter((card) => !card.hidden);
    const at = seen.indexOf(/** @type {any} */ (document.activeElement));
    if (turn === undefined || !seen.length || (at < 0 && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    const next = at < 0 ? seen[0] : turn ? seen[at + turn] : beside(seen, at, event.key === 'ArrowDown');
    next?.focus();
    if (!next && event.key === 'ArrowUp') search.focus();
  };

  makeCards();
  const stops = [
    store.watch(['presets'], makeCards),
    store.watch(['language'], speak),
    store.watch(['preset', 'spec', 'fields'], showCaption),
    store.watch(['theme', 'profile'], () => requestAnimationFrame(() => paint())),
  ];
  return () => {
    dialog.close();
    stops.forEach((stop) => stop());
  };
}

/** The card in the next row that stands nearest. @param {HTMLElement[]} cards @param {number} at @param {boolean} down */
function beside(cards, at, down) {
  const here = cards[at].getBoundingClientRect();
  const others = cards.map((card) => ({ card, box: card.getBoundingClientRect() }))
    .filter(({ box }) => (down ? box.top > here.top + 1 : box.top < here.top - 1));
  const row = down ? Math.min(...others.map(({ box }) => box.top)) : Math.max(...others.map(({ box }) => box.top));
  const near = others.filter(({ box }) => Math.abs(box.top - row) < 2);
  return near.sort((a, b) => Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left))[0]?.card;
}
