// @ts-check
// Numbers on the drawing, on a canvas of their own: of each link and bias, of each neuron for one sample; and what flows
// along the links in slow motion. Repainted at a pace one can read, not with every picture.

import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { biasSpot, hasBiases, plateSpot, plateWidth, unitSpot } from '../../draw/network/grids.js';
import { linkPoint } from '../../draw/network/links.js';
import { inUnit, scientific, superscript, unitFor } from '../../draw/base/numbers.js';
import { cssColor } from '../../draw/base/palette.js';
import { drawnOnly } from './shape.js';
import { sourceOf } from './subjects.js';

const ASIDE = 0.4; // how much is seen of numbers that are not of what is pointed at
const FLOW = 900; // milliseconds from one side to the other
const SMALL = 0.01; // an activation below it is told by its power of ten
const TRAIL = 4; // dots of a pulse

/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('../../draw/network/links.js').Links} Links */
/** @typedef {import('../../draw/base/palette.js').Palette} Palette */
/**
 * @typedef {object} Flowing   one sample on its way through a step, as `opened` tells it
 * @property {Record<number, number[]>} activations  by layer, −1 the inputs @property {Record<number, number[]>} deltas
 * @property {{layer: number, backward: boolean} | null} links   along which something flows just now
 */
/**
 * @typedef {object} How
 * @property {'weight' | 'gradient' | 'update'} kind
 * @property {import('../../draw/network/grids.js').Places} places  of the links' numbers
 * @property {((link: number) => boolean) | null} chosen  links whose numbers stand out
 * @property {Flowing | null} flow
 * @property {string} phase  changes where something begins to flow
 */

/** Whether tiles of a column stand beside each other, with no room between them. @param {Float32Array} left */
const isCrowded = (left) => left.some((x) => x !== left[0]);

/** @param {HTMLCanvasElement} canvas */
export function createFigures(canvas) {
  const context = contextOf(canvas);
  /** @type {{shape: Shape, layout: import('../../draw/network/layout.js').NetworkLayout, links: Links, palette: Palette, numbered: import('../../draw/network/grids.js').Numbered | null} | null} */
  let drawing = null;
  /** @type {Map<string, number>} */
  const units = new Map(); // powers of ten, by what is written and where
  let size = 10;
  let flowing = 0;
  let flowed = '';
  /** @type {() => void} */
  let again = () => {};

  /** The power of ten in which some numbers are written. @param {string} what @param {ArrayLike<number>[]} values */
  function unitOf(what, ...values) {
    let largest = 0;
    for (const list of values) for (let i = 0; i < list.length; i++) largest = Math.max(largest, Math.abs(list[i] ?? 0));
    const unit = unitFor(largest, units.get(what) ?? 0);
    units.set(what, unit);
    return unit;
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

  /** @param {number} unit @param {import('../../draw/network/grids.js').Spot} spot @param {string} color */
  function writeUnit(unit, { x, y }, color) {
    if (unit) write(`·10${superscript(unit)}`, x, y, color);
  }

  /** @param {import('../../wire/frames.js').Frame} frame @param {How} how */
  function writeParameters(frame, { kind, places, chosen }) {
    if (!drawing?.numbered) return;
    const { shape, layout, links, palette, numbered } = drawing;
    const tensors = { weight: frame.parameters, gradient: frame.gradients, update: frame.updates }[kind];
    const color = kind === 'weight' ? palette.ink : palette.back;
    context.fillStyle = palette.fill;
    context.beginPath();
    for (const plate of places.plates) context.roundRect(...plate, size * 0.4);
    context.fill();
    context.textAlign = 'right';
    for (let layer = 0; layer + 1 < links.starts.length; layer++) {
      const [start, end] = [links.starts[layer], links.starts[layer + 1]];
      const weights = drawnOnly(shape, tensors, layer, 'weight') ?? [];
      const biases = hasBiases(layout, layer + 1, numbered.cell) ? drawnOnly(shape, tensors, layer, 'bias') ?? [] : [];
      const unit = unitOf(`${kind} ${layer}`, weights, biases);
      for (let n = start; n < end && n - start < weights.length; n++) {
        const spot = places.spots[n];
        if (!spot) continue;
        context.fillStyle = color;
        context.globalAlpha = !chosen || chosen(n) ? 1 : ASIDE;
        context.fillText(inUnit(weights[n - start], unit), spot.x, spot.y);
      }
      context.globalAlpha = 1;
      for (let k = 0; k < biases.length; k++) {
        const { x, y } = biasSpot(numbered, layer + 1, k);
        write(inUnit(biases[k], unit), x + numbered.cell.width, y, color);
      }
      writeUnit(unit, unitSpot(numbered, layer), color);
    }
  }

  /** On the tiles: activations, and in their place δ as far as it has come. @param {Flowing} flow */
  function writeNeurons({ activations, deltas }) {
    if (!drawing) return;
    const { shape, layout, palette, numbered } = drawing;
    context.textAlign = 'center';
    layout.columns.forEach(({ left, top, center }, column) => {
      const layer = column - 1;
      const back = deltas[layer];
      const values = back ?? activations[layer];
      if (!values || isCrowded(left) || (numbered && column && !hasBiases(layout, column, numbered.cell))) return;
      const unit = unitOf(`${back ? 'delta' : 'activation'} ${layer}`, values);
      const color = back ? palette.back : palette.ink;
      for (let k = 0; k < left.length; k++) {
        const neuron = column || !shape.features.length ? shape.drawn[column][k] : shape.used.indexOf(k);
        const value = values[neuron];
        if (value === undefined || value === null) continue;
        const small = back || (value !== 0 && Math.abs(value) < SMALL);
        const text = numbered ? inUnit(value, unit) : small ? scientific(value, 1) : inUnit(value, 0);
        const width = numbered ? plateWidth(numbered.cell) : context.measureText(small ? '−0.0·10⁻⁰' : '−0.00').width + 6;
        const free = { x: Math.min(column ? center : Math.max(center, left[k] + width / 2), layout.width - width / 2), y: top[k] + layout.tile / 2 }; // names stand left of the inputs
        const { x, y } = numbered ? plateSpot(numbered, column, k) : free;
        context.fillStyle = palette.panel;
        context.globalAlpha = 0.9;
        context.beginPath();
        context.roundRect(x - width / 2, y - size * 0.6, width, size * 1.2, size * 0.4);
        context.fill();
        context.globalAlpha = 1;
        context.fillStyle = color;
        context.fillText(text, x, y);
      }
      if (numbered) writeUnit(unit, { x: center, y: layout.floor + size * 0.4 }, color);
    });
  }

  /** Dots along the links of a layer: as large as what they carry. @param {import('../../wire/frames.js').Frame} frame @param {Flowing} flow @param {number} part 0 … 1 */
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
    /**
     * @param {Shape} shape @param {import('../../draw/network/layout.js').NetworkLayout} layout @param {Links} links @param {Palette} palette @param {number} height px
     * @param {import('../../draw/network/grids.js').Numbered | null} numbered  null: links have no numbers
     */
    arrange(shape, layout, links, palette, height, numbered) {
      if (shape.key !== drawing?.shape.key) units.clear();
      drawing = { shape, layout, links, palette, numbered };
      size = numbered?.cell.size ?? palette.small;
      fitCanvas(canvas, layout.width, height);
    },

    /** @param {import('../../wire/frames.js').Frame | null} frame @param {How} how */
    paint(frame, how) {
      if (!drawing) return;
      const { flow, phase } = how;
      const { palette, numbered } = drawing;
      canvas.hidden = !frame || !(numbered || flow);
      if (!frame || canvas.hidden) {
        flowed = '';
        return;
      }
      again = () => this.paint(frame, how);
      if (phase !== flowed) {
        flowed = phase;
        flowing = matchMedia('(prefers-reduced-motion: reduce)').matches ? -Infinity : performance.now();
      }
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.font = `${size}px ${palette.font}`;
      context.textBaseline = 'middle';
      context.lineJoin = 'round';
      writeParameters(frame, how);
      if (!flow) return;
      const part = (performance.now() - flowing) / FLOW;
      paintFlow(frame, flow, part);
      writeNeurons(flow);
      if (flow.links && part < 1) requestAnimationFrame(() => again());
    },
  };
}
