// @ts-check
import { decodeMessagePack } from '/static/js/wire/msgpack.js';
import { equal, refuses, test } from '/js-tests/harness.js';

const bytes = (/** @type {string} */ hex) => Uint8Array.from(hex.split(' '), (pair) => parseInt(pair, 16));

// [bytes, value], by the specification's table of formats
const FORMATS = /** @type {[string, unknown][]} */ ([
  ['00', 0], ['7f', 127], ['e0', -32], ['ff', -1],
  ['cc ff', 255], ['cd 01 00', 256], ['ce 00 01 00 00', 65536], ['cf 00 00 00 01 00 00 00 00', 2 ** 32],
  ['d0 80', -128], ['d1 80 00', -32768], ['d2 80 00 00 00', -(2 ** 31)], ['d3 ff ff ff ff 00 00 00 00', -(2 ** 32)],
  ['c0', null], ['c2', false], ['c3', true],
  ['ca 3f 80 00 00', 1], ['cb 3f b9 99 99 99 99 99 9a', 0.1],
  ['a2 c2 b5', 'µ'], ['d9 01 61', 'a'], ['da 00 01 61', 'a'], ['db 00 00 00 01 61', 'a'],
  ['92 01 c0', [1, null]], ['dc 00 01 05', [5]], ['dd 00 00 00 01 05', [5]],
  ['81 a1 61 90', { a: [] }], ['de 00 01 a1 61 01', { a: 1 }], ['df 00 00 00 01 a1 61 01', { a: 1 }],
]);

test('every format is read', () => {
  for (const [hex, value] of FORMATS) equal(decodeMessagePack(bytes(hex)), value, hex);
});

test('byte strings are views', () => {
  for (const hex of ['c4 02 07 08', 'c5 00 02 07 08', 'c6 00 00 00 02 07 08']) {
    const message = bytes(hex);
    const value = decodeMessagePack(message);
    equal([...value], [7, 8], hex);
    equal(value.buffer === message.buffer, true, 'not copied');
  }
});

test('a message within a larger buffer is read from its own place', () => {
  const buffer = bytes('00 00 93 01 02 03 00').buffer;
  equal(decodeMessagePack(new Uint8Array(buffer, 2, 4)), [1, 2, 3]);
});

test('what is cut short, left over or unknown is refused', () => {
  refuses(() => decodeMessagePack(bytes('93 01 02')), /cut short/);
  refuses(() => decodeMessagePack(bytes('c4 05 01')), /cut short/);
  refuses(() => decodeMessagePack(bytes('ca 00')), /cut short/);
  refuses(() => decodeMessagePack(bytes('01 02')), /left over/);
  refuses(() => decodeMessagePack(bytes('d4 01 00')), /0xd4/);
  refuses(() => decodeMessagePack(bytes('c1')), /0xc1/);
});
