// @ts-check
// Handles: small buttons on the links, or on their number labels, and at the neurons' corners, that open weights and
// biases. The Tab key passes over them; the arrow keys lead to them. In a layer with many links only those into the chosen
// neuron have handles.

import { allHaveHandles, linksInto, placeHandles } from '../../draw/network/handles.js';
import { t } from '../../core/i18n.js';
import { neuronName } from '../../experiment/names.js';
import { keyedChildren } from './keyed_children.js';
import { endsOfLink, subjectOfLink } from './subjects.js';

const BIAS_SIZE = { least: 7, most: 13 }; // px of a bias's handle, larger than its dot

/** @typedef {import('./drawing_type.js').Drawing} Drawing */
/** @typedef {import('./subjects.js').Subject} Subject */
/** @typedef {{x: number, y: number, width: number, height: number}} Area  x, y: its centre, px */
/** @typedef {(n: number) => Area | null} LabelArea  of a link's number label; null: it has none */
/** @typedef {import('../../draw/network/number_labels.js').DrawnNeuron} DrawnNeuron */
/**
 * @typedef {object} On
 * @property {(subject: Subject) => void} open  clicked
 * @property {(subject: Subject | null) => void} focus  by keys
 */

/** @param {HTMLElement} root  empty @param {On} on */
export function createHandles(root, on) {
  const ofChosen = root.appendChild(document.createElement('div')); // of the chosen neuron, before its bias
  const [buttons, chosenButtons] = [keyedChildren(root), keyedChildren(ofChosen)];

  return {
    /** @param {Drawing} drawing @param {boolean} biases  whether there are any @param {LabelArea} labelArea */
    arrange(drawing, biases, labelArea) {
      const { links } = drawing;
      buttons.begin();
      for (let layer = 0; layer + 1 < links.starts.length; layer++) {
        const [start, end] = [links.starts[layer], links.starts[layer + 1]];
        if (allHaveHandles(links, layer)) addWeights(buttons, drawing, Array.from({ length: end - start }, (_, i) => start + i), labelArea, on);
      }
      if (biases) addBiases(buttons, drawing, on);
      buttons.end();
    },

    /** The links into one neuron, where not all of its layer have handles. @param {Drawing} drawing @param {DrawnNeuron | null} chosen @param {LabelArea} labelArea */
    choose(drawing, chosen, labelArea) {
      const { links } = drawing;
      chosenButtons.begin();
      if (chosen && !allHaveHandles(links, chosen.layer)) addWeights(chosenButtons, drawing, linksInto(links, chosen.layer, chosen.tile), labelArea, on);
      chosenButtons.end();
    },
  };
}

/** @param {ReturnType<typeof keyedChildren>} buttons @param {Drawing} drawing @param {number[]} some  links of one layer @param {LabelArea} labelArea @param {On} on */
function addWeights(buttons, { shape, links }, some, labelArea, on) {
  const places = some.every(labelArea)
    ? some.map((link) => ({ link, .../** @type {Area} */ (labelArea(link)) }))
    : placeHandles(links, some).map(({ link, x, y, size }) => ({ link, x, y, width: size, height: size }));
  for (const { link, ...area } of places) {
    const subject = subjectOfLink(shape, links, link);
    const id = `weight-${subject.layer}-${subject.index}-${subject.source}`;
    const button = buttons.get(id, () => makeHandle(id, subject, on));
    button.dataset.link = String(link);
    button.classList.toggle('on-number', area.width > area.height);
    place(button, area);
    const { before, after } = endsOfLink(shape, links, link);
    button.setAttribute('aria-label', t('network.open_weight', { from: neuronName(before, shape), to: neuronName(after, shape) }));
  }
}

/** @param {ReturnType<typeof keyedChildren>} buttons @param {Drawing} drawing @param {On} on */
function addBiases(buttons, { shape, layout: { columns, tile } }, on) {
  const size = Math.max(BIAS_SIZE.least, Math.min(BIAS_SIZE.most, tile * 0.4));
  columns.slice(1).forEach(({ left, top }, layer) => {
    for (let k = 0; k < left.length; k++) {
      const index = shape.drawn[layer + 1][k];
      const id = `bias-${layer}-${index}`;
      const button = buttons.get(id, () => makeHandle(id, { kind: 'bias', layer, index, source: 0 }, on));
      place(button, { x: left[k] + tile * 0.06, y: top[k] + tile * 0.94, width: size, height: size });
      button.setAttribute('aria-label', t('network.open_bias', { name: neuronName({ layer, neuron: index }, shape) }));
    }
  });
}

/** @param {string} id @param {Subject} subject @param {On} on */
function makeHandle(id, subject, on) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = `hold ${subject.kind}`;
  button.tabIndex = -1;
  button.dataset.testid = id;
  let byKeys = false;
  button.onfocus = () => {
    byKeys = button.matches(':focus-visible');
    if (byKeys) on.focus(subject);
  };
  button.onblur = () => byKeys && on.focus(null);
  button.dataset.of = `${subject.layer} ${subject.index}`;
  button.dataset.from = `${subject.layer - 1} ${subject.kind === 'weight' ? subject.source : ''}`;
  button.onclick = () => on.open(subject);
  return button;
}

/** @param {HTMLElement} button @param {Area} area */
function place(button, { x, y, width, height }) {
  button.style.cssText = `left:${x - width / 2}px;top:${y - height / 2}px;width:${width}px;height:${height}px`;
}
