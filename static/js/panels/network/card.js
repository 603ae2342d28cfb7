// @ts-check
// The card beside the neuron or link under the pointer: its numbers, and a neuron's map large.

import { contextOf } from '../../draw/base/canvas.js';
import { makeColormap, neuronUnit, paintValues, shownOutput } from '../../draw/base/colormap.js';
import { fixed, scientific } from '../../draw/base/numbers.js';
import { write } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { neuronName } from '../../experiment/names.js';
import { drawnOnly, tileOf } from './shape.js';

const GAP = 14; // px from what it tells of

/** @typedef {import('../../wire/frames.js').Frame} Frame */
/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('../../draw/base/colormap.js').Meaning} Meaning */

/** @param {HTMLElement} root  `card`: a title, a canvas and a list */
export function createCard(root) {
  root.innerHTML = '<p></p><canvas></canvas><dl></dl>';
  const [title, canvas, list] = /** @type {[HTMLElement, HTMLCanvasElement, HTMLElement]} */ ([...root.children]);
  const context = contextOf(canvas);
  let image = new ImageData(1, 1);
  let shown = new Float32Array(1);

  /** @param {{side: number, scale: number, values: ArrayLike<number>}} map @param {Meaning | null} meaning  of an output @param {import('../../draw/base/palette.js').Palette} palette */
  function paintMap({ side, scale, values }, meaning, palette) {
    if (image.width !== side) {
      canvas.width = canvas.height = side;
      image = new ImageData(side, side);
      shown = new Float32Array(side * side);
    }
    if (meaning) shownOutput(values, meaning, shown);
    paintValues(meaning ? shown : values, makeColormap(palette, 1), new Uint32Array(image.data.buffer), meaning ? 1 : neuronUnit(scale));
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
      write(dt, name);
      write(dd, value);
    });
  }

  return {
    hide: () => (root.hidden = true),

    /** Beside a place, within the view; where there is no room, under it or above. @param {{left: number, right: number, top: number, bottom: number}} place px @param {HTMLElement} within */
    place({ left, right, top, bottom }, within) {
      root.hidden = false;
      const { offsetWidth: width, offsetHeight: height } = root;
      const [from, to] = [within.scrollLeft, within.scrollLeft + within.clientWidth];
      const most = within.clientHeight - height;
      const beside = right + GAP + width <= to ? right + GAP : left - GAP - width;
      const free = beside >= from;
      const x = free ? beside : Math.max(from, Math.min(to - width, (left + right - width) / 2));
      const y = free ? (top + bottom - height) / 2 : bottom + GAP <= most ? bottom + GAP : top - GAP - height;
      root.style.left = `${x}px`;
      root.style.top = `${Math.max(0, Math.min(most, y))}px`;
    },

    /**
     * @param {{layer: number, neuron: number}} place @param {Shape} shape @param {Frame | null} frame
     * @param {any} features  maps of the inputs @param {Meaning | null} meaning  of the output, where there is one @param {import('../../draw/base/palette.js').Palette} palette
     */
    tellNeuron(place, shape, frame, features, meaning, palette) {
      const { layer, neuron } = place;
      const own = shape.hidden[layer];
      title.textContent = own ? `${neuronName(place, shape)} · ${t(`activation.${own.activation ?? shape.activation}`)}` : neuronName(place, shape);
      const feature = layer < 0 ? features?.[shape.features[neuron]] : null;
      const tile = tileOf(shape, place);
      const map = layer < 0 ? feature : mapOf(frame, layer, neuron, tile);
      canvas.hidden = !map;
      if (layer < 0) {
        fillRows([]);
        if (!feature) return;
        const values = Float32Array.from(feature.values, (/** @type {number} */ q) => (q / 127) * feature.scale);
        paintMap({ ...feature, values }, null, palette);
        fillRows([[t('network.range'), range(values)], ['', t(shape.used.includes(neuron) ? 'network.in_use' : 'network.not_in_use')]]);
        return;
      }
      if (!frame) return;
      if (map) paintMap(map, layer === shape.hidden.length ? meaning : null, palette);
      const inputs = tilesIn(shape, layer);
      const weights = (drawnOnly(shape, frame.parameters, layer, 'weight') ?? new Float32Array()).subarray(tile * inputs, (tile + 1) * inputs);
      const bias = drawnOnly(shape, frame.parameters, layer, 'bias');
      const all = shape.sizes[layer];
      fillRows([
        ...(map ? [pair(t('network.range'), range(map.values))] : []),
        ...(bias ? [pair(t('network.bias'), fixed(bias[tile])), pair(t('network.bias_gradient'), scientific(drawnOnly(shape, frame.gradients, layer, 'bias')?.[tile] ?? NaN))] : []),
        pair(t(inputs < all ? 'network.some_weights_in' : inputs === 1 ? 'network.one_weight' : 'network.weights_in', { count: inputs, all }), inputs === 1 ? fixed(weights[0]) : range(weights)),
      ]);
    },

    /** @param {{layer: number, from: number, to: number}} link @param {Shape} shape @param {Frame} frame */
    tellLink({ layer, from, to }, shape, frame) {
      const before = neuronName({ layer: layer - 1, neuron: shape.drawn[layer][layer ? from : shape.used[from]] }, shape);
      title.textContent = `${before} → ${neuronName({ layer, neuron: shape.drawn[layer + 1][to] }, shape)}`;
      canvas.hidden = true;
      const at = to * tilesIn(shape, layer) + from;
      const of = (/** @type {import('../../wire/frames.js').Tensors} */ tensors) => drawnOnly(shape, tensors, layer, 'weight')?.[at] ?? NaN;
      fillRows([
        [t('network.weight'), fixed(of(frame.parameters), 4)],
        [t('network.gradient_of_all'), scientific(of(frame.gradients), 2)],
        [t('network.update_of_batch'), scientific(of(frame.updates), 2)],
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

/** @param {string} name @param {string} value @returns {[string, string]} */
const pair = (name, value) => [name, value];

/** Tiles a layer's links come from. @param {Shape} shape @param {number} layer */
function tilesIn(shape, layer) {
  return layer ? shape.counts[layer] : shape.used.length;
}

/** A neuron's map at its finest; its weights as a picture where inputs are pixels. @param {Frame | null} frame @param {number} layer @param {number} neuron @param {number} tile */
function mapOf(frame, layer, neuron, tile) {
  if (!frame) return null;
  if (frame.focus?.layer === layer && frame.focus.neuron === neuron) return frame.focus;
  return (frame.maps ? frame.maps[layer]?.[tile] : layer === 0 && frame.weights?.[tile]) || null;
}
