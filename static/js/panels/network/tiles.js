// @ts-check
// Transparent buttons over the tiles: inputs to switch on and off, neurons to look at.

import { t } from '../../core/i18n.js';
import { inputLabel, neuronName } from '../../experiment/names.js';
import { keyed } from './keyed.js';

/**
 * @param {HTMLElement} root
 * @param {object} on
 * @param {(name: string) => void} on.feature    clicked
 * @param {(place: {layer: number, neuron: number} | null) => void} on.hover
 * @param {(place: {layer: number, neuron: number}) => void} on.open   a neuron clicked
 */
export function createTiles(root, on) {
  const buttons = keyed(root);
  let touched = false; // a finger that leaves the screen is not a pointer that leaves the tile

  /** @param {string} id @param {{layer: number, neuron: number}} place @param {string} [feature] */
  function make(id, place, feature) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'tile';
    button.dataset.testid = id;
    button.onpointerenter = (event) => {
      touched = event.pointerType === 'touch';
      on.hover(place);
    };
    button.onpointerleave = () => touched || on.hover(null);
    button.onfocus = () => button.matches(':focus-visible') && on.hover(place);
    button.onblur = () => on.hover(null);
    button.onclick = () => (feature ? on.feature(feature) : on.open(place));
    button.dataset.place = `${place.layer} ${place.neuron}`;
    return button;
  }

  return {
    /** @param {import('./shape.js').Shape} shape @param {import('../../draw/network/layout.js').NetworkLayout} layout */
    arrange(shape, layout) {
      buttons.begin();
      layout.columns.forEach(({ left, top }, column) => {
        for (let k = 0; k < left.length; k++) {
          const place = { layer: column - 1, neuron: shape.drawn[column][k] };
          const feature = column === 0 ? shape.features[k] : undefined;
          const id = feature ? `feature-${feature}` : column ? `neuron-${place.layer}-${place.neuron}` : `input-${place.neuron}`;
          const button = buttons.get(id, () => make(id, place, feature));
          // an input's name belongs to its button
          const reach = feature ? left[k] : 0;
          button.style.cssText = `left:${left[k] - reach}px;top:${top[k]}px;width:${layout.tile + reach}px;height:${layout.tile}px`;
          if (feature) {
            const used = shape.used.includes(k);
            button.setAttribute('aria-pressed', String(used));
            button.setAttribute('aria-label', t('network.feature', { name: inputLabel(k, shape) }));
          } else {
            button.setAttribute('aria-label', neuronName(place, shape));
          }
        }
      });
      buttons.end();
    },
  };
}
