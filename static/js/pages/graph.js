// @ts-check
// The page of the chain rule: where its parts meet. What is asked of the server, and what comes back, into the store.

import { createStore } from '../core/store.js';
import { t, useLanguage } from '../core/i18n.js';
import { recall } from '../core/memory.js';
import { goBackward, goForward, walkOf } from '../draw/dag/walk.js';
import { mountAppearance, preferred } from '../panels/top/appearance.js';
import { PRESETS, mountAsking } from '../panels/graph/asking.js';
import { mountCard } from '../panels/graph/card.js';
import { mountChecked } from '../panels/graph/checked.js';
import { mountLines } from '../panels/graph/lines.js';
import { mountMoves } from '../panels/graph/moves.js';
import { mountPicture } from '../panels/graph/picture.js';
import { startState } from '../panels/graph/state.js';

const PAUSE = 200; // milliseconds without a key before what is typed is sent

/** @typedef {import('../draw/dag/walk.js').Node} Node */
/** @typedef {import('../draw/dag/walk.js').Walk} Walk */

const store = createStore(startState(preferred()));

const session = new URLSearchParams(location.search).get('session') ?? recall('session');
let asked = 0;
let typing = 0;
/** What waits for a pause in typing. @type {(() => void) | null} */
let overdue = null;
/** @type {Promise<void> | null} */
let answering = null;

/** @param {any} answer @param {string} view @returns {Node[]} */
function nodesOf(answer, view) {
  if (view === 'modules') {
    return answer.modules.map((/** @type {any} */ box) => ({ ...box, local: box.inputs.map(() => null) }));
  }
  return (answer.nodes ?? []).map((/** @type {any} */ node) => ({ ...node, values: [node.value], grads: node.grad === null ? null : [node.grad] }));
}

/** What is wanted of the server now. @param {boolean} check */
function request(check) {
  const tail = `refusals=200&check=${check ? 'yes' : 'no'}`;
  if (store.get('view') === 'expression') {
    const body = JSON.stringify({ expression: store.get('expression'), values: store.get('given') });
    return fetch(`/api/graph?${tail}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  }
  return fetch(`/api/graph/network?session=${encodeURIComponent(session ?? '')}&point=${store.get('point')}&${tail}`);
}

/** @param {boolean} anew  whether the walk starts over even where the nodes are the same */
async function ask(anew) {
  const mine = ++asked;
  store.set({ check: null });
  try {
    const reply = await request(false);
    const answer = await reply.json();
    if (mine !== asked) return;
    if (answer.code) {
      if (store.get('view') !== 'expression') empty();
      store.set({ fault: answer });
      return;
    }
    show(answer, anew);
    compare(mine).catch(() => {}); // out of reach: the light goes on saying that it checks
  } catch {
    if (mine === asked) store.set({ fault: { code: 'unreachable', values: {} } });
  }
}

/** Asks again, for the comparison too: it loads torch where nobody has needed it yet. @param {number} mine */
async function compare(mine) {
  const reply = await request(true);
  const answer = await reply.json();
  if (mine === asked) store.set({ check: answer.check ?? null });
}

/** @param {any} answer @param {boolean} anew */
function show(answer, anew) {
  const nodes = nodesOf(answer, store.get('view'));
  const walk = walkOf(nodes);
  const same = !anew && nodes.map((node) => node.name).join() === store.get('nodes').map((/** @type {Node} */ node) => node.name).join();
  store.set({
    answer, nodes, walk,
    fault: nodes.length ? null : answer.refusal ?? null,
    position: same ? Math.min(store.get('position'), walk.steps.length) : 0,
    chosen: same ? store.get('chosen') : store.get('view') === 'expression' ? opened(store.get('expression')) : null,
  });
  keepInAddress();
}

/** Of a network there is nothing to draw, and what was drawn is not it. */
function empty() {
  store.set({ nodes: [], walk: walkOf([]), position: 0, chosen: null });
}

/** The node whose card opens with a preset. @param {string} expression */
const opened = (expression) => Object.values(PRESETS).find((preset) => preset.expression === expression)?.open ?? null;

/** The expression and its values behind #, so that the address opens the same graph. */
function keepInAddress() {
  if (store.get('view') !== 'expression') return;
  const parts = new URLSearchParams({ expression: store.get('expression'), ...store.get('answer').values });
  history.replaceState(null, '', `${location.pathname}${location.search}#${parts}`);
}

/** @param {{anew?: boolean, soon?: boolean}} [how]  soon: once nothing is typed any more */
function refresh({ anew = false, soon = false } = {}) {
  clearTimeout(typing);
  overdue = null;
  if (soon) {
    overdue = () => refresh({ anew });
    typing = setTimeout(overdue, PAUSE);
  } else {
    answering = ask(anew);
  }
}

/** A move is of the graph that was typed, so it waits for that. @param {(walk: Walk, position: number) => number} where */
async function move(where) {
  overdue?.();
  await answering;
  store.set({ position: where(store.get('walk'), store.get('position')), chosen: null });
}

/** @param {string} name */
function choosePreset(name) {
  const { expression, values } = PRESETS[name];
  store.set({ view: 'expression', expression, given: values });
  refresh({ anew: true });
}

/** What the address asks for. */
function begin() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const expression = parts.get('expression');
  if (new URLSearchParams(location.search).has('session')) {
    store.set({ view: 'scalars', point: Number(new URLSearchParams(location.search).get('point') ?? 0) });
  }
  if (expression === null) {
    const asked = PRESETS[new URLSearchParams(location.search).get('preset') ?? 'flat'] ?? PRESETS.flat;
    store.set({ expression: asked.expression, given: asked.values });
  } else {
    parts.delete('expression');
    store.set({ expression, given: Object.fromEntries([...parts].map(([name, text]) => [name, Number(text)])) });
  }
  refresh({ anew: true });
}

/** @param {string} name @returns {HTMLElement} */
const place = (name) => /** @type {HTMLElement} */ (document.getElementById(name));

await useLanguage(store.get('language'));
mountAppearance(place('appearance'), store);
const nameTab = () => {
  document.title = t('graph.title');
};
nameTab();
store.watch(['language'], nameTab);
store.watch(['nodes', 'fault'], () => {
  const faulty = store.get('fault') !== null;
  place('graph').hidden = faulty && !store.get('nodes').length; // there is nothing to walk through
  place('graph').classList.toggle('stale', faulty); // what is drawn is not what is typed
});
mountAsking(place('asking'), store, { refresh, choosePreset });
mountMoves(place('moves'), store, {
  forward: () => move(goForward),
  backward: () => move(goBackward),
  start: () => move(() => 0),
  finish: () => move((walk) => walk.steps.length),
});
mountChecked(/** @type {HTMLElement} */ (document.querySelector('[data-testid=checked]')), store);
mountPicture(place('picture'), store);
mountLines(place('lines'), store);
mountCard(place('card'), store);
for (const control of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(':disabled'))) control.disabled = false;
begin();
