// @ts-check
// A whole Spec to an address and back.

import { fromAddress, fromWholeAddress, toAddress, toWholeAddress } from '/static/js/experiment/address.js';
import { readLayers, writeLayers } from '/static/js/experiment/layers.js';
import { fieldsOf } from '/static/js/core/schema.js';
import { placeOf, scaleOf, valueAt } from '/static/js/panels/settings/scale.js';
import { assert, equal, near, refuses, test } from '/js-tests/harness.js';

const fields = fieldsOf(await (await fetch('/api/spec/schema')).json());
const DEFAULT = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));

/** Another value than the default, of every kind. @param {string} name @returns {any} */
function another(name) {
  const field = fields[name];
  if (name === 'hidden') return [{ width: 3, activation: 'gelu', dropout: 0.25, batch_norm: true, residual: true }, { width: 40, activation: null, dropout: 0, batch_norm: false, residual: false }];
  if (name === 'own_points') return [[1, -2.5, 0], [0.125, 6, 1]];
  if (name === 'own_units') return [[175, 5], [0.1, 0.02], [0, 1e6]];
  if (name === 'own_names') return ['Größe, cm', '50 %', '', 'ja; nein', '是&否=1'];
  if (field.kind === 'list') return field.options.slice(2);
  if (field.kind === 'choice') return field.options.find((option) => option !== field.default);
  if (field.kind === 'switch') return !field.default;
  return [0.001, 0.37, 2, 7, 30].find((value) => field.admits(value) && value !== field.default);
}

test('every field of the Spec comes back from the address', () => {
  for (const name of Object.keys(fields)) {
    const spec = { ...DEFAULT, [name]: another(name) };
    const address = toAddress(spec, fields);
    assert(address.startsWith(`${name}=`), address);
    equal(fromAddress(address, fields), spec, name);
  }
  const all = Object.fromEntries(Object.keys(fields).map((name) => [name, another(name)]));
  equal(fromAddress(`#${toAddress(all, fields)}`, fields), all, 'all at once');
  equal(toAddress(DEFAULT, fields), '');
});

test('pace, bug and engine come back with the Spec', () => {
  const usual = { steps_per_second: 50, engine: 'compiled' };
  const address = toWholeAddress({ ...DEFAULT, noise: 5 }, fields, { steps_per_second: 20, bug: 'no_zero_grad', engine: 'by_hand' }, usual);
  equal(address, 'noise=5&steps_per_second=20&bug=no_zero_grad&engine=by_hand');
  equal(fromWholeAddress(`#${address}`, fields), { spec: { ...DEFAULT, noise: 5 }, steps_per_second: 20, bug: 'no_zero_grad', engine: 'by_hand' });
  equal(toWholeAddress(DEFAULT, fields, { ...usual, bug: null }, usual), '');
  equal(fromWholeAddress('#', fields), null);
  equal(fromWholeAddress(`#${toWholeAddress(DEFAULT, fields, { ...usual, bug: null, steps_per_second: null }, usual)}`, fields), { spec: DEFAULT, steps_per_second: null });
  refuses(() => fromWholeAddress('steps_per_second=fast', fields), /steps_per_second=fast/);
});

test('null comes back where the default is another', () => {
  equal(fromAddress('batch_size=', fields)?.batch_size, null);
  equal(toAddress({ ...DEFAULT, batch_size: null }, fields), 'batch_size=');
});

test('layers and points stay readable', () => {
  equal(toAddress({ ...DEFAULT, hidden: another('hidden'), own_points: another('own_points') }, fields), 'own_points=1,-2.5,0;0.125,6,1&hidden=3:gelu:bn:d0.25:res,40');
  equal(writeLayers(readLayers(' 8 , 4:relu ')), '8,4:relu');
  equal(readLayers(''), []);
});

test('what cannot be read is named', () => {
  for (const part of ['biases=yes', 'own_points=1,2', 'own_points=1,2,x', 'own_units=1,2,3', 'hidden=8:2', 'hidden=8:relu:tanh', 'hidden=8:d1.2.3', 'noise=', 'color=red']) {
    refuses(() => fromAddress(part, fields), new RegExp(part.split('=')[part.startsWith('color') ? 0 : 1].replaceAll('.', '\\.')));
  }
});

test('a slid number is one the Spec admits and stands where it was slid to', () => {
  for (const [name, field] of Object.entries(fields)) {
    const scale = field.kind === 'whole' || field.kind === 'real' ? scaleOf(name, field) : null;
    if (!scale) continue;
    for (let i = 0; i <= 100; i++) {
      const value = valueAt(i / 100, scale, field.whole);
      assert(field.admits(value), `${name} at ${i}: ${value}`);
      const close = scale.shape === 'zero' ? 0.05 : 0.08; // whole numbers and two digits leave gaps
      if (!field.whole) near(placeOf(value, scale), i / 100, close, `${name} at ${i}`);
    }
    equal([valueAt(1, scale, field.whole), placeOf(valueAt(0, scale, field.whole), scale) < 0.08], [scale.to, true], name);
  }
});
