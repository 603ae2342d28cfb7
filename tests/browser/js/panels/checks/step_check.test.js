// @ts-check
import { createStore } from '/static/js/core/store.js';
import { mountStepCheck } from '/static/js/panels/checks/step_check.js';
import { equal, test } from '/js-tests/harness.js';

const settled = () => new Promise((done) => setTimeout(done));

test('a refusal puts engine and bug back, another message leaves what is asked; the focus stays', async () => {
  const page = new DOMParser().parseFromString(await (await fetch('/')).text(), 'text/html');
  const [chip, panel] = /** @type {HTMLElement[]} */ (['checked', 'checks'].map((id) => page.getElementById(id)));
  document.body.append(chip, panel);
  const store = /** @type {any} */ (createStore({
    state: { engine: 'compiled', planted: null }, checked: null, message: null, language: 'en', fields: null, spec: null,
    choices: { engines: ['compiled', 'autograd'], bugs: ['forgotten_two'] },
  }));
  const sent = /** @type {string[]} */ ([]);
  const undo = mountStepCheck(chip, panel, store, (command) => sent.push(command.type));
  try {
    panel.showPopover();
    const choices = ['engine-choice', 'plant'].map((testid) => /** @type {HTMLSelectElement} */ (panel.querySelector(`[data-testid=${testid}]`)));
    choices.forEach((choice, i) => {
      choice.focus();
      choice.value = ['autograd', 'forgotten_two'][i];
      choice.dispatchEvent(new Event('change'));
      equal(document.activeElement === choice, true, 'focused');
    });
    store.set({ message: { kind: 'notice', key: 'server.warming_up' } });
    await settled();
    equal(choices.map(({ value }) => value), ['autograd', 'forgotten_two'], 'after a notice');
    store.set({ message: { kind: 'error', key: 'server.too_many_branches' } });
    await settled();
    equal(choices.map(({ value }) => value), ['compiled', ''], 'after a refusal');
    equal(sent, ['engine', 'plant']);
  } finally {
    undo();
    chip.remove();
    panel.remove();
  }
});
