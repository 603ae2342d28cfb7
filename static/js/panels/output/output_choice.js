// @ts-check
// Buttons that choose which output is shown, where the network has several values.

import { t } from '../../core/i18n.js';

const ARITHMETIC = ['x₁ + x₂', 'x₁ − x₂'];

/** @param {HTMLElement} root @param {import('../../core/store.js').Store} store @param {import('./plane_contents.js').PlaneContents} contents */
export function showOutputChoice(root, store, { output, draft, chosenOutput }) {
  const several = output && output.plane && output.classes === 0 && output.outputs > 1 && !draft;
  root.hidden = !several;
  root.setAttribute('aria-label', t('boundary.which_output'));
  if (!several) return;
  const names = store.get('spec')?.dataset === 'arithmetic' ? ARITHMETIC : Array.from({ length: output.outputs }, (_, i) => String(i + 1));
  if (root.children.length !== names.length) root.replaceChildren(...names.map((name, i) => makeButton(name, i, () => store.set({ output: i }))));
  [...root.children].forEach((button, i) => button.setAttribute('aria-pressed', String(i === chosenOutput)));
}

/** @param {string} name @param {number} i @param {() => void} choose */
function makeButton(name, i, choose) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = name;
  button.dataset.testid = `output-${i}`;
  button.onclick = choose;
  return button;
}
