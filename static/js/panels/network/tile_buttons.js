// @ts-check
// Transparent buttons over the tiles: inputs to switch on and off, neurons to hover and to open.

import { t } from '../../core/i18n.js';
import { inputLabel, neuronName } from '../../experiment/names.js';
import { keyedChildren } from './keyed_children.js';

/** @typedef {import('./shape.js').Place} Place */
/**
 * @param {HTMLElement} root
 * @param {object} on
 * @param {(name: string) => void} on.feature    clicked
 * @param {(place: Place | null) => void} on.hover
 * @param {(place: Place) => void} on.open   a neuron was clicked
 */
export function createTileButtons(root, on) {
  const buttons = keyedChildren(root);
  let isTouch = false; // a lifted finger leaves the button, and what it opens takes the focus; what it touched stays hovered

  /** @param {string} id @param {Place} place @param {string} [feature] */
  function make(id, place, feature) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'tile';
    button.dataset.testid = id;
    button.onpointerenter = (event) => {
      isTouch = event.pointerType === 'touch';
      on.hover(place);
    };
    button.onpointerleave = () => isTouch || on.hover(null);
    button.onfocus = () => {
      if (!button.matches(':focus-visible')) return;
      isTouch = false;
      on.hover(place);
    };
    button.onblur = () => isTouch || on.hover(null);
    button.onclick = () => (feature ? on.feature(feature) : on.open(place));
    button.dataset.place = `${place.layer} ${place.neuron}`;
    return button;
  }

  return {
    /** @param {import('./drawing_type.js').Drawing} drawing */
    arrange({ shape, layout }) {
      buttons.begin();
      layout.columns.forEach(({ left, top }, column) => {
        for (let k = 0; k < left.length; k++) {
          const place = { layer: column - 1, neuron: shape.drawn[column][k] };
          const feature = column === 0 ? shape.features[k] : undefined;
          const id = feature ? `feature-${feature}` : column ? `neuron-${place.layer}-${place.neuron}` : `input-${place.neuron}`;
          const button = buttons.get(id, () => make(id, place, feature));
          const nameWidth = feature ? left[k] : 0; // an input's name is part of its button
          button.style.cssText = `left:${left[k] - nameWidth}px;top:${top[k]}px;width:${layout.tile + nameWidth}px;height:${layout.tile}px`;
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
