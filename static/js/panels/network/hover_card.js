// @ts-check
// The card beside the neuron or link under the pointer: its numbers, and a neuron's heat map in large.

import { contextOf } from '../../draw/base/canvas.js';
import { makeColormap, neuronUnit, paintValues, shownOutput } from '../../draw/base/colormap.js';
import { cardPosition } from '../../draw/network/card_position.js';
import { tileBox } from '../../draw/network/layout.js';
import { linkBox } from '../../draw/network/links.js';
import { neuronBox } from '../../draw/network/number_labels.js';
import { write } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { neuronName } from '../../experiment/names.js';
import { linkRows, neuronRows, rangeRow } from './card_rows.js';
import { tileOf } from './shape.js';
import { endsOfLink } from './subjects.js';

/** @typedef {import('../../wire/frames.js').Frame} Frame */
/** @typedef {import('../../wire/frames.js').Grid} Grid */
/** @typedef {import('./shape.js').Shape} Shape */
/** @typedef {import('./shape.js').Place} Place */
/** @typedef {import('./drawing_type.js').Drawing} Drawing */
/** @typedef {import('../../draw/base/colormap.js').Meaning} Meaning */
/** @typedef {import('../../draw/base/palette.js').Palette} Palette */

/**
 * @typedef {object} Hovered  what the card shows
 * @property {Place | null} place  the neuron under the pointer
 * @property {number} link  the link under the pointer, −1: none; it goes before the neuron
 * @property {Frame | null} frame  of the shape that is drawn
 * @property {import('./heat_maps.js').FeatureMaps | null} featureMaps
 * @property {Meaning} meaning  of the outputs
 */

/** @param {HTMLElement} root  an empty element @param {HTMLElement} stage  what scrolls */
export function createHoverCard(root, stage) {
  root.innerHTML = '<p></p><canvas></canvas><dl></dl>';
  const [title, canvas, list] = /** @type {[HTMLElement, HTMLCanvasElement, HTMLElement]} */ ([...root.children]);
  const card = { title, canvas, list, paintMap: createMapPainter(canvas) };
  let shown = ''; // what the card stands beside

  return {
    /** What the card shows may have another position. */
    rearranged: () => (shown = ''),

    /** @param {Drawing} drawing @param {Hovered} hovered */
    fill: (drawing, hovered) => fillCard(card, drawing, hovered),

    /** Hides the card where nothing is hovered; gives whether something else is than before. @param {Place | null} place @param {number} link */
    follow(place, link) {
      if (link < 0 && !place) {
        shown = '';
        root.hidden = true;
        return false;
      }
      const key = link >= 0 ? `link ${link}` : `${place?.layer} ${place?.neuron}`;
      if (key === shown) return false;
      shown = key;
      return true;
    },

    /** Fills the card and places it beside what is hovered. @param {Drawing} drawing @param {Hovered} hovered */
    show(drawing, hovered) {
      fillCard(card, drawing, hovered);
      root.hidden = false;
      const view = { left: stage.scrollLeft, right: stage.scrollLeft + stage.clientWidth, height: stage.clientHeight };
      const { x, y } = cardPosition(boxOf(drawing, hovered), { width: root.offsetWidth, height: root.offsetHeight }, view);
      root.style.left = `${x}px`;
      root.style.top = `${y}px`;
    },
  };
}

/** What the card stands beside. @param {Drawing} drawing @param {Hovered} hovered */
function boxOf({ shape, layout, links, labels }, { place, link }) {
  const column = (link >= 0 ? links.layer[link] : place?.layer ?? 0) + 1;
  const tile = link >= 0 ? links.to[link] : shape.drawn[column].indexOf(place?.neuron ?? 0);
  if (labels) return neuronBox(labels, column, tile);
  return link >= 0 ? linkBox(links, link) : tileBox(layout, column, tile);
}

/** @typedef {{title: HTMLElement, canvas: HTMLCanvasElement, list: HTMLElement, paintMap: ReturnType<typeof createMapPainter>}} Card */

/** @param {Card} card @param {Drawing} drawing @param {Hovered} hovered */
function fillCard(card, drawing, { place, link, frame, featureMaps, meaning }) {
  if (link >= 0 && frame) showLink(card, drawing, link, frame);
  else if (place && place.layer < 0) showInput(card, drawing, place, featureMaps);
  else if (place) showNeuron(card, drawing, place, frame, meaning);
}

/** @param {Card} card @param {Drawing} drawing @param {Place} place @param {import('./heat_maps.js').FeatureMaps | null} featureMaps */
function showInput({ title, canvas, list, paintMap }, { shape, palette }, place, featureMaps) {
  title.textContent = neuronName(place, shape);
  const feature = featureMaps?.[shape.features[place.neuron]];
  canvas.hidden = !feature;
  fillRows(list, []);
  if (!feature) return;
  const values = Float32Array.from(feature.values, (q) => (q / 127) * feature.scale);
  paintMap({ ...feature, values }, null, palette);
  fillRows(list, [rangeRow(values), ['', t(shape.used.includes(place.neuron) ? 'network.in_use' : 'network.not_in_use')]]);
}

/** @param {Card} card @param {Drawing} drawing @param {Place} place @param {Frame | null} frame @param {Meaning} meaning */
function showNeuron({ title, canvas, list, paintMap }, { shape, palette }, place, frame, meaning) {
  const { layer, neuron } = place;
  const own = shape.hidden[layer];
  title.textContent = own ? `${neuronName(place, shape)} · ${t(`activation.${own.activation ?? shape.activation}`)}` : neuronName(place, shape);
  const tile = tileOf(shape, place);
  const map = mapOf(frame, layer, neuron, tile);
  canvas.hidden = !map;
  if (!frame) return;
  const isClassOutput = layer === shape.hidden.length && shape.classes > 0;
  if (map) paintMap(map, isClassOutput ? meaning : null, palette);
  fillRows(list, neuronRows(shape, frame, layer, tile));
}

/** @param {Card} card @param {Drawing} drawing @param {number} link @param {Frame} frame */
function showLink({ title, canvas, list }, { shape, links }, link, frame) {
  const { before, after } = endsOfLink(shape, links, link);
  title.textContent = `${neuronName(before, shape)} → ${neuronName(after, shape)}`;
  canvas.hidden = true;
  fillRows(list, linkRows(shape, links, link, frame));
}

/** A painter that keeps its image and its working array between calls. @param {HTMLCanvasElement} canvas */
function createMapPainter(canvas) {
  const context = contextOf(canvas);
  let image = new ImageData(1, 1);
  let shown = new Float32Array(1);
  /** @param {Grid} map @param {Meaning | null} meaning  of an output @param {Palette} palette */
  return ({ side, scale, values }, meaning, palette) => {
    if (image.width !== side) {
      canvas.width = canvas.height = side;
      image = new ImageData(side, side);
      shown = new Float32Array(side * side);
    }
    if (meaning) shownOutput(values, meaning, shown);
    paintValues(meaning ? shown : values, makeColormap(palette, 1), new Uint32Array(image.data.buffer), meaning ? 1 : neuronUnit(scale));
    context.putImageData(image, 0, 0);
  };
}

/** @param {HTMLElement} list  a dl @param {[string, string][]} rows */
function fillRows(list, rows) {
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

/**
 * A neuron's map with the most cells there are; where inputs are pixels, its weights as a picture.
 * @param {Frame | null} frame @param {number} layer @param {number} neuron @param {number} tile @returns {Grid | null}
 */
function mapOf(frame, layer, neuron, tile) {
  if (!frame) return null;
  if (frame.focus?.layer === layer && frame.focus.neuron === neuron) return frame.focus;
  return (frame.maps ? frame.maps[layer]?.[tile] : layer === 0 && frame.weights?.[tile]) || null;
}
