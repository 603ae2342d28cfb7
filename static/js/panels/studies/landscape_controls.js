// @ts-check
// What a landscape is to be of: its directions, its samples, and the two weights.

import { t, translate } from '../../core/i18n.js';
import { offer } from '../../experiment/choice_options.js';

/** @param {HTMLElement} root @param {import('../../core/store.js').Store} store @param {() => void} changed */
export function createLandscapeControls(root, store, changed) {
  const of = (/** @type {string} */ name) => /** @type {any} */ (root.querySelector(`[data-testid=landscape-${name}]`));
  const [directions, samples, another, weights] = ['directions', 'samples', 'another', 'weights'].map(of);
  const places = ['x', 'y'].map((axis) => ['tensor', 'to', 'source'].map((part) => of(`${axis}-${part}`)));
  let seed = 0;

  function show() {
    weights.hidden = directions.value !== 'weights';
    another.hidden = directions.value !== 'random';
    for (const [tensor, , source] of places) source.hidden = !tensor.value.endsWith('weight');
  }

  another.onclick = () => {
    seed += 1;
    changed();
  };
  of('form').onchange = () => {
    show();
    changed();
  };

  return {
    showWords() {
      translate(root);
      offer(directions, ['random', 'path', 'weights'].map((name) => [name, t(`landscape.directions.${name}`)]));
      offer(samples, ['train', 'test', 'batch'].map((name) => [name, t(`landscape.samples.${name}`)]));
      const layers = (store.get('spec')?.hidden.length ?? 0) + 1;
      for (const [tensor] of places) offer(tensor, tensorsOf(layers));
      show();
    },
    command: () => ({
      type: 'landscape', directions: directions.value, samples: samples.value, seed,
      ...(directions.value === 'weights' && { weights: places.map(placeOfWeight) }),
    }),
    /** Of both axes. @returns {[string, string]} */
    labels() {
      if (directions.value === 'weights') return [nameOf(places[0]), nameOf(places[1])];
      return [t(`landscape.axis.${directions.value}`, { number: 1 }), t(`landscape.axis.${directions.value}`, { number: 2 })];
    },
  };
}

/** @param {any[]} place */
const nameOf = ([tensor]) => tensor.selectedOptions[0]?.textContent ?? '';

/** @param {any[]} place */
function placeOfWeight([tensor, to, source]) {
  const fields = tensor.value.endsWith('weight') ? [to, source] : [to];
  return { tensor: tensor.value, index: fields.map((field) => Math.max(0, (field.valueAsNumber || 1) - 1)) };
}

/** @param {number} layers @returns {[string, string][]} */
const tensorsOf = (layers) => Array.from({ length: 2 * layers }, (_, i) => {
  const [layer, kind] = [Math.floor(i / 2), i % 2 ? 'bias' : 'weight'];
  return [`layers.${layer}.${kind}`, t(`landscape.${kind}`, { layer: layer + 1 })];
});
