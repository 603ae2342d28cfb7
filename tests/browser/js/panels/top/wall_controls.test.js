// @ts-check
import { createStore } from '/static/js/core/store.js';
import { mountWallControls } from '/static/js/panels/top/wall_controls.js';
import { equal, test } from '/js-tests/harness.js';

/** Presses Escape; whether something took it. */
const escape = () => !document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', cancelable: true }));

test('Escape closes one level at a time: what lies over the controls, then they', () => {
  const store = createStore({ profile: 'projector', wallControls: false });
  const opener = document.createElement('button');
  const sheet = Object.assign(document.createElement('div'), { popover: 'manual' });
  document.body.append(opener, sheet);
  const undo = mountWallControls(opener, /** @type {any} */ (store));
  try {
    opener.click();
    sheet.showPopover();
    equal([escape(), store.get('wallControls')], [false, true], 'with the sheet open');
    sheet.hidePopover();
    equal([escape(), store.get('wallControls')], [true, false], 'alone');
    opener.click();
    const taken = (/** @type {Event} */ event) => event.preventDefault();
    document.addEventListener('keydown', taken, { once: true, capture: true });
    equal([escape(), store.get('wallControls')], [true, true], 'where another has closed');
  } finally {
    undo();
    document.documentElement.classList.remove('controls-open');
    opener.remove();
    sheet.remove();
  }
});
