// @ts-check
// Numbers on the drawing, on a canvas of their own: of each link and bias, of each neuron for one sample; and what flows
// along the links in slow motion. Repainted at a pace one can read, not with every picture.

import { contextOf, fitCanvas } from '../../draw/canvas.js';
import { linkPoint } from '../../draw/links.js';
import { scientific } from '../../draw/numbers.js';
import { cssColor } from '../../draw/palette.js';
import { figurePlaces } from '../../draw/spots.js';
import { drawnOnly } from './shape.js';
import { sourceOf } from './subjects.js';

const SIZES = [1, 0.87, 0.78, 0.7]; // of small text: the largest at which every link's number has its place
const SHORT = '−0e−0'; // powers of ten where there is no room for them in full
const FLOW = 900; // milliseconds from one side to the other
const TRAIL = 4; // dots of a pulse

/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('../../draw/links.js').Links} Links */
/** @typedef {import('../../draw/palette.js').Palette} Palette */
/**
 * @typedef {object} Flowing   one sample on its way through a step, as `opened` tells it
 * @property {Record<number, number[]>} activations  by layer, −1 the inputs @property {Record<number, number[]>} deltas
 * @property {{layer: number, backward: boolean} | null} links   along which something flows just now
 */

/** Five or six signs, whatever the value. @param {number} value @param {'weight' | 'gradient' | 'update'} kind @param {boolean} [short] */
function figure(value, kind, short = false) {
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (kind !== 'weight') return sign + (short ? size.toExponential(0).replace('-', '−').replace('e+', 'e') : scientific(size, 0));
  return sign + (size < 99.995 ? size.toFixed(2) : size < 1e5 ? size.toFixed(0) : scientific(size, 0));
}

/** Whether tiles of a column stand beside each other, with no room between them. @param {Float32Array} left */
const isCrowded = (left) => left.some((x) => x !== left[0]);

/** @param {HTMLCanvasElement} canvas */
export function createFigures(canvas) {
  const context = contextOf(canvas);
  /** @type {{shape: Shape, layout: import('../../draw/layout.js').NetworkLayout, links: Links, palette: Palette} | null} */
  let drawing = null;
  /** @type {ReturnType<typeof figurePlaces>} */
  let places = [];
  let size = 10;
  let short = false;
  let placed = '';
  let flowing = 0;
  let flowed = '';
  /** @type {() => void} */
  let again = () => {};

  /** @param {'weight' | 'gradient' | 'update'} kind @param {number[]} chosen */
  function place(kind, chosen) {
    if (!drawing) return;
    const key = `${kind} ${chosen.join()}`;
    if (key === placed) return;
    placed = key;
    const { links, layout, palette } = drawing;
    for (const widest of kind === 'weight' ? ['−0.00'] : ['−0·10⁻⁰', SHORT]) {
      short = widest === SHORT;
      for (const share of SIZES) {
        size = palette.small * share;
        context.font = `${size}px ${palette.font}`;
        places = figurePlaces(links, layout, { width: context.measureText(widest).width, height: size * 1.08 }, chosen);
        if (places.every((spot) => spot)) return;
      }
    }
  }

  /** @param {string} text @param {number} x @param {number} y @param {string} color */
  function write(text, x, y, color) {
    if (!drawing) return;
    context.strokeStyle = drawing.palette.panel;
    context.lineWidth = size * 0.42;
    context.strokeText(text, x, y);
    context.fillStyle = color;
    context.fillText(text, x, y);
  }

  /** @param {import('../../protocol.js').Frame} frame @param {'weight' | 'gradient' | 'update'} kind */
  function writeParameters(frame, kind) {
    if (!drawing) return;
    const { shape, layout, links, palette } = drawing;
    const tensors = { weight: frame.parameters, gradient: frame.gradients, update: frame.updates }[kind];
    const color = kind === 'weight' ? palette.ink : palette.back;
    context.textAlign = 'right';
    for (let layer = 0; layer + 1 < links.starts.length; layer++) {
      const weights = drawnOnly(shape, tensors, layer, 'weight');
      for (let n = links.starts[layer]; weights && n < links.starts[layer + 1]; n++) {
        const spot = places[n];
        if (spot) write(figure(weights[n - links.starts[layer]], kind, short), spot.x, spot.y, color);
      }
      const biases = drawnOnly(shape, tensors, layer, 'bias');
      const { left, top } = layout.columns[layer + 1];
      const last = layer + 2 === layout.columns.length; // right of it there is no room
      context.textAlign = 'left';
      for (let k = 0; biases && !isCrowded(left) && k < left.length; k++) write(figure(biases[k], kind, short), left[k] + (last ? 0 : layout.tile + 4), top[k] + layout.tile + (last ? size * 0.7 : -size * 0.3), color);
      context.textAlign = 'right';
    }
  }

  /** In the tiles: activations, and in their place δ as far as it has come. @param {Flowing} flow */
  function writeNeurons({ activations, deltas }) {
    if (!drawing) return;
    const { shape, layout, palette } = drawing;
    context.textAlign = 'center';
    layout.columns.forEach(({ left, top }, column) => {
      const layer = column - 1;
      const back = deltas[layer];
      const values = back ?? activations[layer];
      if (!values || isCrowded(left)) return;
      for (let k = 0; k < left.length; k++) {
        const neuron = column || !shape.features.length ? shape.drawn[column][k] : shape.used.indexOf(k);
        const value = values[neuron];
        if (value === undefined || value === null) continue;
        const text = back ? scientific(value, 0) : figure(value, 'weight');
        const width = context.measureText(back ? '−0·10⁻⁰' : '−0.00').width + 6;
        const [x, y] = [left[k] + layout.tile / 2, top[k] + layout.tile / 2];
        context.fillStyle = palette.panel;
        context.globalAlpha = 0.9;
        context.beginPath();
        context.roundRect(x - width / 2, y - size * 0.7, width, size * 1.4, size * 0.4);
        context.fill();
        context.globalAlpha = 1;
        context.fillStyle = back ? palette.back : palette.ink;
        context.fillText(text, x, y);
      }
    });
  }

  /** Dots along the links of a layer: as large as what they carry. @param {import('../../protocol.js').Frame} frame @param {Flowing} flow @param {number} part 0 … 1 */
  function paintFlow(frame, { activations, deltas, links: moving }, part) {
    if (!drawing || !moving || part >= 1) return;
    const { shape, links, palette } = drawing;
    const { layer, backward } = moving;
    const weights = drawnOnly(shape, frame.parameters, layer, 'weight');
    if (!weights) return;
    const [start, end] = [links.starts[layer], links.starts[layer + 1]];
    const carried = Float32Array.from({ length: end - start }, (_, i) => {
      const other = backward ? deltas[layer]?.[shape.drawn[layer + 1][links.to[start + i]]] : activations[layer - 1]?.[sourceOf(shape, layer, links.from[start + i])];
      return weights[i] * (other ?? 0);
    });
    const most = carried.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12);
    for (let i = 0; i < carried.length; i++) {
      const share = Math.sqrt(Math.abs(carried[i]) / most);
      context.fillStyle = backward ? palette.back : cssColor(carried[i] < 0 ? palette.negative : palette.positive);
      for (let dot = 0; dot < TRAIL; dot++) {
        const way = part * 1.15 - dot * 0.05;
        if (way <= 0 || way >= 1) continue;
        const [x, y] = linkPoint(links, start + i, backward ? 1 - way : way);
        context.globalAlpha = 1 - dot / TRAIL;
        context.beginPath();
        context.arc(x, y, (1.5 + 3.5 * share) * palette.link ** 0.5, 0, 2 * Math.PI);
        context.fill();
      }
    }
    context.globalAlpha = 1;
  }

  return {
    /** @param {Shape} shape @param {import('../../draw/layout.js').NetworkLayout} layout @param {Links} links @param {Palette} palette @param {number} height px */
    arrange(shape, layout, links, palette, height) {
      drawing = { shape, layout, links, palette };
      placed = '';
      fitCanvas(canvas, layout.width, height);
    },

    /**
     * @param {import('../../protocol.js').Frame | null} frame
     * @param {{kind: 'weight' | 'gradient' | 'update', numbers: boolean, chosen: number[], flow: Flowing | null, phase: string}} how
     *   chosen: links that have numbers where not all can; phase: changes where something begins to flow
     */
    paint(frame, how) {
      if (!drawing) return;
      const { kind, numbers, chosen, flow, phase } = how;
      canvas.hidden = !frame || !(numbers || flow);
      if (!frame || canvas.hidden) {
        flowed = '';
        return;
      }
      again = () => this.paint(frame, how);
      if (phase !== flowed) {
        flowed = phase;
        flowing = matchMedia('(prefers-reduced-motion: reduce)').matches ? -Infinity : performance.now();
      }
      const { palette } = drawing;
      context.clearRect(0, 0, canvas.width, canvas.height);
      place(kind, chosen);
      context.font = `${size}px ${palette.font}`;
      context.textBaseline = 'middle';
      context.lineJoin = 'round';
      if (numbers) writeParameters(frame, kind);
      if (!flow) return;
      const part = (performance.now() - flowing) / FLOW;
      paintFlow(frame, flow, part);
      writeNeurons(flow);
      if (flow.links && part < 1) requestAnimationFrame(() => again());
    },
  };
}
