// @ts-check
// What neurons and links are called in sentences: layers and neurons counted from 1.

import { featureLabel } from './draw/numbers.js';
import { t } from './i18n.js';

/** @param {{layer: number, neuron: number}} place @param {{features: string[], hidden: unknown[]}} shape */
export function neuronName({ layer, neuron }, { features, hidden }) {
  if (layer < 0) return t('network.input', { name: featureLabel(features[neuron]) });
  if (layer === hidden.length) return t('network.output');
  return t('network.neuron', { layer: layer + 1, neuron: neuron + 1 });
}
