// @ts-check
import { MARKS, markPath, traceMark } from '/static/js/draw/plane/marks.js';
import { paintPoints } from '/static/js/draw/plane/plane.js';
import { makeColormap } from '/static/js/draw/base/colormap.js';
import { DARK, LIGHT, assert, blankCanvas, equal, near, test } from '/js-tests/harness.js';

/** @typedef {import('/static/js/draw/base/palette.js').RGB} RGB */

/** Which pixels a mark covers. @param {number} number */
function covered(number) {
  const context = blankCanvas(40, 40);
  context.beginPath();
  traceMark(context, number, 20, 20, 10);
  context.fill();
  return Array.from(context.getImageData(0, 0, 40, 40).data).filter((_, i) => i % 4 === 3).map((alpha) => alpha > 127);
}

test('there are eight marks and each is a shape of its own, about as large as the others', () => {
  equal([MARKS, LIGHT.classes.length, DARK.classes.length], [8, 8, 8]);
  const all = Array.from({ length: MARKS }, (_, number) => covered(number));
  const sizes = all.map((mark) => mark.filter(Boolean).length);
  for (const size of sizes) assert(size > 230 && size < 370, String(sizes));
  all.forEach((one, a) => all.slice(a + 1).forEach((other, b) => {
    const differs = one.filter((inside, i) => inside !== other[i]).length;
    assert(differs > 30, `marks ${a} and ${a + 1 + b} differ by ${differs} pixels`);
  }));
});

test('the mark of the legend is the mark on the map', () => {
  for (let number = 0; number < MARKS; number++) {
    const context = blankCanvas(40, 40);
    context.translate(20, 20);
    context.scale(10, 10);
    context.fill(new Path2D(markPath(number)));
    const path = Array.from(context.getImageData(0, 0, 40, 40).data).filter((_, i) => i % 4 === 3).map((alpha) => alpha > 127);
    near(path.filter((inside, i) => inside !== covered(number)[i]).length, 0, 8, `mark ${number}`);
  }
});

test('points of many classes are drawn in their colours', () => {
  for (let number = 0; number < MARKS; number++) {
    const context = blankCanvas(120, 120);
    paintPoints(context, [[0, 0, number]], { size: 120, radius: 8, hollow: false, classes: 8, palette: LIGHT, colormap: makeColormap(LIGHT, 1) });
    equal([...context.getImageData(60, 60, 1, 1).data].slice(0, 3), LIGHT.classes[number], `class ${number}`);
  }
});

/** Brettel's, Viénot's and Mollon's kinds as matrices on linear light (Machado, Oliveira and Fernandes 2009, severity 1). */
const VISIONS = {
  full: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

/** OKLab of a colour as an eye of this kind sees it. @param {RGB} color @param {number[]} vision */
function seen(color, vision) {
  const times = (/** @type {number[]} */ m, /** @type {number[]} */ v) => [0, 3, 6].map((row) => m[row] * v[0] + m[row + 1] * v[1] + m[row + 2] * v[2]);
  const linear = color.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  const light = times(vision, linear).map((value) => Math.min(1, Math.max(0, value)));
  const cones = times([0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619, 0.2817188376, 0.6299787005], light);
  return times([0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099, 0.0259040371, 0.7827717662, -0.808675766], cones.map(Math.cbrt));
}

test('no two classes look alike to any kind of colour vision', () => {
  for (const palette of [LIGHT, DARK]) {
    for (const [kind, vision] of Object.entries(VISIONS)) {
      const colors = palette.classes.map((color) => seen(color, vision));
      colors.forEach((one, a) => colors.slice(a + 1).forEach((other, b) => {
        const distance = Math.hypot(...one.map((value, i) => value - other[i]));
        assert(distance > 0.08, `classes ${a} and ${a + 1 + b} are ${distance.toFixed(3)} apart for ${kind}`);
      }));
    }
  }
});
