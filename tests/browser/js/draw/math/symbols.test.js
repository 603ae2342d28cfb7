// @ts-check
import { symbolOf } from '/static/js/draw/math/symbols.js';
import { assert, equal, test } from '/js-tests/harness.js';

/** What is read when only the letters are. @param {string} symbol */
function plain(symbol) {
  const math = document.createElement('math');
  math.innerHTML = symbolOf(symbol);
  return math.textContent;
}

test('sub and sup belong to the letter before them', () => {
  equal(symbolOf('a_{2}'), '<msub><mi>a</mi><mrow><mn>2</mn></mrow></msub>');
  const both = symbolOf('w_{1,2}^{(3)}');
  assert(both.startsWith('<msubsup><mi>w</mi><mrow>'), both);
  equal(plain('w_{1,2}^{(3)}'), 'w1,2(3)');
});

test('a root is over what follows it: a letter, a bracket or a function', () => {
  equal(symbolOf('√v'), '<msqrt><mi>v</mi></msqrt>');
  assert(!symbolOf('√(σ^{2} + ε)').includes('>(<'), 'the bracket is the root itself');
  const function_ = symbolOf('√max(1, rows/columns)');
  assert(function_.startsWith('<msqrt><mi mathvariant="normal">max</mi>') && function_.endsWith('</msqrt>'), function_);
});

test('words are told in the language of the reader, letters with hats and primes stay one', () => {
  equal(symbolOf('part of L', (word) => word.toUpperCase()).match(/<mi[^>]*>[^<]*/g), ['<mi mathvariant="normal">PART', '<mi mathvariant="normal">OF', '<mi>L']);
  equal(symbolOf('m̂'), '<mi class="marked">m̂</mi>');
  equal(symbolOf('v′'), '<mi class="marked">v′</mi>');
});

test('a minus is a sign at the beginning and a difference between two', () => {
  assert(symbolOf('−η').includes('form="prefix"'));
  assert(!symbolOf('z − μ').includes('form="prefix"'));
  assert(symbolOf('(−s)').includes('form="prefix"'));
});

test('nothing of a symbol is lost and nothing is taken for markup', () => {
  for (const symbol of ['∂L/∂a^{above}', '−η·λ·w', 'min(1, c/(‖g‖ + 10^{−6}))', '(L₊ − L₋)/2σ·ε', '1/(1 − β_{1}^{t})', 'u′ = max(u, v′)', 'Σ_{in}g_{1}^{2}']) {
    equal(plain(symbol)?.replaceAll(/\s/g, ''), symbol.replaceAll(/[_^{}\s]/g, ''), symbol);
  }
  equal(plain('a < b & c'), 'a<b&c');
});
