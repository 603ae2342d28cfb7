// @ts-check
// The connection of this tab's session: which session it asks for, and what the page says of its state.
//
// A reload goes on with the tab's session. When a tab is duplicated, the browser copies what it remembers; such a tab is without
// the mark that a page leaves behind only when it goes. So is one whose page has crashed, but that finds no other tab which has
// the session open. The duplicate gets a copy of the session, to go its own way.

import { connect } from './connection.js';
import { forget, recall, remember } from './memory.js';
import { say } from './notices.js';

const SESSION = 'session';
const LEFT = 'left'; // that no page of this tab is open
const UNREACHABLE = 3; // failures in a row before the page says more than that it reconnects
const COPY_QUERY = { '': '', watched: '&copy=watched', yes: '&copy=1' };
const RESTING = 4012; // the server's code for a run that waits in its store until its person comes back

export const SOCKET = new URL('ws', document.baseURI).href.replace('http', 'ws'); // https → wss

/** @type {string | null} */
let own = null;
/** @type {'' | 'watched' | 'yes'} whether to ask for a copy of it: only if somebody watches it, as no tab has answered */
let copy = '';
let isOwn = false; // whether the session is known to be this tab's

const leave = () => { if (isOwn) remember(LEFT, 'yes'); };
const stay = () => forget(LEFT);

/** To be called once, when a page opens. An address with ?session= asks for a window on that session. */
export async function enterSession() {
  const asked = new URLSearchParams(location.search).get(SESSION);
  own = asked ?? recall(SESSION);
  isOwn = asked !== null || own === null || recall(LEFT) !== null || wasDiscarded();
  stay();
  addEventListener('pagehide', leave);
  addEventListener('pageshow', stay);
  if (own === null || isOwn) return;
  const { whoElseHasOpen } = await import('./living_tabs.js'); // seldom, so it is no part of a start
  copy = /** @type {const} */ ({ own: 'yes', wall: '', none: 'watched' })[await whoElseHasOpen(own)];
}

/** Whether this window was opened on the wall, for the run of another one: panels/presenting/wall_window.js. */
export const isOnWall = () => new URLSearchParams(location.search).has('wall');

/** The session that this tab has open, beyond doubt; null: there is none. */
export const openSession = () => (isOwn ? own : null);

/** Whether the browser has ended the tab's page to save memory, without a word to it, and loads it anew. */
const wasDiscarded = () => 'wasDiscarded' in document && Boolean(document.wasDiscarded);

/** The session's key; null: this tab has none yet. */
export const ownSession = () => own;

/** What a connection asks the server for: the tab's session or a copy of it; nothing: a new one. */
export const sessionQuery = () => (own ? `?session=${encodeURIComponent(own)}${COPY_QUERY[copy]}` : '');

/**
 * @param {{session: string, copied: boolean}} state  of the session that the server has given
 * @returns {boolean} whether the tab had neither it nor the one it is a copy of
 */
export function keepSession(state) {
  const isNew = recall(SESSION) !== state.session && !(copy && state.copied);
  own = state.session;
  copy = '';
  isOwn = true;
  remember(SESSION, own);
  forgetAddress();
  return isNew;
}

/** From now on the tab asks for what it remembers. */
function forgetAddress() {
  const address = new URL(location.href);
  if (!address.searchParams.has(SESSION)) return;
  address.searchParams.delete(SESSION);
  history.replaceState(null, '', address);
}

/**
 * @param {import('./store.js').Store} store
 * @param {Pick<import('./connection.js').Handlers, 'opened' | 'message' | 'bytes'>} handlers
 */
export function connectPage(store, { opened, message, bytes }) {
  const connection = connect(
    () => `${SOCKET}${sessionQuery()}`,
    {
      opened() {
        opened();
        store.set({ connection: 'open' });
        if (store.get('message')?.retry) store.set({ message: null });
      },
      message,
      bytes,
      lost(failures) {
        store.set({ connection: store.get('state') ? 'lost' : 'connecting' });
        if (failures === UNREACHABLE) say(store, 'error', 'connection.unreachable', { retry: true });
      },
      refused(code, reason, values) {
        store.set({ connection: 'refused' });
        if (code === RESTING) wakeOnTouch(retry);
        say(store, 'error', `close.${code}`, { values, text: reason, retry: true });
      },
    },
  );
  const retry = () => connection.retry();
  return connection;
}

/** @param {() => void} retry  once, when the person does anything */
function wakeOnTouch(retry) {
  const wake = new AbortController();
  for (const kind of ['pointerdown', 'keydown']) {
    addEventListener(kind, () => { wake.abort(); retry(); }, { capture: true, signal: wake.signal });
  }
}
