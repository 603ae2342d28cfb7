// @ts-check
// Which code stands in the sheet: that of this page's backend, or the run as a program.

import { t } from '../../core/i18n.js';

/** Name → key of its words. */
const TABS = /** @type {const} */ ([['backend', 'phase.code.backend'], ['numpy', 'phase.code.numpy'], ['torch', 'phase.code.torch']]);

/** @param {HTMLElement} root  empty @param {Record<string, HTMLElement>} views  one for each tab @param {() => void} changed */
export function createCodeTabs(root, views, changed) {
  root.innerHTML = TABS.map(([name]) => `<button type="button" data-testid="tab-${name}"></button>`).join('');
  const buttons = /** @type {HTMLButtonElement[]} */ ([...root.children]);
  let shown = 'backend';
  buttons.forEach((button, i) => {
    button.onclick = () => {
      [shown] = TABS[i];
      show();
      changed();
    };
  });

  function show() {
    TABS.forEach(([name, words], i) => {
      views[name].hidden = name !== shown;
      buttons[i].textContent = t(words);
      buttons[i].setAttribute('aria-pressed', String(name === shown));
    });
  }
  return { labels: show };
}
