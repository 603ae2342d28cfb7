import { createRivals } from '/static/js/panels/studies/luck_rivals.js';
import { equal, test } from '../../harness.js';

const SPEC = { optimizer: 'sgd', l2: 0, seed: 7, data_seed: null, start_seed: null, hidden: [{ width: 4, dropout: 0 }] };
const state = {
  state: { spec: SPEC, planted: null, engine: 'compiled' }, spec: SPEC, choices: { datasets: {} }, fields: { optimizer: { options: ['sgd', 'adam'] } },
  comparisonRuns: [
    { change: { aspect: 'l2', value: 0.01 } }, { change: { aspect: 'dropout', value: 0.2 } }, { change: { aspect: 'optimizer', value: 'adam' } },
    { change: { aspect: 'bug', value: 'forgotten_slope' } }, { change: { aspect: 'kept', value: { name: 'mine', spec: { ...SPEC, seed: 9, l2: 1 } } } },
  ],
};

test('beside the setup of the page stand other optimizers and those of compared runs that a Spec can say', () => {
  const select = document.createElement('select');
  const rivals = createRivals(select, { get: (key) => state[key] });
  rivals.offer();
  const others = ['', 'adam', { l2: 0.01 }, { hidden: [{ width: 4, dropout: 0.2 }] }, { l2: 1 }].map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  equal([...select.options].map(({ value }) => value), others);
  equal(rivals.chosen(), null);
  select.value = 'adam';
  equal(rivals.chosen(), { optimizer: 'adam' });
  select.value = others[4];
  rivals.offer();
  equal(rivals.chosen(), { l2: 1 });
  equal(rivals.namesOf({ spec: SPEC, against: { l2: 1 } })[1], 'mine');
  equal(rivals.namesOf({ spec: SPEC, against: null }).length, 1);
});
