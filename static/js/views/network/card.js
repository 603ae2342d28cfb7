// @ts-check
// The card beside the neuron or link under the pointer: its numbers, and a neuron's map large.

import { contextOf } from '../../draw/canvas.js';
import { makeColormap, neuronUnit, paintValues, shownOutput } from '../../draw/colormap.js';
import { fixed, scientific } from '../../draw/numbers.js';
import { t } from '../../i18n.js';
import { neuronName } from '../../names.js';

/** @typedef {import('../../protocol.js').Frame} Frame */
/** @typedef {import('./shape.js').Shape} Shape */

/** @param {HTMLElement} root  `card`: a title, a canvas and a list */
export function createCard(root) {
  root.innerHTML = '<p></p><canvas></canvas><dl></dl>';
  const [title, canvas, list] = /** @type {[HTMLElement, HTMLCanvasElement, HTMLElement]} */ ([...root.children]);
  const context = contextOf(canvas);
  let image = new ImageData(1, 1);
  let shown = new Float32Array(1);

  /** @param {{side: number, scale: number, values: ArrayLike<number>}} map @param {boolean} logits @param {import('../../draw/palette.js').Palette} palette */
  function paintMap({ side, scale, values }, logits, palette) {
    if (image.width !== side) {
      canvas.width = canvas.height = side;
      image = new ImageData(side, side);
      shown = new Float32Array(side * side);
    }
    if (logits) shownOutput(Float32Array.from(values), true, shown);
    paintValues(logits ? shown : values, makeColormap(palette, 1), new Uint32Array(image.data.buffer), logits ? 1 : neuronUnit(scale));
    context.putImageData(image, 0, 0);
  }

  /** @param {[string, string][]} rows */
  function fillRows(rows) {
    if (list.children.length !== rows.length) {
      list.replaceChildren(...rows.map(() => document.createElement('div')));
      for (const row of list.children) row.append(document.createElement('dt'), document.createElement('dd'));
    }
    rows.forEach(([name, value], i) => {
      const [dt, dd] = list.children[i].children;
      if (dt.textContent !== name) dt.textContent = name;
      if (dd.textContent !== value) dd.textContent = value;
    });
  }

  return {
    hide: () => (root.hidden = true),

    /** Beside a place, within the view. @param {number} left px of its left edge @param {number} right @param {number} middle @param {HTMLElement} within */
    place(left, right, middle, within) {
      root.hidden = false;
      const { offsetWidth: width, offsetHeight: height } = root;
      const from = within.scrollLeft;
      const x = right + 14 + width <= from + within.clientWidth ? right + 14 : Math.max(from, left - 14 - width);
      root.style.left = `${x}px`;
      root.style.top = `${Math.max(0, Math.min(within.clientHeight - height, middle - height / 2))}px`;
    },

    /**
     * @param {{layer: number, neuron: number}} place @param {Shape} shape @param {Frame | null} frame
     * @param {any} features  maps of the inputs @param {boolean} logits @param {import('../../draw/palette.js').Palette} palette
     */
    tellNeuron(place, shape, frame, features, logits, palette) {
      const { layer, neuron } = place;
      const own = shape.hidden[layer];
      title.textContent = own ? `${neuronName(place, shape)} · ${t(`activation.${own.activation ?? shape.activation}`)}` : neuronName(place, shape);
      canvas.hidden = false;
      if (layer < 0) {
        const feature = features?.[shape.features[neuron]];
        if (!feature) return;
        const values = Float32Array.from(feature.values, (/** @type {number} */ q) => (q / 127) * feature.scale);
        paintMap({ ...feature, values }, false, palette);
        fillRows([[t('network.range'), range(values)], ['', t(shape.used.includes(neuron) ? 'network.in_use' : 'network.not_in_use')]]);
        return;
      }
      if (!frame) return;
      const map = frame.focus && frame.focus.layer === layer && frame.focus.neuron === neuron ? frame.focus : frame.maps[layer][neuron];
      paintMap(map, logits && layer === shape.hidden.length, palette);
      const inputs = frame.sizes[layer];
      const weights = frame.parameters[`layers.${layer}.weight`].subarray(neuron * inputs, (neuron + 1) * inputs);
      fillRows([
        [t('network.range'), range(map.values)],
        [t('network.bias'), fixed(frame.parameters[`layers.${layer}.bias`][neuron])],
        [t('network.bias_gradient'), scientific(frame.gradients[`layers.${layer}.bias`][neuron])],
        [t(inputs === 1 ? 'network.one_weight' : 'network.weights_in', { count: inputs }), inputs === 1 ? fixed(weights[0]) : range(weights)],
      ]);
    },

    /** @param {{layer: number, from: number, to: number}} link @param {Shape} shape @param {Frame} frame */
    tellLink({ layer, from, to }, shape, frame) {
      const before = neuronName({ layer: layer - 1, neuron: layer ? from : shape.used[from] }, shape);
      title.textContent = `${before} → ${neuronName({ layer, neuron: to }, shape)}`;
      canvas.hidden = true;
      const at = to * frame.sizes[layer] + from;
      const name = `layers.${layer}.weight`;
      fillRows([
        [t('network.weight'), fixed(frame.parameters[name][at], 4)],
        [t('network.gradient_of_all'), scientific(frame.gradients[name][at], 2)],
        [t('network.update_of_batch'), scientific(frame.updates[name][at], 2)],
      ]);
    },
  };
}

/** @param {ArrayLike<number>} values */
function range(values) {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]);
    most = Math.max(most, values[i]);
  }
  return `${fixed(least, 2)} … ${fixed(most, 2)}`.replaceAll('\u2007', '');
}
