// @ts-check
// The expression as an operation of one's own: its backward is typed, too, and judged by torch and by differences.

import { t } from '../../core/i18n.js';
import { tidy } from '../../draw/math/formula.js';
import { explainFault } from './fault_message.js';

const PAUSE = 250; // milliseconds without a key before what is typed is sent

/** @typedef {import('./state.js').Store} Store */
/** @typedef {import('./state.js').JudgedInput} JudgedInput */

/** @param {HTMLDetailsElement} root @param {Store} store @returns {() => void} undo */
export function mountOwnOperation(root, store) {
  const text = /** @type {HTMLTextAreaElement} */ (root.querySelector('textarea'));
  const upstream = /** @type {HTMLInputElement} */ (root.querySelector('input'));
  const [content, verdict, fault] = ['.typed', '.verdict', '.fault'].map((selector) => /** @type {HTMLElement} */ (root.querySelector(selector)));
  const { ask, soon } = createJudge(store);

  root.ontoggle = () => store.set({ own: root.open });
  text.oninput = () => store.set({ backward: text.value });
  upstream.oninput = () => {
    upstream.setAttribute('aria-invalid', String(!Number.isFinite(upstream.valueAsNumber)));
    if (Number.isFinite(upstream.valueAsNumber)) store.set({ upstream: upstream.valueAsNumber });
  };

  function show() {
    root.open = store.get('own');
    content.hidden = !root.open;
    if (text.value !== store.get('backward')) text.value = store.get('backward');
    if (document.activeElement !== upstream) upstream.value = String(store.get('upstream'));
    const [judgement, problem] = [store.get('judgement'), store.get('judgementFault')];
    fault.hidden = problem === null;
    if (problem) explainFault(fault, problem, store.get('backward'));
    text.setAttribute('aria-invalid', String(problem !== null));
    verdict.replaceChildren(...(judgement ? [tableOf(judgement)] : problem || store.get('fault') ? [] : [hint(store)]));
  }

  const stops = [
    store.watch(['own', 'answer'], ask),
    store.watch(['backward', 'upstream'], soon),
    store.watch(['own', 'backward', 'upstream', 'judgement', 'judgementFault', 'fault', 'language'], show),
  ];
  show();
  return () => stops.forEach((stop) => stop());
}

/** Asks the server; of several questions only the last one's answer counts. @param {Store} store */
function createJudge(store) {
  let newest = 0; // number of the last question
  let typing = 0;

  async function ask() {
    clearTimeout(typing);
    const question = ++newest;
    const backward = store.get('backward');
    if (!store.get('own') || store.get('fault') || !backward.trim()) {
      store.set({ judgement: null, judgementFault: null });
      return;
    }
    const values = { ...store.get('answer')?.values, g: store.get('upstream') };
    const body = JSON.stringify({ forward: store.get('expression'), backward, values });
    const asked = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
    const answer = await fetch('api/graph/operation?refusals=200', asked).then((response) => response.json()).catch(() => ({ code: 'unreachable', values: {} }));
    if (question !== newest) return;
    store.set('code' in answer ? { judgement: null, judgementFault: answer } : { judgement: answer, judgementFault: null });
  }

  return {
    ask,
    soon: () => {
      clearTimeout(typing);
      typing = window.setTimeout(ask, PAUSE);
    },
  };
}

/** What is to be typed. @param {Store} store */
function hint(store) {
  const inputs = (store.get('answer')?.nodes ?? []).filter((node) => node.op === 'variable').map((node) => node.name).join(', ');
  const key = store.get('backward').trim() ? 'graph.checking' : 'graph.own.empty';
  return Object.assign(document.createElement('p'), { className: 'soft', textContent: t(key, { inputs }) });
}

/** Each gradient beside torch's and that of differences. @param {import('./state.js').Judgement} judgement */
function tableOf({ judged, points, values }) {
  const table = document.createElement('table');
  table.className = 'answers';
  const head = table.createTHead().insertRow();
  for (const title of ['', t('graph.custom_own'), 'torch', t('graph.own.differences'), '']) {
    head.append(Object.assign(document.createElement(title ? 'th' : 'td'), { textContent: title }));
  }
  const body = table.createTBody();
  for (const one of judged) {
    const row = body.insertRow();
    row.dataset.testid = `own-${one.name}`;
    row.dataset.right = String(one.right);
    row.append(Object.assign(document.createElement('th'), { textContent: `→ ${one.name}`, scope: 'row' }));
    for (const number of [one.own, one.torch, one.differences]) {
      row.append(Object.assign(document.createElement('td'), { className: 'violet', textContent: shown(number) }));
    }
    row.append(Object.assign(document.createElement('td'), { className: one.right ? 'ok' : '', textContent: wordsOf(one, points, values) }));
  }
  return table;
}

/** A dash for what is not finite. @param {number | null} number */
const shown = (number) => (number === null ? '–' : tidy(number));

/** @param {JudgedInput} one @param {number} points @param {Record<string, number>} values  that are shown */
function wordsOf({ right, wrong }, points, values) {
  if (right || !wrong) return `✓ ${t('graph.own.right', { points })}`;
  const place = { ...wrong.values, g: wrong.upstream };
  if (Object.entries(place).every(([name, value]) => values[name] === value)) return `✕ ${t('graph.custom_differs')}`;
  const at = Object.entries(place).map(([name, value]) => `${name} = ${tidy(value, 3)}`).join(', ');
  return `✕ ${t('graph.own.wrong_at', { at, own: shown(wrong.own), torch: tidy(wrong.torch) })}`;
}
