// @ts-check
import { biasLabelAt, hasNeuronLabels, hasSum, layoutWithLabels, linkLabels, neuronLabelAt, neuronLabelWidth, sumLabelAt, unitLabelAt } from '/static/js/draw/network/number_labels.js';
import { makeLinks } from '/static/js/draw/network/links.js';
import { assert, equal, test } from '/js-tests/harness.js';

const EM = 3.06; // of a wide font: "−0.00" in sizes of it
const BOXES = [[802, 304, 13], [472, 260, 13], [366, 330, 13], [760, 370, 13], [1300, 620, 13], [890, 400, 20], [560, 270, 20]];
const SHAPES = [[7, 1], [7, 4, 2, 1], [7, 8, 8, 8, 1], [7, 8, 8, 8, 8, 8, 8, 1], [7, 12, 10, 3], [12, 10, 10], [7, 16, 12, 1], [7, 32, 32, 8], [7, ...Array(8).fill(32), 1]];

/** @typedef {[number, number, number, number, string]} Box  left, top, right, bottom, of what */

/** @param {number[]} box @param {number[]} counts @param {number} [inputs] */
function labelled([width, height, text], counts, inputs = 2) {
  const made = layoutWithLabels({ width, height, counts, text }, EM, counts[0] === 7 ? inputs : counts[0]);
  return { ...made, links: makeLinks(made.layout, Array.from({ length: counts[0] === 7 ? inputs : counts[0] }, (_, i) => i)) };
}

/** All that is written. @param {ReturnType<typeof labelled>} drawn @param {{layer: number, tile: number} | null} chosen */
function written(drawn, chosen) {
  const { layout, cell, links } = drawn;
  /** @type {Box[]} */
  const boxes = [];
  // a digit is 0.73 of its font high
  const add = (/** @type {number} */ left, /** @type {number} */ y, /** @type {number} */ width, /** @type {string} */ what) => boxes.push([left, y - 0.37 * cell.size, left + width, y + 0.37 * cell.size, what]);
  linkLabels(drawn, links, chosen).positions.forEach((position, n) => position && add(position.x - cell.width, position.y, cell.width, `link ${n}`));
  layout.columns.forEach(({ left }, column) => {
    if (!column || hasNeuronLabels(layout, column, cell)) {
      for (let k = 0; k < (column ? left.length : 2); k++) add(neuronLabelAt(drawn, column, k).x - neuronLabelWidth(cell) / 2, neuronLabelAt(drawn, column, k).y, neuronLabelWidth(cell), `neuron ${column} ${k}`);
    }
    if (column && hasNeuronLabels(layout, column, cell)) for (let k = 0; k < left.length; k++) add(biasLabelAt(drawn, column, k).x, biasLabelAt(drawn, column, k).y, cell.width, `bias ${column} ${k}`);
    const sumWidth = 4.8 * cell.size; // “z = −5.97”
    if (hasSum(drawn, column)) add(sumLabelAt(drawn, column, sumWidth).x - sumWidth / 2, sumLabelAt(drawn, column, sumWidth).y, sumWidth, `sum ${column}`);
    if (column) add(unitLabelAt(drawn, column - 1).x - cell.width, unitLabelAt(drawn, column - 1).y, cell.width, `unit ${column}`);
  });
  return boxes;
}

test('no number lies on another, and all are large enough and within the picture', () => {
  for (const box of BOXES) {
    for (const counts of SHAPES) {
      const drawn = labelled(box, counts);
      const what = `${counts.join('-')} in ${box.join('×')}`;
      assert(drawn.cell.size >= (11 / 13) * box[2], `${what}: ${drawn.cell.size} px`);
      const one = drawn.grids.findIndex(({ all }) => !all);
      const boxes = written(drawn, one < 0 ? null : { layer: one, tile: counts[one + 1] - 1 });
      boxes.forEach(([left, top, right, bottom, name], i) => {
        assert(left >= 0 && right <= drawn.layout.width + 0.01 && top >= 0 && bottom <= drawn.layout.height + 6, `${what}: ${name} beside the picture`);
        for (const [left2, top2, right2, bottom2, other] of boxes.slice(i + 1)) {
          assert(left >= right2 - 0.01 || left2 >= right - 0.01 || top >= bottom2 - 0.01 || top2 >= bottom - 0.01, `${what}: ${name} on ${other}`);
        }
      });
    }
  }
});

test('up to eight wide every link has its number, whatever the room', () => {
  for (const box of BOXES.slice(0, 5)) {
    for (const counts of SHAPES.slice(0, 4)) {
      for (const inputs of [1, 2, 7]) {
        const drawn = labelled(box, counts, inputs);
        assert(linkLabels(drawn, drawn.links, null).positions.every((position) => position), `${counts.join('-')} with ${inputs} inputs in ${box.join('×')}`);
      }
    }
  }
});

test('three layers of eight fit a laptop', () => equal(labelled(BOXES[0], [7, 8, 8, 8, 1]).layout.width, BOXES[0][0]));

test('where a layer is too wide only one neuron at a time has its numbers', () => {
  const drawn = labelled(BOXES[0], [7, 32, 32, 1]);
  const shown = (/** @type {{layer: number, tile: number} | null} */ chosen) => linkLabels(drawn, drawn.links, chosen).positions.flatMap((position, n) => (position && drawn.links.layer[n] === 1 ? [[drawn.links.to[n], drawn.links.from[n]]] : []));
  equal(shown(null), []);
  equal(shown({ layer: 1, tile: 5 }), Array.from({ length: 32 }, (_, from) => [5, from]));
});
