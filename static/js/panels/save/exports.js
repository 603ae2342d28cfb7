// @ts-check
// The run as files for others. Each is run and compared with the run by the server before it can be taken: what is
// downloaded is the very file that was compared.

import { scientific } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';

const ON_OPENING = ['numpy', 'safetensors', 'data', 'torch']; // within seconds, the quickest first
const ON_CLICK = ['report', 'onnx', 'notebook'];

/** @typedef {{losses: number, outputs: number, difference: number, seconds: number, step: number, cut: boolean, changed: boolean}} Proof */
/** @typedef {{button: HTMLButtonElement, proof: HTMLElement, said: {key: string, values?: Record<string, any>} | null, of: string, file: {url: string, name: string} | null, due: boolean, wanted: boolean}} Export  said: beside its button; of: the run and step it was made of; due: it is to be made; wanted: it is to be downloaded once it is there */

/** @param {HTMLElement} root  with a button for each format @param {import('../../core/store.js').Store} store */
export function createExports(root, store) {
  const all = [...ON_OPENING, ...ON_CLICK].map((format) => exportOf(/** @type {HTMLButtonElement} */ (root.querySelector(`[data-format=${format}]`))));
  let working = false;
  const now = () => `${store.get('state')?.session} ${store.get('state')?.revision} ${(store.get('frame') ?? store.get('state'))?.step}`;

  /** @param {Export} one */
  async function proveOne(one) {
    drop(one);
    one.due = false;
    one.of = now();
    show(one, 'running', 'save.proof.running');
    try {
      const answer = await fetch(`api/sessions/${store.get('state')?.session}/exports/${one.button.dataset.format}`);
      if (answer.ok) await offer(one, answer);
      else refuse(one, await answer.json());
    } catch { // no answer, or none that can be read
      refuse(one, {});
    }
  }

  for (const one of all) {
    one.button.onclick = () => {
      one.due ||= one.of !== now();
      if (!one.due && one.proof.dataset.state === 'refused') return;
      one.wanted = true;
      if (one.file && !one.due) download(one);
      else work();
    };
  }

  /** One after the other, those that are wanted first; only these once the menu is closed. */
  async function work() {
    if (working) return;
    working = true;
    const next = () => all.find((one) => one.due && one.wanted) ?? (root.offsetParent ? all.find((one) => one.due) : undefined);
    for (let one = next(); one; one = next()) await proveOne(one);
    working = false;
  }

  /** Of the run as it stands: those that take seconds at once, the others when they are asked for. */
  function prove() {
    for (const one of all) {
      if (one.of === now()) continue;
      if (ON_OPENING.includes(one.button.dataset.format ?? '')) one.due = true;
      else if (one.proof.dataset.state !== 'running' && !one.due) ask(one);
    }
    work();
  }

  const stop = store.watch(['language'], () => all.forEach(write));
  return {
    prove,
    forget() {
      stop();
      all.forEach(drop);
    },
  };
}

/** Not made yet. @param {HTMLButtonElement} button @returns {Export} */
const exportOf = (button) => ({
  button, proof: /** @type {HTMLElement} */ (button.querySelector('[data-testid=proof]')), said: null, of: '', file: null, due: false, wanted: false,
});

/** Makes it when it is clicked. @param {Export} one */
function ask(one) {
  drop(one);
  one.of = '';
  show(one, '', 'save.proof.on_click');
}

/** @param {Export} one @param {Response} answer */
async function offer(one, answer) {
  const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? '';
  /** @type {Proof} */
  const { losses, outputs, difference, seconds, step, cut, changed } = JSON.parse(answer.headers.get('proof') ?? '{}');
  const values = { step, seconds: seconds.toFixed(1), losses, outputs, difference: scientific(difference, 0) };
  one.file = { url: URL.createObjectURL(await answer.blob()), name };
  const ofLosses = changed ? 'save.proof.changed' : cut ? 'save.proof.cut' : 'save.proof.proved';
  show(one, 'proved', losses ? ofLosses : 'save.proof.outputs', values, difference);
  if (one.wanted && !one.due) download(one); // due: of a step that the run has left
}

/** Where the server gave no reason it may be asked again. @param {Export} one @param {{code?: string, values?: Record<string, any>}} fault */
function refuse(one, { code, values }) {
  one.wanted &&= one.due;
  if (!code) one.of = '';
  show(one, 'refused', code ? `server.${code}` : 'save.proof.unreachable', values);
}

/** @param {Export} one */
function download(one) {
  one.wanted = false;
  if (!one.file) return;
  const link = document.createElement('a');
  link.href = one.file.url;
  link.download = one.file.name;
  link.click();
}

/** @param {Export} one @param {'' | 'running' | 'proved' | 'refused'} state @param {string} key @param {Record<string, any>} [values] @param {number} [difference] */
function show(one, state, key, values, difference) {
  one.said = { key, values };
  one.proof.dataset.state = state;
  if (difference === undefined) delete one.proof.dataset.difference;
  else one.proof.dataset.difference = String(difference);
  one.button.setAttribute('aria-disabled', String(state === 'refused'));
  write(one);
}

/** In the language of now. @param {Export} one */
function write({ said, proof }) {
  if (said) proof.textContent = t(said.key, said.values);
}

/** @param {Export} one */
function drop(one) {
  if (one.file) URL.revokeObjectURL(one.file.url);
  one.file = null;
}
