// @ts-check
import { colorIndex, colorOf, makeClassColors, makeColormap, makeTwoColors, neuronUnit, paintClasses, paintSides, paintValues, shownOutput } from '/static/js/draw/base/colormap.js';
import { luminance, mix, parseColor } from '/static/js/draw/base/palette.js';
import { layerColors } from '/static/js/draw/chart/charts.js';
import { DARK, LIGHT, assert, equal, near, refuses, test } from '/js-tests/harness.js';

/** Contrast of two colours, 1 … 21 (WCAG 2.2). @param {import('/static/js/draw/base/palette.js').RGB} one @param {import('/static/js/draw/base/palette.js').RGB} other */
function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test('zero is the middle, ±1 the full colours, beyond is clipped', () => {
  const colors = makeColormap(LIGHT, 1);
  equal(colorOf(colors, 0), 'rgb(246 245 242)');
  equal(colorOf(colors, 1), 'rgb(31 109 179)');
  equal(colorOf(colors, -1), 'rgb(212 100 10)');
  equal(colorOf(colors, 40), colorOf(colors, 1));
  equal(colorOf(colors, -Infinity), colorOf(colors, -1));
});

test('more is farther from the middle', () => {
  const colors = makeColormap(LIGHT, 1);
  const blue = Array.from({ length: 11 }, (_, i) => new Uint8Array(Uint32Array.of(colors[colorIndex(i / 10)]).buffer)[0]);
  assert(blue.every((red, i) => i === 0 || red < blue[i - 1]), String(blue));
});

test('pixels are stored opaque and in order', () => {
  const pixels = new Uint32Array(3);
  paintValues([-2, 0, 2], makeColormap(LIGHT, 1), pixels, 2);
  equal([...new Uint8Array(pixels.buffer)], [212, 100, 10, 255, 246, 245, 242, 255, 31, 109, 179, 255]);
});

test('a pale map stays between the middle and the full colour', () => {
  equal(colorOf(makeColormap(LIGHT, 0.5), 1), `rgb(${mix(LIGHT.middle, LIGHT.positive, 0.5).map(Math.round).join(' ')})`);
});

test('two colours: the sign decides, however small the value, and zero is not above zero', () => {
  const [below, above] = makeTwoColors(LIGHT, 1);
  const pixels = new Uint32Array(6);
  paintSides([-3, -1e-30, 0, 1e-30, 0.7, 40], makeTwoColors(LIGHT, 1), pixels);
  equal([...pixels], [below, below, below, above, above, above]);
});

test('a logit is shown as 2σ(z) − 1', () => {
  const into = new Float32Array(3);
  const logit = { logits: true, threshold: 0 };
  shownOutput(Float32Array.of(-3, 0, 1.5), logit, into);
  [-3, 0, 1.5].forEach((z, i) => near(into[i], 2 / (1 + Math.exp(-z)) - 1, 1e-6));
  equal([...shownOutput(Float32Array.of(-3, 0, 1.5), { ...logit, logits: false }, into)], [-3, 0, 1.5]);
});

test('of targets 0 and 1 the middle is where the decision turns', () => {
  equal([...shownOutput(Float32Array.of(0, 0.5, 1, 0.75), { logits: false, threshold: 0.5 }, new Float32Array(4))], [-1, 0, 1, 0.5]);
});

test('a map of classes is each winner in its colour, the fuller the surer', () => {
  const pixels = new Uint32Array(4);
  paintClasses([2, 2, 5, 5], [255, 0, 255, 128], makeClassColors(LIGHT, 1, false), pixels);
  const bytes = [...new Uint8Array(pixels.buffer)];
  equal(bytes.slice(0, 4), [...LIGHT.classes[2], 255]);
  equal(bytes.slice(8, 12), [...LIGHT.classes[5], 255]);
  assert(bytes[4] > bytes[0] && bytes[12] > bytes[8], 'in doubt it is paler');
  paintClasses([2, 2, 5, 5], [255, 0, 255, 128], makeClassColors(LIGHT, 1, true), pixels);
  equal(pixels[0], pixels[1]);
});

test('a neuron beyond ±1 sets its own scale', () => {
  equal([0, 0.3, 1, 7].map(neuronUnit), [1, 1, 1, 7]);
});

test('colours are read from CSS, and what is none is named', () => {
  equal(parseColor('#fff'), [255, 255, 255]);
  equal(parseColor('#1f6db3'), [31, 109, 179]);
  refuses(() => parseColor('blue'), /holds blue/);
  refuses(() => parseColor(''), /holds nothing/);
});

test('contrast of black and white is 21', () => near(contrast([0, 0, 0], [255, 255, 255]), 21, 1e-9));

test('the layers’ violets and inks are at least 3:1 on the panel, and all different', () => {
  for (const palette of [LIGHT, DARK]) {
    for (let n = 2; n < 20; n++) {
      const count = n >> 1;
      const colors = layerColors(count, palette, n % 2 === 0);
      equal(new Set(colors).size, count);
      for (const color of colors) {
        const rgb = /** @type {[number, number, number]} */ ((color.match(/\d+/g) ?? []).slice(0, 3).map(Number));
        assert(contrast(rgb, parseColor(palette.panel)) >= 3, `${color} of ${count} is ${contrast(rgb, parseColor(palette.panel)).toFixed(2)}:1`);
      }
    }
  }
});
