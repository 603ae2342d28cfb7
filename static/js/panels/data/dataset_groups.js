// @ts-check
// The data sets in their groups, as far as the server offers them, and what choosing one changes.


/** Data sets in the order they stand, each group under its heading. The first eight are seen at once. @type {[string, string[]][]} */
const GROUPS = [
  ['data.classes', ['circle', 'xor', 'gauss', 'spiral', 'moons', 'checkerboard', 'rings', 'pinwheel', 'blobs', 'function']],
  ['data.values', ['plane', 'multi_gauss', 'sine']],
  ['data.numbers', ['and_gate', 'or_gate', 'nand_gate', 'xor_gate', 'arithmetic']],
  ['data.pictures', ['digits', 'mnist', 'digit_pictures', 'large_digit_pictures', 'random']],
  ['data.own', ['own', 'own_values']],
];
/** What suits pictures of digits where the network was made for points of the plane. */
const SPEC_FOR_PICTURES = { hidden: [{ width: 32 }], loss: 'cross_entropy', optimizer: 'adam', learning_rate: 0.01, activation: 'relu' };

/** @typedef {import('../../core/store.js').Store} Store */

/** Facts of each data set, by name; none before the server has sent them. @param {Store} store @returns {Record<string, import('../../wire/messages.js').Kind>} */
export const datasetFacts = (store) => store.get('choices')?.datasets ?? {};

/** What is drawn of each data set, by name. @param {Store} store @returns {Record<string, import('../../wire/messages.js').DataThumbnail>} */
export const datasetPreviews = (store) => store.get('datasets') ?? {};

/** Heading and names of each group that is not empty. @param {Store} store @returns {[string, string[]][]} */
export function offeredGroups(store) {
  const [facts, previews] = [datasetFacts(store), datasetPreviews(store)];
  const isOffered = (/** @type {string} */ dataset) => dataset in previews || (dataset in facts && dataset !== 'mnist');
  return GROUPS.map(([title, names]) => /** @type {[string, string[]]} */ ([title, names.filter(isOffered)])).filter(([, names]) => names.length);
}

/**
 * @param {string} dataset @param {Store} store
 * @param {(spec: Record<string, unknown>) => void} configure
 * @returns {boolean} false: nothing was chosen; a data set of drawn points without points is drawn first
 */
export function chooseDataset(dataset, store, configure) {
  const spec = store.get('spec');
  if (!spec) return false;
  if (dataset.startsWith('own') && !spec.own_points?.length) {
    store.set({ drawing: true });
    return false;
  }
  store.set({ drawing: false });
  const facts = datasetFacts(store);
  const kind = facts[dataset];
  const needsOtherNetwork = kind && !kind.plane && kind.targets === 'classes' && facts[spec.dataset]?.plane;
  configure({ dataset, ...(needsOtherNetwork ? SPEC_FOR_PICTURES : {}) });
  if (needsOtherNetwork) store.set({ message: { kind: 'notice', key: 'data.for_pictures' } });
  return true;
}
