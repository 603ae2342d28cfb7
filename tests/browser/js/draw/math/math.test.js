// @ts-check
// Formulas as MathML.

import { mathOf } from '/static/js/draw/math/math.js';
import { CHOICES, LAYER, SETTINGS } from '/static/js/experiment/formulas.js';
import { assert, equal, refuses, test } from '/js-tests/harness.js';

test('a fraction, a root, an index and a power', () => {
  equal(
    mathOf(String.raw`\frac{a_1^2}{\sqrt{b}}`),
    '<math displaystyle="true"><mfrac><mrow><msubsup><mi>a</mi><mn>1</mn><mn>2</mn></msubsup></mrow><mrow><msqrt><mrow><mi>b</mi></mrow></msqrt></mrow></mfrac></math>',
  );
});

test('a minus after an open bracket is a sign and between terms a difference', () => {
  const signs = (/** @type {string} */ formula) => [...mathOf(formula).matchAll(/<mo[^>]*>−<\/mo>/g)].map(([found]) => found.includes('prefix'));
  equal(signs('(-s)'), [true]);
  equal(signs('a - b'), [false]);
  equal(signs('w = -1 - 2'), [true, false]);
});

test('what cannot be read is refused with the place', () => {
  refuses(() => mathOf(String.raw`\frac{a}`), /ends too early/);
  refuses(() => mathOf('{a'), /is missing/);
  refuses(() => mathOf(String.raw`\colour`), /has no meaning/);
  refuses(() => mathOf('a}'), /stands alone/);
});

test('every formula of the page can be read and is drawn', () => {
  const all = [...Object.values(CHOICES).flatMap((options) => Object.values(options)), ...Object.values(SETTINGS), ...Object.values(LAYER)].flat();
  assert(all.length > 100);
  const box = document.createElement('div');
  document.body.append(box);
  for (const line of all) {
    box.innerHTML = mathOf(line);
    const math = /** @type {Element} */ (box.firstElementChild);
    assert(math.namespaceURI === 'http://www.w3.org/1998/Math/MathML' && math.getBoundingClientRect().width > 5, line);
  }
  box.remove();
});
