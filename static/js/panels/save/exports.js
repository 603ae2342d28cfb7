// @ts-check
// The run as files for others. Each is run and compared with the run by the server before it can be taken: what is
// downloaded is the very file that was compared.

import { scientific } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';

const ORDER = ['numpy', 'safetensors', 'data', 'report', 'onnx', 'torch', 'notebook']; // the quickest first

/** @typedef {{losses: number, outputs: number, difference: number, seconds: number, step: number}} Proof */
/** @typedef {{button: HTMLButtonElement, proof: HTMLElement, of: string, file: {url: string, name: string} | null, due: boolean, wanted: boolean}} Export  of: the run and step it was made of; due: it is to be made; wanted: it is to be downloaded once it is there */

/** @param {HTMLElement} root  with a button for each format @param {import('../../core/store.js').Store} store */
export function createExports(root, store) {
  /** @type {Export[]} */
  const all = ORDER.map((format) => {
    const button = /** @type {HTMLButtonElement} */ (root.querySelector(`[data-format=${format}]`));
    return { button, proof: /** @type {HTMLElement} */ (button.querySelector('[data-testid=proof]')), of: '', file: null, due: false, wanted: false };
  });
  /** @type {Promise<void> | null} */
  let working = null;
  const now = () => `${store.get('state')?.session} ${store.get('state')?.revision} ${(store.get('frame') ?? store.get('state'))?.step}`;

  /** @param {Export} one */
  async function proveOne(one) {
    drop(one);
    one.due = false;
    one.of = now();
    show(one, 'running', t('save.proof.running'));
    const answer = await fetch(`api/sessions/${store.get('state')?.session}/exports/${one.button.dataset.format}`).catch(() => null);
    if (answer?.ok) await offer(one, answer);
    else {
      const body = await answer?.json().catch(() => null);
      show(one, 'refused', body?.code ? t(`server.${body.code}`, body.values) : t('save.proof.unreachable'));
      one.wanted = false;
      if (!body?.code) one.of = '';
    }
  }

  for (const one of all) {
    one.button.onclick = () => {
      one.wanted = true;
      if (one.file) download(one);
      else prove();
    };
  }

  /** One after the other, those that are wanted first; only these once the menu is closed. */
  async function work() {
    const next = () => all.find((one) => one.due && one.wanted) ?? (root.offsetParent ? all.find((one) => one.due) : undefined);
    for (let one = next(); one; one = next()) await proveOne(one);
    working = null;
  }

  /** Of the run as it stands. */
  function prove() {
    for (const one of all) one.due ||= one.of !== now();
    working ??= work();
  }
  return { prove, forget: () => all.forEach(drop) };
}

/** @param {Export} one @param {Response} answer */
async function offer(one, answer) {
  const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? '';
  /** @type {Proof} */
  const { losses, outputs, difference, seconds, step } = JSON.parse(answer.headers.get('proof') ?? '{}');
  one.file = { url: URL.createObjectURL(await answer.blob()), name };
  const values = { step, seconds: seconds.toFixed(1), losses, outputs, difference: scientific(difference, 0) };
  show(one, 'proved', losses ? t('save.proof.proved', values) : t('save.proof.outputs', values), difference);
  if (one.wanted) download(one);
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

/** @param {Export} one @param {'running' | 'proved' | 'refused'} state @param {string} text @param {number} [difference] */
function show({ button, proof }, state, text, difference) {
  proof.dataset.state = state;
  proof.textContent = text;
  if (difference === undefined) delete proof.dataset.difference;
  else proof.dataset.difference = String(difference);
  button.setAttribute('aria-disabled', String(state === 'refused'));
}

/** @param {Export} one */
function drop(one) {
  if (one.file) URL.revokeObjectURL(one.file.url);
  one.file = null;
}
