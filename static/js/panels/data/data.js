// @ts-check
// The panel of the data: the data set and its options, noise, split, batch size and seed; the button that begins drawing.

import { t } from '../../core/i18n.js';
import { mountRestartMarks } from '../../experiment/restart_marks.js';
import { shortName } from '../../experiment/choice_options.js';
import { chooseDataset, datasetFacts } from './dataset_groups.js';
import { createDatasetLists } from './dataset_lists.js';
import { createDatasetOptions } from './dataset_options.js';
import { createThumbnails } from './dataset_thumbnails.js';
import { mountScaleEnds } from './scale_ends.js';
import { createSliders } from './sliders.js';

/**
 * @param {HTMLElement} root
 * @param {HTMLSelectElement} datasetList  by name, outside the panel
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 */
export function mountData(root, datasetList, store, send) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const [seed, name, draw] = ['[data-testid=seed-now]', '.chosen-name', '[data-testid=draw-points]'].map(find);
  const configure = (/** @type {Record<string, unknown>} */ spec) => void send({ type: 'configure', spec });
  const choose = (/** @type {string} */ dataset) => chooseDataset(dataset, store, configure);
  const thumbnails = createThumbnails(find('.thumbnails'), store, choose);
  const lists = createDatasetLists({ all: /** @type {HTMLSelectElement} */ (find('.all-sets')), current: datasetList }, store, choose);
  const options = createDatasetOptions(/** @type {HTMLSelectElement} */ (find('.own-choice')), configure);
  const sliders = createSliders(root, store, configure);
  find('[data-testid=regenerate]').onclick = () => send({ type: 'regenerate' });
  draw.onclick = () => store.set({ drawing: !store.get('drawing') });

  function show() {
    const [spec, fields] = [store.get('spec'), store.get('fields')];
    if (!spec || !fields) return;
    sliders.show(spec, fields);
    seed.textContent = String(spec.seed);
    seed.dataset.value = String(spec.seed);
    lists.show(spec.dataset);
    name.textContent = shortName(`dataset.${spec.dataset}`);
    name.title = t(`dataset.${spec.dataset}`);
    options.show(spec, fields, datasetFacts(store)[spec.dataset]);
    draw.setAttribute('aria-pressed', String(store.get('drawing')));
    thumbnails.show(spec.dataset);
  }

  function make() {
    if (!store.get('datasets')) return;
    thumbnails.make();
    lists.make();
    thumbnails.draw();
    show();
  }

  make();
  show();
  const undo = [
    store.watch(['datasets', 'choices'], make),
    store.watch(['spec', 'fields', 'language', 'drawing'], show),
    store.watch(['theme', 'profile'], () => requestAnimationFrame(thumbnails.draw)),
    thumbnails.stop,
    mountScaleEnds(find('.scale-ends'), store),
    mountRestartMarks(root, store),
  ];
  return () => undo.forEach((stop) => stop());
}
