// @ts-check
// The run as files for others: of the run as it stands, each once, with what is said of it in the language of now.

import { useLanguage, useTexts } from '/static/js/core/i18n.js';
import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { createExports } from '/static/js/panels/save/exports.js';
import { assert, equal, test } from '/js-tests/harness.js';

const FORMATS = ['numpy', 'safetensors', 'data', 'torch', 'report', 'onnx', 'notebook'];
const PROOF = JSON.stringify({ losses: 3, outputs: 4, difference: 1e-7, seconds: 0.1, step: 1 });
const proved = () => new Response('file', { headers: { 'content-disposition': 'attachment; filename="run.py"', proof: PROOF } });
const refused = () => Response.json({ code: 'no_such_code', values: {} }, { status: 422 });

/**
 * A menu, and a server played here.
 * @param {(format: string) => Response} answer @param {(page: ReturnType<typeof openMenu>) => Promise<void>} body
 */
async function withMenu(answer, body) {
  const [fetched, clicked] = [window.fetch, HTMLAnchorElement.prototype.click];
  await useTexts('save/');
  await useLanguage('zh');
  await useLanguage('en');
  const page = openMenu();
  window.fetch = async (url) => {
    const format = String(url).split('/').at(-1) ?? '';
    page.asked.push(format);
    return answer(format);
  };
  HTMLAnchorElement.prototype.click = () => { page.taken.push('file'); };
  try {
    await body(page);
  } finally {
    window.fetch = fetched;
    HTMLAnchorElement.prototype.click = clicked;
    page.exports.forget();
    page.root.remove();
  }
}

function openMenu() {
  const root = document.createElement('div');
  root.innerHTML = FORMATS.map((format) => `<button data-format="${format}"><span data-testid="proof"></span></button>`).join('');
  document.body.append(root);
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  store.set({ state: /** @type {any} */ ({ session: 's', revision: 1, step: 1 }) });
  return { root, store, exports: createExports(root, store), asked: /** @type {string[]} */ ([]), taken: /** @type {string[]} */ ([]) };
}

/** @param {HTMLElement} root @param {string} format */
const buttonOf = (root, format) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-format=${format}]`));

/** Until nothing is made any more. */
async function quiet() {
  for (let turn = 0; turn < 2000; turn += 1) {
    await new Promise((done) => { setTimeout(done); });
    if (!document.querySelector('[data-state=running]')) return;
  }
  throw new Error('a file is being made for ever');
}

test('opened again after training on, what is quick is made anew', () => withMenu(proved, async ({ root, store, exports, asked, taken }) => {
  exports.prove();
  await quiet();
  equal(asked, ['numpy', 'safetensors', 'data', 'torch']);
  exports.prove(); // nothing is due
  await quiet();
  store.set({ frame: /** @type {any} */ ({ step: 2 }) });
  exports.prove();
  await quiet();
  equal(asked.length, 8);
  buttonOf(root, 'onnx').click();
  await quiet();
  equal([asked.at(-1), taken.length], ['onnx', 1]);
  store.set({ frame: /** @type {any} */ ({ step: 3 }) });
  buttonOf(root, 'numpy').click();
  await quiet();
  equal([asked.slice(9), taken.length], [['numpy'], 2], 'of the run as it stands');
}));

test('a file that was refused is not taken later by itself', () => {
  let answer = refused;
  return withMenu(() => answer(), async ({ root, store, exports, taken }) => {
    exports.prove();
    await quiet();
    buttonOf(root, 'numpy').click();
    answer = proved;
    store.set({ frame: /** @type {any} */ ({ step: 2 }) });
    exports.prove();
    await quiet();
    equal([buttonOf(root, 'numpy').textContent?.includes('losses agree'), taken], [true, []]);
  });
});

test('an answer that cannot be read is said, and the next files are made', () => withMenu(
  (format) => (format === 'numpy' ? new Response('no proof') : proved()),
  async ({ root, exports }) => {
    exports.prove();
    await quiet();
    equal(['numpy', 'data'].map((format) => /** @type {HTMLElement} */ (buttonOf(root, format).firstElementChild).dataset.state), ['refused', 'proved']);
  },
));

test('what is said of a file follows the language', () => withMenu(proved, async ({ root, store, exports }) => {
  exports.prove();
  await quiet();
  await useLanguage('zh');
  store.set({ language: 'zh' });
  await quiet();
  const texts = ['numpy', 'onnx'].map((format) => buttonOf(root, format).textContent ?? '');
  assert(texts[0].startsWith('第 1 步') && texts[1].startsWith('点击'), texts.join());
  await useLanguage('en');
}));
