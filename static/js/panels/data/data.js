// @ts-check
// What is learned: the data set and what is its own, its noise, its split, the size of a batch, the seed; the ways to
// points of one's own.

import { idleReason } from '../../experiment/compatibility.js';
import { t } from '../../core/i18n.js';
import { reasonText } from '../../experiment/choice_options.js';
import { drawThumbnail } from './thumbnail.js';

const MOST_SLID = 256; // samples of a batch; a larger one is typed among the settings
const WHOLE = MOST_SLID + 1; // one notch more: the whole training set as one batch

/** @type {Record<string, {step: number, most?: number, show: (value: number) => string}>} */
const SLIDERS = {
  noise: { step: 1, show: (value) => `${Math.round(value)} %` },
  train_fraction: { step: 0.01, show: (value) => `${Math.round(value * 100)} %` },
  batch_size: { step: 1, most: WHOLE, show: String },
};
/** Data sets as they stand, a group on lines of its own. The first eight are seen at once. @type {[string, string[]][]} */
const GROUPS = [
  ['data.classes', ['circle', 'xor', 'gauss', 'spiral', 'moons', 'checkerboard', 'rings', 'pinwheel', 'blobs', 'function']],
  ['data.values', ['plane', 'multi_gauss', 'sine']],
  ['data.numbers', ['and_gate', 'or_gate', 'nand_gate', 'xor_gate', 'arithmetic']],
  ['data.pictures', ['digits', 'mnist', 'digit_pictures', 'random']],
  ['data.own', ['own', 'own_values']],
];
const GAP = 2; // px above what is brought into view
const SIGNS = /** @type {Record<string, string>} */ ({ own: '✎', own_values: '✎', random: '?' });
/** What makes sense of pictures of digits where the network was made for the plane. */
const FOR_PICTURES = { hidden: [{ width: 32 }], loss: 'cross_entropy', optimizer: 'adam', learning_rate: 0.01, activation: 'relu' };

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 */
export function mountData(root, store, send) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const [thumbnails, seed, name, draw] = ['.thumbnails', '[data-testid=seed-now]', '.chosen-name', '[data-testid=draw-points]'].map(find);
  const all = /** @type {HTMLSelectElement} */ (find('.all-sets')); // by name: not all pictures are seen at once
  const own = /** @type {HTMLSelectElement} */ (find('.own-choice'));
  const select = /** @type {HTMLSelectElement} */ (document.getElementById('dataset')); // among the knobs, for the projector
  const configure = (/** @type {Record<string, unknown>} */ spec) => send({ type: 'configure', spec });

  /** Facts of the data sets; those of the plane alone until the server has told. @returns {Record<string, any>} */
  const kinds = () => store.get('choices')?.datasets ?? {};
  const pictures = () => store.get('datasets') ?? {};
  const offered = (/** @type {string} */ dataset) => dataset in pictures() || (dataset in kinds() && dataset !== 'mnist');

  /** @param {string} dataset */
  function choose(dataset) {
    const spec = store.get('spec');
    if (dataset.startsWith('own') && !spec.own_points?.length) {
      store.set({ drawing: true });
      select.value = spec.dataset;
      return;
    }
    store.set({ drawing: false });
    const kind = kinds()[dataset];
    const fresh = kind && !kind.plane && kind.targets === 'classes' && kinds()[spec.dataset]?.plane ? FOR_PICTURES : {};
    configure({ dataset, ...fresh });
    if ('hidden' in fresh) store.set({ message: { kind: 'notice', key: 'data.for_pictures' } });
  }

  select.onchange = () => choose(select.value);
  all.onchange = () => {
    choose(all.value);
    all.value = '';
  };

  function makeThumbnails() {
    if (!store.get('datasets')) return;
    const groups = GROUPS.map(([title, names]) => /** @type {[string, string[]]} */ ([title, names.filter(offered)])).filter(([, names]) => names.length);
    thumbnails.replaceChildren(...groups.flatMap(([title, names], i) => {
      const heading = document.createElement('h3');
      heading.dataset.t = title;
      heading.textContent = t(title);
      const buttons = names.map((dataset) => {
        const button = document.createElement('button');
        button.dataset.testid = `dataset-${dataset}`;
        button.dataset.tTitle = button.dataset.tLabel = `dataset.${dataset}`;
        button.title = t(`dataset.${dataset}`);
        button.setAttribute('aria-label', button.title);
        button.append(document.createElement('canvas'));
        button.onclick = () => choose(dataset);
        return button;
      });
      return i ? [heading, ...buttons] : buttons;
    }));
    select.replaceChildren(...partsOf(groups));
    all.replaceChildren(new Option('', ''), ...partsOf(groups));
    drawThumbnails();
    show();
  }

  function drawThumbnails() {
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (thumbnails.querySelectorAll('button'))) {
      const dataset = nameOf(button);
      const kind = kinds()[dataset];
      const { points, regression, classes, picture } = pictures()[dataset] ?? {};
      const extent = kind && { low: kind.low, high: kind.high };
      const canvas = /** @type {HTMLCanvasElement} */ (button.firstElementChild);
      drawThumbnail(canvas, { points, classes: regression ? 0 : classes ?? 2, extent, pixels: picture, sign: SIGNS[dataset] ?? '' });
    }
  }

  const sliders = Object.entries(SLIDERS).map(([field, { step, most, show }]) => {
    const box = find(`[data-field=${field}]`);
    const input = /** @type {HTMLInputElement} */ (box.querySelector('input'));
    const output = /** @type {HTMLOutputElement} */ (box.querySelector('output'));
    const reason = /** @type {HTMLElement} */ (box.querySelector('.reason'));
    input.step = String(step);
    input.oninput = () => configure({ [field]: input.valueAsNumber === most ? null : input.valueAsNumber });
    return (/** @type {number | null} */ value, /** @type {import('../../core/schema.js').Field} */ bounds, /** @type {string} */ why) => {
      const [min, max] = [bounds.minimum ?? 0, most ?? bounds.maximum ?? 1];
      const place = value === null ? max : most ? Math.min(value, most - 1) : value;
      input.min = String(min);
      input.max = String(max);
      if (input.valueAsNumber !== place) input.value = String(place);
      input.style.setProperty('--v', `${((place - min) / (max - min)) * 100}%`);
      output.value = why ? '–' : value === null ? t('data.all') : show(value);
      input.setAttribute('aria-valuetext', output.value);
      input.disabled = why !== '';
      box.classList.toggle('idle', why !== '');
      box.title = why;
      reason.textContent = why;
    };
  });
  find('[data-testid=regenerate]').onclick = () => send({ type: 'regenerate' });
  draw.onclick = () => store.set({ drawing: !store.get('drawing') });

  /** Why a slider means nothing now; empty: it does. @param {string} field @param {any} spec */
  function whyIdle(field, spec) {
    const why = idleReason(field, spec, store.get('choices'));
    return why ? reasonText(why) : '';
  }

  /** Brings the chosen data set into what is seen of them. */
  function reveal() {
    const chosen = /** @type {HTMLElement | null} */ (thumbnails.querySelector('[aria-pressed=true]'));
    if (!chosen) return;
    const top = chosen.offsetTop - thumbnails.offsetTop;
    const { scrollTop, clientHeight } = thumbnails;
    if (top < scrollTop || top + chosen.offsetHeight > scrollTop + clientHeight) thumbnails.scrollTop = top - GAP;
  }

  let revealed = '';

  function show() {
    const [spec, fields] = [store.get('spec'), store.get('fields')];
    if (!spec || !fields) return;
    const kind = kinds()[spec.dataset];
    Object.keys(SLIDERS).forEach((field, i) => sliders[i](spec[field], fields[field], whyIdle(field, spec)));
    seed.textContent = String(spec.seed);
    seed.dataset.value = String(spec.seed);
    for (const list of [select, all]) {
      for (const option of list.options) option.text = option.value ? shortName(option.value) : t('data.all_sets'); // its name, without what it is
      for (const part of list.querySelectorAll('optgroup')) part.label = t(part.dataset.group ?? '');
    }
    select.value = spec.dataset;
    name.textContent = shortName(spec.dataset);
    name.title = t(`dataset.${spec.dataset}`);
    offerOwn(spec, fields, kind);
    draw.setAttribute('aria-pressed', String(Boolean(store.get('drawing'))));
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (thumbnails.querySelectorAll('button'))) {
      button.setAttribute('aria-pressed', String(nameOf(button) === spec.dataset));
    }
    if (revealed !== spec.dataset && thumbnails.children.length) {
      reveal();
      revealed = spec.dataset;
    }
  }

  /** What belongs to this data set alone: how many classes, or which function. @param {any} spec @param {Record<string, any>} fields @param {any} kind */
  function offerOwn(spec, fields, kind) {
    const field = spec.dataset === 'function' ? 'function' : kind?.plane && kind.targets === 'classes' && kind.classes === null && spec.dataset !== 'own' ? 'classes' : '';
    /** @type {HTMLElement} */ (own.parentElement).hidden = !field;
    if (!field) return;
    const { minimum, maximum, options } = fields[field];
    const values = field === 'function' ? options : Array.from({ length: maximum - minimum + 1 }, (_, i) => String(minimum + i));
    own.replaceChildren(...values.map((/** @type {string} */ value) => new Option(field === 'function' ? t(`function.${value}`) : t('data.class_count', { count: value }), value)));
    own.value = String(spec[field]);
    own.dataset.testid = field === 'function' ? 'function' : 'classes';
    own.setAttribute('aria-label', t(`field.${field}`));
    own.onchange = () => configure({ [field]: field === 'function' ? own.value : Number(own.value) });
  }

  makeThumbnails();
  show();
  const resized = new ResizeObserver(drawThumbnails);
  resized.observe(thumbnails);
  const stops = [
    store.watch(['datasets', 'choices'], makeThumbnails),
    store.watch(['spec', 'fields', 'language', 'drawing'], show),
    store.watch(['theme', 'profile'], () => requestAnimationFrame(drawThumbnails)),
  ];
  return () => {
    resized.disconnect();
    stops.forEach((stop) => stop());
  };
}

/** Groups of a choice by name; their words come later. @param {[string, string[]][]} groups */
function partsOf(groups) {
  return groups.map(([title, names]) => {
    const part = document.createElement('optgroup');
    part.dataset.group = title; // not data-t, for a group has its words in `label` and its choices in it
    part.append(...names.map((dataset) => new Option('', dataset)));
    return part;
  });
}

/** @param {HTMLElement} button of a data set */
const nameOf = (button) => button.dataset.testid?.slice('dataset-'.length) ?? '';

/** @param {string} dataset */
const shortName = (dataset) => t(`dataset.${dataset}`).split(/[:：]/)[0];
