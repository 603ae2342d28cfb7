// @ts-check
// One of the pictures side by side: the plane as a branch shows it, the branch's name and its test loss.

import { contextOf } from '../../draw/base/canvas.js';
import { paintClasses, paintValues, shownOutput } from '../../draw/base/colormap.js';
import { t } from '../../core/i18n.js';
import { branchName } from './branches.js';

/**
 * @typedef {object} Colors
 * @property {import('../../draw/base/colormap.js').Colormap} values
 * @property {Uint32Array} classes
 * @property {number} unit  the value at full strength: one for all pictures, so that the same colour is the same number
 */

/** @param {number} branch */
export function makeFigure(branch) {
  const element = document.createElement('figure');
  element.dataset.testid = `beside-${branch}`;
  element.innerHTML = '<canvas></canvas><figcaption><b></b><span></span></figcaption>';
  const [name, words] = /** @type {HTMLElement[]} */ ([...element.querySelectorAll('b, span')]);
  const canvas = /** @type {HTMLCanvasElement} */ (element.querySelector('canvas'));
  let image = new ImageData(1, 1);
  let pixels = new Uint32Array(image.data.buffer);
  let outputs = new Float32Array(1);

  /** @param {number} side */
  function resize(side) {
    if (image.width === side) return;
    canvas.width = canvas.height = side;
    image = new ImageData(side, side);
    pixels = new Uint32Array(image.data.buffer);
    outputs = new Float32Array(side * side);
  }

  return {
    element, branch,
    /**
     * @param {import('./branch_ends.js').BranchPlane} plane
     * @param {Colors} colors
     * @param {import('../../experiment/output.js').Output} output
     */
    paint({ side, values, classes, test_loss: loss }, colors, output) {
      canvas.hidden = !values;
      if (values) {
        resize(side);
        if (classes) paintClasses(classes.winners, classes.strength, colors.classes, pixels);
        else paintValues(shownOutput(values, output.classes ? output : { logits: false, threshold: 0 }, outputs), colors.values, pixels, colors.unit);
        contextOf(canvas).putImageData(image, 0, 0);
      }
      name.textContent = branchName(branch);
      words.textContent = t('timeline.beside_loss', { loss: loss?.toPrecision(3) ?? '–' });
      element.dataset.value = String(loss);
    },
  };
}
