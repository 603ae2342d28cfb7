// @ts-check
// A button with a picture for each data set.

import { t } from '../../core/i18n.js';
import { createRovingGrid } from '../../core/roving_focus.js';
import { datasetFacts, datasetPreviews, offeredGroups } from './dataset_groups.js';
import { drawThumbnail } from './thumbnail.js';

const SIGNS = /** @type {Record<string, string>} */ ({ own: '✎', own_values: '✎', random: '?' });

/** @typedef {import('../../core/store.js').Store} Store */

/** @param {HTMLElement} root  empty @param {Store} store @param {(dataset: string) => void} choose */
export function createThumbnails(root, store, choose) {
  let chosen = '';
  let revealed = ''; // the data set last scrolled into view
  const buttons = () => /** @type {HTMLElement[]} */ ([...root.querySelectorAll('button')]);
  const buttonOf = (/** @type {string} */ dataset) => buttons().find((one) => datasetOf(one) === dataset);
  const arrowKeys = createRovingGrid(root, buttons, () => buttonOf(chosen));

  function draw() {
    const [facts, previews] = [datasetFacts(store), datasetPreviews(store)];
    for (const button of buttons()) {
      const dataset = datasetOf(button);
      const kind = facts[dataset];
      const { points, regression, classes, picture } = previews[dataset] ?? {};
      const extent = kind && { low: kind.low, high: kind.high };
      const canvas = /** @type {HTMLCanvasElement} */ (button.firstElementChild);
      drawThumbnail(canvas, { points, classes: regression ? 0 : classes ?? 2, extent, pixels: picture, sign: SIGNS[dataset] ?? '' });
    }
  }

  /** Scrolls the chosen one into view, once; a panel that is hidden has no place yet. */
  function reveal() {
    const button = buttonOf(chosen);
    const { scrollTop, clientHeight } = root;
    if (!button || revealed === chosen || !clientHeight) return;
    const top = button.offsetTop - root.offsetTop;
    if (top < scrollTop || top + button.offsetHeight > scrollTop + clientHeight) root.scrollTop = top;
    revealed = chosen;
  }

  const resized = new ResizeObserver(() => {
    draw();
    reveal();
  });
  resized.observe(root);
  return {
    draw,
    make() {
      root.replaceChildren(...offeredGroups(store).flatMap(([title, names], i) => {
        const made = names.map((dataset) => makeButton(dataset, () => choose(dataset)));
        return i ? [makeHeading(title), ...made] : made;
      }));
    },
    /** @param {string} dataset */
    show(dataset) {
      chosen = dataset;
      for (const button of buttons()) button.setAttribute('aria-pressed', String(datasetOf(button) === chosen));
      arrowKeys.update();
      reveal();
    },
    stop: () => resized.disconnect(),
  };
}

/** @param {HTMLElement} button */
const datasetOf = (button) => button.dataset.testid?.slice('dataset-'.length) ?? '';

/** @param {string} title */
function makeHeading(title) {
  const heading = document.createElement('h3');
  heading.dataset.t = title;
  heading.textContent = t(title);
  return heading;
}

/** @param {string} dataset @param {() => void} choose */
function makeButton(dataset, choose) {
  const button = document.createElement('button');
  button.dataset.testid = `dataset-${dataset}`;
  button.dataset.tTitle = button.dataset.tLabel = `dataset.${dataset}`;
  button.title = t(`dataset.${dataset}`);
  button.setAttribute('aria-label', button.title);
  button.append(document.createElement('canvas'));
  button.onclick = choose;
  return button;
}
