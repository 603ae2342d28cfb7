// @ts-check
// The canvas of the network view: links, live tiles, biases and the river. Everything it needs is made when the shape,
// the size or the colours change; a frame only fills and paints.

import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { colorOf, makeColormap, neuronUnit, shownOutput } from '../../draw/base/colormap.js';
import { layoutWithNumbers } from '../../draw/network/grids.js';
import { layoutNetwork } from '../../draw/network/layout.js';
import { makeLinks, paintLinks, setStrengths } from '../../draw/network/links.js';
import { traceMark } from '../../draw/plane/marks.js';
import { cssColor, readPalette } from '../../draw/base/palette.js';
import { paintRiver } from '../../draw/network/river.js';
import { blankSheet, commit, doubled, drawMap, fillMap, makeSheet, outlines } from '../../draw/network/tiles.js';
import { t } from '../../core/i18n.js';
import { inputLabel, sideOf } from '../../experiment/names.js';
import { drawnOnly, tileOf } from './shape.js';

const UNUSED = 0.32; // how much of an unused input is seen
const COARSE = 1.6; // pixels of a tile to a cell of its map, from which the map is smoothed
const FAINTEST_BIAS = 0.5; // a bias near zero still shows its sign
const RIVER_SPEED = 3; // px its marks move with each new frame

/** @typedef {import('../../wire/frames.js').Frame} Frame */
/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('../../draw/base/colormap.js').Meaning} Meaning */

/** @param {HTMLCanvasElement} canvas */
export function createPicture(canvas) {
  const context = contextOf(canvas);
  let palette = readPalette(canvas);
  let colormap = makeColormap(palette, 1);
  /** @type {Shape | null} */
  let shape = null;
  /** @type {import('../../draw/network/layout.js').NetworkLayout | null} */
  let layout = null;
  /** @type {import('../../draw/network/grids.js').Numbered | null} */
  let numbered = null;
  let links = /** @type {import('../../draw/network/links.js').Links | null} */ (null);
  let inputs = makeSheet(1, 1);
  let neurons = makeSheet(1, 1);
  let output = makeSheet(1, 1);
  let shown = new Float32Array(1);
  let rows = new Float32Array(2);
  let fine = new Float32Array(4);
  let frames = [new Path2D(), new Path2D()];
  let drift = 0;
  let filled = /** @type {Frame | null} */ (null);
  let kind = '';

  /** px kept for the river and its numbers. */
  const riverHeight = () => Math.round(palette.text * 2.4 + 34);

  return {
    get layout() { return layout; },
    get links() { return links; },
    get numbered() { return numbered; },
    chooser,
    get palette() { return palette; },
    riverHeight,

    /** Where the river's numbers stand: the middle between each two columns, px. */
    gaps: () => (layout ? layout.columns.slice(1).map((column, i) => (column.center + /** @type {any} */ (layout).columns[i].center) / 2) : []),

    /**
     * @param {Shape} next @param {number} width @param {number} height
     * @param {Record<string, {side: number, scale: number, values: number[]}> | null} maps of the features
     * @param {boolean} numbers  whether the links have room for theirs
     */
    arrange(next, width, height, maps, numbers) {
      palette = readPalette(canvas);
      colormap = makeColormap(palette, 1);
      const changed = next.key !== shape?.key;
      shape = next;
      const ends = shape.outputs > 1 && shape.classes ? palette.text * 1.3 : 0;
      const notes = shape.drawn.some(({ length }, column) => length < /** @type {Shape} */ (shape).sizes[column]) ? palette.small * 1.6 : 0;
      const box = { width, height: height - riverHeight(), counts: shape.counts, text: palette.text, ends, notes };
      context.font = `100px ${palette.font}`;
      numbered = numbers ? layoutWithNumbers(box, context.measureText('−0.00').width / 100, shape.used.length) : null;
      layout = numbered?.layout ?? layoutNetwork(box);
      fitCanvas(canvas, layout.width, height);
      links = makeLinks(layout, shape.used);
      kind = '';
      const corners = layout.columns.map(({ left, top }) => Array.from(left, (x, k) => /** @type {[number, number]} */ ([x, top[k]])));
      const used = corners[0].filter((_, row) => next.used.includes(row));
      const unused = corners[0].filter((_, row) => !next.used.includes(row));
      frames = [outlines([...used, ...corners.slice(1).flat()], layout.tile, layout.radius), outlines(unused, layout.tile, layout.radius)];
      fillInputs(maps);
      filled = null;
      if (!changed) return;
      neurons = makeSheet(1, shape.counts.slice(1, -1).reduce((sum, count) => sum + count, 0));
      output = makeSheet(1, shape.outputs);
      for (const sheet of [neurons, output]) blankSheet(sheet, colormap);
    },

    /**
     * @param {Frame | null} frame   of this shape; null: tiles stay as they are
     * @param {object} how
     * @param {'weight' | 'gradient' | 'update'} how.show
     * @param {Meaning} how.meaning   of the output
     * @param {{layer: number, neuron: number} | null} how.hovered
     * @param {number} how.link   the link under the pointer, −1: none
     * @param {{layer: number, neuron: number} | null} how.opened   the neuron whose numbers are looked at
     * @param {number} how.layer   whose links stand out where none is looked at, −1: none
     * @param {boolean} how.quiet   numbers stand on the links, which step back
     */
    paint(frame, { show, meaning, hovered, link, opened, layer, quiet }) {
      if (!layout || !links || !shape) return;
      context.clearRect(0, 0, layout.width, layout.height + riverHeight());
      if (frame) {
        if (frame !== filled) drift += RIVER_SPEED;
        if (frame !== filled || kind !== show) {
          const tensors = { weight: frame.parameters, gradient: frame.gradients, update: frame.updates }[show];
          setStrengths(links, show, frame.gradient_norms.map((_, layer) => drawnOnly(/** @type {Shape} */ (shape), tensors, layer, 'weight') ?? []));
          kind = show;
        }
        if (frame !== filled) fill(frame, meaning);
      }
      const thickness = palette.link * Math.max(0.3, Math.min(1.25, layout.tile / 30));
      const ofLayer = layer < 0 && !quiet ? null : (/** @type {number} */ n) => layer >= 0 && links?.layer[n] === layer;
      paintLinks(context, links, { palette, thickness, chosen: chooser(hovered, link) ?? ofLayer });
      paintTiles(hovered ?? opened);
      if (frame) paintBiases(frame);
      paintRiverOf(frame);
    },
  };

  /** @param {Record<string, {side: number, scale: number, values: number[]}> | null} maps */
  function fillInputs(maps) {
    if (!shape) return;
    const pixels = shape.features.length ? 0 : sideOf(shape.inputs);
    const side = pixels || (maps ? maps[shape.features[0]]?.side ?? 1 : 1);
    inputs = makeSheet(side, shape.counts[0]);
    blankSheet(inputs, colormap);
    if (pixels) {
      shape.drawn[0].forEach((pixel, row) => fillMap(inputs, row, spot(pixel, pixels), colormap, 1));
      commit(inputs);
    }
    if (!maps) return;
    shape.features.forEach((name, row) => fillMap(inputs, row, maps[name].values, colormap, (127 * neuronUnit(maps[name].scale)) / maps[name].scale));
    commit(inputs);
  }

  /** @param {Frame} frame @param {Meaning} meaning */
  function fill(frame, meaning) {
    filled = frame;
    if (frame.maps) fillFromPlane(frame, frame.maps, meaning);
    else if (frame.weights && shape?.hidden.length) {
      const { side } = frame.weights[0];
      const count = shape.counts.slice(1, -1).reduce((sum, width) => sum + width, 0);
      if (neurons.side !== side || neurons.count !== count) {
        neurons = makeSheet(side, count);
        blankSheet(neurons, colormap);
      }
      frame.weights.forEach((picture, i) => fillMap(neurons, i, picture.values, colormap, picture.scale || 1));
      commit(neurons);
    }
  }

  /** @param {Frame} frame @param {import('../../wire/frames.js').Grid[][]} maps @param {Meaning} meaning */
  function fillFromPlane(frame, maps, meaning) {
    if (!layout) return;
    const [{ side }] = maps[0];
    const hidden = maps.slice(0, -1).flat();
    const coarse = layout.tile * devicePixelRatio > COARSE * side;
    const shownSide = coarse ? 2 * side : side;
    if (neurons.side !== shownSide || neurons.count !== hidden.length) {
      neurons = makeSheet(shownSide, hidden.length);
      rows = new Float32Array(2 * side * side);
      fine = new Float32Array(4 * side * side);
    }
    hidden.forEach((map, i) => fillMap(neurons, i, coarse ? doubled(map.values, side, rows, fine) : map.values, colormap, neuronUnit(map.scale)));
    commit(neurons);
    const last = maps[maps.length - 1];
    const outputs = last.length === 1 ? [frame.boundary] : last; // a single output's own map, sharp
    if (output.side !== outputs[0].side || output.count !== outputs.length) {
      output = makeSheet(outputs[0].side, outputs.length);
      shown = new Float32Array(outputs[0].side ** 2);
    }
    outputs.forEach((map, i) => fillMap(output, i, shownOutput(map.values, meaning, shown), colormap, shape?.classes ? 1 : neuronUnit(map.scale)));
    commit(output);
  }

  /** Which links stand out. @param {{layer: number, neuron: number} | null} hovered @param {number} link */
  function chooser(hovered, link) {
    if (link >= 0) return (/** @type {number} */ n) => n === link;
    if (!hovered || !links || !shape) return null;
    const { layer, from, to } = links;
    const tile = tileOf(shape, hovered);
    const neuron = hovered.layer < 0 ? shape.used.indexOf(tile) : tile;
    return (/** @type {number} */ n) => (layer[n] === hovered.layer && to[n] === neuron) || (layer[n] === hovered.layer + 1 && from[n] === neuron);
  }

  /** @param {{layer: number, neuron: number} | null} hovered */
  function paintTiles(hovered) {
    if (!layout || !shape) return;
    const { columns, tile, radius } = layout;
    const border = Math.max(0.9, Math.min(1.4, tile / 22)) * palette.link ** 0.5;
    const draw = (/** @type {boolean} */ used) => {
      if (!layout || !shape) return;
      columns[0].left.forEach((x, row) => {
        if (shape?.used.includes(row) === used) drawMap(context, inputs, row, x, columns[0].top[row], tile);
      });
    };
    context.imageSmoothingQuality = 'high';
    context.imageSmoothingEnabled = Boolean(filled?.maps); // pixels of a picture stay pixels
    context.save();
    context.clip(frames[1]);
    context.globalAlpha = UNUSED;
    draw(false);
    context.restore();
    context.save();
    context.clip(frames[0]);
    draw(true);
    let index = 0;
    for (const { left, top } of columns.slice(1, -1)) {
      for (let k = 0; k < left.length; k++) drawMap(context, neurons, index++, left[k], top[k], tile);
    }
    const last = columns[columns.length - 1];
    for (let k = 0; k < last.left.length; k++) drawMap(context, output, k, last.left[k], last.top[k], tile);
    context.restore();
    context.strokeStyle = palette.ink;
    context.lineWidth = border;
    context.stroke(frames[0]);
    context.globalAlpha = UNUSED;
    context.stroke(frames[1]);
    context.globalAlpha = 1;
    labelInputs();
    if (shape.outputs > 1 && shape.classes) markOutputs(columns[columns.length - 1]);
    noteColumns();
    const chosen = hovered ? tileOf(shape, hovered) : -1;
    if (hovered && chosen >= 0) {
      const { left, top } = columns[hovered.layer + 1];
      context.strokeStyle = palette.back;
      context.lineWidth = 3 * palette.link ** 0.5;
      context.stroke(outlines([[left[chosen], top[chosen]]], tile, radius));
    }
  }

  function labelInputs() {
    if (!layout || !shape) return;
    context.font = `${palette.text}px ${palette.font}`;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    const { left, top } = layout.columns[0];
    const edge = Math.min(...left) - 8;
    shape.drawn[0].forEach((input, row) => {
      context.fillStyle = shape?.used.includes(row) ? palette.ink : palette.soft;
      context.fillText(inputLabel(input, /** @type {Shape} */ (shape)), edge, top[row] + /** @type {any} */ (layout).tile / 2);
    });
  }

  /** Which class each output speaks for: its mark beside it, or its digit. @param {import('../../draw/network/layout.js').Column} column */
  function markOutputs({ left, top }) {
    if (!layout || !shape) return;
    const { tile } = layout;
    const radius = palette.text * 0.36;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    shape.drawn[shape.drawn.length - 1].forEach((number, k) => {
      const [x, y] = [left[k] + tile + 5, top[k] + tile / 2];
      context.fillStyle = number < palette.classes.length && shape?.features.length ? cssColor(palette.classes[number]) : palette.ink;
      if (!shape?.features.length) context.fillText(String(number), x, y);
      else {
        context.beginPath();
        traceMark(context, number, x + radius * 1.2, y, radius);
        context.fill();
      }
    });
  }

  /** Under a column of which only some are drawn: how many of how many. */
  function noteColumns() {
    if (!layout || !shape) return;
    context.font = `${palette.small}px ${palette.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    context.fillStyle = palette.soft;
    shape.drawn.forEach(({ length }, column) => {
      const { sizes } = /** @type {Shape} */ (shape);
      if (length < sizes[column]) context.fillText(t('network.some_drawn', { count: length, all: sizes[column] }), /** @type {any} */ (layout).columns[column].center, /** @type {any} */ (layout).height);
    });
  }

  /** The dot at each neuron's lower left corner. @param {Frame} frame */
  function paintBiases(frame) {
    if (!layout) return;
    const { columns, tile } = layout;
    const radius = Math.max(1.8, Math.min(5, tile * 0.14)) * palette.link ** 0.5;
    const inset = tile * 0.06;
    context.strokeStyle = palette.panel;
    context.lineWidth = radius * 0.36;
    columns.slice(1).forEach(({ left, top }, layer) => {
      const biases = drawnOnly(/** @type {Shape} */ (shape), frame.parameters, layer, 'bias');
      if (!biases) return; // switched off
      for (let k = 0; k < left.length; k++) {
        context.fillStyle = colorOf(colormap, Math.sign(biases[k]) * (FAINTEST_BIAS + Math.abs(biases[k])));
        context.beginPath();
        context.arc(left[k] + inset, top[k] + tile - inset, radius, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      }
    });
  }

  /** @param {Frame | null} frame */
  function paintRiverOf(frame) {
    if (!layout) return;
    const { columns, height } = layout;
    const centers = columns.map(({ center }) => center);
    const middles = centers.slice(1).map((center, i) => (center + centers[i]) / 2);
    const norms = frame ? frame.gradient_norms : middles.map(() => 0);
    paintRiver(context, { xs: [centers[0], ...middles, centers[centers.length - 1]], norms, top: height + 6, height: 30, drift }, palette);
  }
}

/** A picture of one lit pixel. @param {number} pixel @param {number} side */
function spot(pixel, side) {
  const values = new Float32Array(side * side);
  values[pixel] = 1;
  return values;
}
