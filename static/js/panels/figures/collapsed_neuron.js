// @ts-check
// A deep linear network multiplied out, layer by layer, to the one neuron that says the same: live, in numbers.

import { featureLabel, fixed } from '../../draw/base/numbers.js';
import { write } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { watchNumbers } from '../../core/throttle.js';
import { collapse } from '../../experiment/collapse.js';

const DIGITS = 3; // after the point

/** @param {HTMLElement} root  empty @param {import('../../core/store.js').Store} store @returns {() => void} undo */
export function mountCollapsedNeuron(root, store) {
  root.innerHTML = '<p class="one-neuron" data-testid="collapsed"></p><div class="maps"></div><p class="hint" data-t="figure.collapsed.help"></p>';
  const [sentence, tables] = /** @type {HTMLElement[]} */ ([...root.children]);

  function show() {
    const [frame, spec] = [store.get('frame'), store.get('spec')];
    if (!frame || !spec || frame.drawn) return; // of a large network not all weights are here
    const maps = collapse(frame.parameters, frame.sizes, spec.hidden);
    const inputs = spec.features.map(featureLabel);
    if (tables.children.length !== maps.length) tables.replaceChildren(...maps.map((map, i) => makeTable(titleOf(i, maps.length), inputs, map.bias.length)));
    maps.forEach(({ weight, bias }, i) => {
      const cells = tables.children[i].querySelectorAll('td');
      weight.flatMap((row, neuron) => [...row, bias[neuron]]).forEach((value, n) => write(cells[n], fixed(value, DIGITS)));
    });
    const { weight: [weights], bias: [bias] } = maps[maps.length - 1];
    write(sentence, `z = ${[...weights.map((weight, i) => `${fixed(weight, DIGITS).trim()}·${inputs[i]}`), fixed(bias, DIGITS).trim()].join(' + ').replaceAll('+ −', '− ')}`);
    sentence.dataset.value = [...weights, bias].join(' ');
  }

  show();
  return watchNumbers(store, show);
}

/** @param {number} layer @param {number} layers */
const titleOf = (layer, layers) => t(layer === layers - 1 ? 'figure.collapsed.all' : layer ? 'figure.collapsed.layers' : 'figure.collapsed.first', { layer: layer + 1 });

/** @param {string} title @param {string[]} inputs @param {number} rows */
function makeTable(title, inputs, rows) {
  const table = document.createElement('table');
  table.createCaption().textContent = title;
  const head = table.createTHead().insertRow();
  head.append(...[...inputs, 'b'].map((name) => Object.assign(document.createElement('th'), { textContent: name })));
  const body = table.createTBody();
  for (let row = 0; row < rows; row++) {
    const cells = body.insertRow();
    for (let column = 0; column <= inputs.length; column++) cells.insertCell();
  }
  return table;
}
