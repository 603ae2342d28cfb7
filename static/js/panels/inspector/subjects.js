// @ts-check
// Subjects: what a number belongs to, {kind, layer, index, source}; their names, and their parameters that can be set by hand.

import { t } from '../../core/i18n.js';
import { layerName, neuronName, readNames } from '../../experiment/names.js';

/** @typedef {import('../../wire/messages.js').Subject} Subject */
/** @typedef {import('../../experiment/names.js').Named & {used: number[]}} SubjectNames  used: which of the inputs that can be chosen are columns */
/** @typedef {{symbol: string, tensor: string, index: number[]}} Parameter  index: place in its tensor */

/** @param {Partial<Subject> & {kind: Subject['kind']}} subject */
export function idOf({ kind, layer = 0, index = 0, source = 0 }) {
  const numbers = { neuron: [layer, index], weight: [layer, index, source], bias: [layer, index], norm: [layer, index], point: [index], layer: [layer], loss: [] }[kind];
  return [kind, ...numbers].join('-');
}

/** What names depend on. @param {import('../../core/store.js').Store} store @returns {SubjectNames} */
export function readSubjectNames(store) {
  const names = readNames(store);
  const chosen = store.get('spec')?.features ?? [];
  return { ...names, used: names.features.length ? chosen.map((name) => names.features.indexOf(name)) : [] };
}

/** @param {Subject} subject @param {SubjectNames} names */
export function subjectName({ kind, layer, index, source }, names) {
  const neuron = (/** @type {number} */ at, /** @type {number} */ i) => neuronName({ layer: at, neuron: at < 0 ? names.used[i] ?? i : i }, names);
  switch (kind) {
    case 'neuron': return neuron(layer, index);
    case 'weight': return t('inspector.weight', { from: neuron(layer - 1, source), to: neuron(layer, index) });
    case 'bias': return t('inspector.bias', { name: neuron(layer, index) });
    case 'norm': return t('inspector.norm', { name: neuron(layer, index) });
    case 'point': return t('inspector.point', { number: index + 1 });
    case 'layer': return layerName(layer, names.hidden);
    default: return t('inspector.loss');
  }
}

/** Whether a network of these sizes (inputs, hidden layers, outputs) has the subject. @param {Subject} subject @param {number[]} sizes */
export function exists({ kind, layer, index, source }, sizes) {
  if (kind === 'loss' || kind === 'point') return true;
  if (kind === 'layer') return layer < sizes.length - 1;
  return index < (sizes[layer + 1] ?? 0) && (kind !== 'weight' || source < (sizes[layer] ?? 0));
}

/** Whether its numbers belong to one sample of the batch. @param {Subject} subject */
export const isOfSample = ({ kind }) => kind === 'neuron' || kind === 'weight';

/** The parameters a subject stands for. @param {Subject} subject @returns {Parameter[]} */
export function parametersOf({ kind, layer, index, source }) {
  if (kind === 'weight') return [{ symbol: 'w', tensor: `layers.${layer}.weight`, index: [index, source] }];
  if (kind === 'bias') return [{ symbol: 'b', tensor: `layers.${layer}.bias`, index: [index] }];
  if (kind === 'norm') return [['γ', 'weight'], ['β', 'bias']].map(([symbol, part]) => ({ symbol, tensor: `norms.${layer}.${part}`, index: [index] }));
  return [];
}
