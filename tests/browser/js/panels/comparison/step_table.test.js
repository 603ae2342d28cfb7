// @ts-check
import { createStepTable } from '/static/js/panels/comparison/step_table.js';
import { equal, test } from '/js-tests/harness.js';

test('runs that have begun stand beside each other before the last one has', async () => {
  const box = document.createElement('div');
  const runs = [['compiled', [1.5, 0.5]], ['by hand', [1.5, 0.25]], ['PyTorch', []]].map(([name, losses]) => ({ name, losses, steps: Array.from(losses, (_, i) => i) }));
  const table = createStepTable(box, () => /** @type {any} */ (runs));
  table.drawSoon();
  while (!box.firstChild) await new Promise((done) => setTimeout(done, 10));
  table.stop();
  const texts = [...box.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent));
  equal(texts, [['1', '0.500000000', '0.250000000', '–', '0.250'], ['0', '1.50000000', '1.50000000', '–', '0']]);
});
