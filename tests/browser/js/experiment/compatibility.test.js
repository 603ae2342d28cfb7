// @ts-check
// What goes with what: reasons, companions, conflicts; with the choices and the default Spec of the real server.

import { fieldsOf } from '/static/js/core/schema.js';
import { beforePerceptron, withCompanions } from '/static/js/experiment/companions.js';
import { closedReason, idleReason, layerReason } from '/static/js/experiment/compatibility.js';
import { conflict } from '/static/js/experiment/contradictions.js';
import { outputCount } from '/static/js/experiment/spec_properties.js';
import { equal, test } from '/js-tests/harness.js';

const load = async (/** @type {string} */ path) => (await fetch(path)).json();
const choices = await load('/api/choices');
const fields = fieldsOf(await load('/api/spec/schema'));
const DEFAULT = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));

/** @param {Record<string, any>} fields */
const spec = (fields) => ({ ...DEFAULT, ...fields });
const layer = (/** @type {number} */ width, extras = {}) => ({ width, activation: null, dropout: 0, batch_norm: false, residual: false, ...extras });
/** @param {Record<string, any>} now @param {Record<string, any>} change @param {Record<string, any>} [aside] */
const along = (now, change, aside) => {
  const { change: whole, notes } = withCompanions(spec(now), change, choices, aside);
  return [whole, notes.map(({ key }) => key)];
};

test('real-valued data take squared error with them', () => {
  equal(along({ loss: 'cross_entropy' }, { dataset: 'plane' }), [{ dataset: 'plane', loss: 'mse' }, ['along.loss']]);
  equal(along({ loss: 'huber' }, { dataset: 'plane' }), [{ dataset: 'plane' }, []]);
});

test('the perceptron takes its network along and is left when that is changed', () => {
  const rule = { hidden: [], output_activation: 'step', loss: 'mse', batch_size: 1 };
  equal(along({ dataset: 'and_gate' }, { optimizer: 'perceptron' }), [{ optimizer: 'perceptron', ...rule, loss: undefined }, ['along.perceptron']].map((part) => JSON.parse(JSON.stringify(part))));
  const now = { dataset: 'and_gate', optimizer: 'perceptron', ...rule };
  equal(along(now, { hidden: [layer(3)] }), [{ hidden: [layer(3)], optimizer: 'sgd', output_activation: null }, ['along.left_perceptron']]);
  equal(along(now, { optimizer: 'adam' }), [{ optimizer: 'adam', output_activation: null }, ['along.left_step']]);
  equal(along(now, { learning_rate: 1 }), [{ learning_rate: 1 }, []]);
});

test('what the perceptron rule set aside comes back with another rule, but for what was changed meanwhile', () => {
  const before = { dataset: 'and_gate', optimizer: 'adam', hidden: [layer(5)], output_activation: 'sigmoid', loss: 'mae', batch_size: 4 };
  const aside = beforePerceptron(spec(before));
  const { change, notes } = withCompanions(spec(before), { optimizer: 'perceptron' }, choices);
  equal(notes, [{ key: 'along.perceptron', values: { fields: ['hidden', 'output_activation', 'loss', 'batch_size'] } }]);
  const now = { ...before, ...change };
  const rest = { hidden: [layer(5)], output_activation: 'sigmoid', loss: 'mae', batch_size: 4 };
  equal(along(now, { optimizer: 'sgd' }, aside), [{ optimizer: 'sgd', ...rest }, ['along.back']]);
  equal(along({ ...now, batch_size: 2 }, { optimizer: 'sgd' }, aside)[0].batch_size, undefined);
  equal(along(now, { hidden: [layer(3)] }, aside), [{ hidden: [layer(3)], optimizer: 'adam', output_activation: 'sigmoid', loss: 'mae', batch_size: 4 }, ['along.left_perceptron']]);
});

test('a loss of logits frees the output, batch norm wants a batch, fewer points fit the plane', () => {
  equal(along({ output_activation: 'sigmoid' }, { loss: 'bce' }), [{ loss: 'bce', output_activation: null }, ['along.output']]);
  equal(along({ batch_size: 1 }, { hidden: [layer(4, { batch_norm: true })] })[0].batch_size, 10);
  equal(along({ samples: 60000, dataset: 'mnist' }, { dataset: 'circle' }), [{ dataset: 'circle', samples: null }, ['along.samples']]);
});

test('a residual link goes where widths come to differ', () => {
  const now = { hidden: [layer(4), layer(4, { residual: true })] };
  const [change, notes] = along(now, { hidden: [layer(5), layer(4, { residual: true })] });
  equal(change.hidden.map((/** @type {any} */ { residual }) => residual), [false, false]);
  equal(notes, ['along.residual']);
  equal(along({ hidden: [layer(2, { residual: true })] }, { features: ['x1'] })[1], ['along.residual']);
});

test('what a person asks for outright is not changed', () => {
  equal(along({}, { dataset: 'plane', loss: 'bce' }), [{ dataset: 'plane', loss: 'bce' }, []]);
});

test('closed options and idle settings have their reason', () => {
  equal(closedReason('loss', 'cross_entropy', spec({ dataset: 'sine' }), choices), { key: 'reason.needs_classes' });
  equal(closedReason('loss', 'mae', spec({ dataset: 'sine' }), choices), null);
  equal(closedReason('optimizer', 'perceptron', spec({ dataset: 'moons', classes: 3 }), choices), { key: 'reason.two_classes' });
  equal(closedReason('optimizer', 'evolution', spec({ hidden: [layer(3, { dropout: 0.1 })] }), choices), { key: 'reason.evolution' });
  equal(closedReason('output_activation', 'tanh', spec({ loss: 'bce' }), choices), { key: 'reason.logits' });
  equal(closedReason('dataset', 'mnist', spec({}), choices), { key: 'reason.missing' });
  equal(closedReason('dataset', 'own', spec({}), choices), { key: 'reason.no_points' });
  equal(closedReason('dataset', 'own', spec({ own_points: [[0, 0, 1]] }), choices), { key: 'reason.one_class' });
  equal(closedReason('dataset', 'own', spec({ own_points: [[0, 0, 1], [1, 1, 0.5]] }), choices), { key: 'reason.labels' });
  equal(idleReason('beta1', spec({}), choices), { key: 'reason.only_optimizers', values: { optimizers: ['adam', 'adamw', 'muon'] } });
  equal(idleReason('beta1', spec({ optimizer: 'muon' }), choices), null);
  equal(idleReason('elu_alpha', spec({ hidden: [layer(3, { activation: 'elu' })] }), choices), null);
  equal(layerReason('residual', 0, spec({ hidden: [layer(3)] }), choices), { key: 'reason.residual', values: { below: 2, width: 3 } });
  equal(layerReason('dropout', 0, spec({ optimizer: 'evolution' }), choices), { key: 'reason.layer_evolution' });
});

test('a whole that cannot be is known before it is sent', () => {
  equal(conflict(spec({}), choices), null);
  equal(conflict(spec({ batch_size: 1, hidden: [layer(3, { batch_norm: true })] }), choices), { key: 'server.spec_batch_of_one' });
  equal(conflict(spec({ hidden: [layer(600), layer(600)] }), choices)?.key, 'server.spec_parameters');
  const pictures = { dataset: 'mnist', samples: 30_000, batch_size: null, hidden: [layer(64, { batch_norm: true })], loss: 'cross_entropy' };
  const values = { samples: 15_000, units: 858, limit: choices.most_normed, batch_size: Math.floor(choices.most_normed / 858) };
  equal(conflict(spec(pictures), choices), { key: 'server.spec_norm_batch', values });
  equal(conflict(spec({ ...pictures, batch_size: values.batch_size }), choices), null);
  equal(conflict(spec({ ...pictures, hidden: [layer(64)] }), choices), null);
  const few = { ...pictures, dataset: 'digits', train_fraction: 0.9, hidden: [layer(1000, { batch_norm: true })] };
  equal(conflict(spec(few), choices), null);
  const units = 4 * 1000 + 64 + 10;
  const most = { samples: 1617, units, limit: choices.most_normed, batch_size: Math.floor(choices.most_normed / units) };
  const wide = [1000, 1000, 1000, 1000].map((width) => layer(width, { batch_norm: true }));
  equal(conflict(spec({ ...few, hidden: wide }), choices), { key: 'server.spec_norm_batch', values: most });
  equal(outputCount(spec({ dataset: 'digits' }), choices), 10);
  equal(outputCount(spec({ loss: 'cross_entropy' }), choices), 2);
  equal(outputCount(spec({ dataset: 'arithmetic' }), choices), 2);
});
