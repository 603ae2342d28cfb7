// @ts-check
// A list of setups to its file and back, and files that are none.

import { MOST_ENTRIES, addressIn, moved, placeAfter, readList, writeList } from '/static/js/experiment/set_up_list.js';
import { kindOf } from '/static/js/core/file_drop.js';
import { equal, test } from '/js-tests/harness.js';

const ENTRIES = [{ name: '', preset: 'circle' }, { name: 'Größe', address: 'dataset=spiral&hidden=8,8:relu' }, { name: 'start', address: '' }];

test('a list comes back from its file', async () => {
  const file = writeList(ENTRIES);
  equal(await kindOf(new File([file], 'a.csv')), 'list');
  equal(readList(file), { entries: ENTRIES });
  equal(readList(`\uFEFF${file}`), { entries: ENTRIES });
});

test('a file that is no list is told from one with a faulty entry', async () => {
  for (const text of ['', 'x1,x2\n1,2', '[]', 'null', '3', '{"entries":[]}', '{"playground_list":1}']) equal(readList(text), { fault: 'none' });
  equal(await kindOf(new File(['{"entries":[],"playground_list":1}'], 'a.csv')), 'points', 'it is known by its first key');
  const list = (/** @type {unknown[]} */ entries, version = 1) => JSON.stringify({ playground_list: version, entries });
  equal(readList(list([], 2)), { fault: 'version' });
  for (const entry of [null, 7, {}, { preset: '' }, { preset: 3 }, { address: {} }, { name: 5, address: '' }, { name: 'x'.repeat(121), address: '' }]) {
    equal(readList(list([ENTRIES[0], entry])), { fault: 'entry', at: 2 });
  }
  equal(readList(list(Array.from({ length: MOST_ENTRIES + 1 }, () => ENTRIES[0]))), { fault: 'many' });
});

test('an address is taken whole or from its hash on', () => {
  for (const text of ['https://school.example/playground/#dataset=xor', ' #dataset=xor ', 'dataset=xor']) equal(addressIn(text), 'dataset=xor');
});

test('an entry is moved to a place of the list without it', () => {
  equal(moved(['a', 'b', 'c'], 0, 1), ['b', 'a', 'c']);
  equal(moved(['a', 'b', 'c'], 2, 0), ['c', 'a', 'b']);
});

test('a list that has changed goes on where it was', () => {
  const [a, b, c] = ENTRIES;
  equal(placeAfter([a, b, c], 1, [b, a, c]), 0);
  equal(placeAfter([a, b, c], 2, [b, c]), 1);
  equal(placeAfter([a, b, c], 1, [a, c]), 0, 'the one after it is next');
  equal(placeAfter([a, b, c], 0, [b, c]), -1);
  equal(placeAfter([a, b, c], -1, [b, a, c]), -1);
  equal(placeAfter([a, b, c], 2, [{ ...a }, { ...b }, { ...c }]), -1, 'another list begins at its start');
});
