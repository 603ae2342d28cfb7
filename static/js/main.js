// @ts-check
// Where the parts of the page meet.

import { fromAddress, toAddress } from './address.js';
import { createOutbox } from './commands.js';
import { connect } from './connection.js';
import { t, hasText, useLanguage } from './i18n.js';
import { decodeFrame } from './protocol.js';
import { fieldsOf } from './schema.js';
import { createSession } from './session.js';
import { createStore } from './store.js';
import { mountAppearance, preferred } from './views/appearance.js';
import { mountBoundary } from './views/boundary.js';
import { mountCharts } from './views/charts.js';
import { mountData } from './views/data.js';
import { mountHelp } from './views/help.js';
import { mountKeys } from './views/keys.js';
import { mountKnobs } from './views/knobs.js';
import { mountMarks } from './views/marks.js';
import { mountMessage } from './views/message.js';
import { mountMetrics } from './views/metrics.js';
import { mountNetwork } from './views/network.js';
import { mountReadings } from './views/readings.js';
import { mountSettings } from './views/settings.js';
import { mountShare } from './views/share.js';
import { mountStatus } from './views/status.js';
import { mountTransport } from './views/transport.js';

/** @typedef {import('./commands.js').Command} Command */

const store = createStore({
  connection: 'connecting', state: null, spec: null, points: null, frame: null, history: null,
  schema: null, fields: null, datasets: null, features: null,
  links: 'weight', testPoints: false, discretize: false, lossScale: 'log', hovered: null,
  ...preferred(), message: null,
});

const words = useLanguage(store.get('language'));
/** @param {string} path */
const load = async (path) => (await fetch(path)).json();
const schema = load('/api/spec/schema');

/** @param {'error' | 'notice'} kind @param {string} text @param {boolean} [retry] */
const say = (kind, text, retry = false) => store.set({ message: { kind, text, retry } });

const SESSION = 'session'; // of this tab: a reload goes on with it
const ADDRESS = 'address'; // the set-up this tab has last taken from the address

const session = createSession(store, (command) => connection.send(command));
const outbox = createOutbox((command) => connection.send(command));

/** @param {Command} command */
function send(command) {
  session.intend(command);
  outbox(command);
}

/** Configures the session as the address says. */
async function applyAddress() {
  const fields = fieldsOf(await schema);
  sessionStorage.setItem(ADDRESS, location.hash);
  try {
    const spec = fromAddress(location.hash, fields);
    if (spec) send({ type: 'configure', spec });
  } catch (fault) {
    say('error', t('address.invalid', { part: fault instanceof Error ? fault.message : '' }));
  }
}

/** Puts the set-up of now into the address bar; gives the whole address. */
function publish() {
  const fields = store.get('fields');
  const hash = fields ? `#${toAddress(store.get('spec') ?? {}, fields)}` : '';
  history.replaceState(null, '', hash);
  sessionStorage.setItem(ADDRESS, location.hash);
  return `${location.origin}${location.pathname}${hash}`;
}

/** @param {any} state */
function receiveState(state) {
  const before = store.get('state');
  const isNew = sessionStorage.getItem(SESSION) !== state.session;
  sessionStorage.setItem(SESSION, state.session);
  const kept = before && before.session !== state.session ? store.get('spec') : null; // the server has forgotten the session this page was showing
  session.state(state);
  if (kept) {
    send({ type: 'configure', spec: kept });
    say('notice', t('session.lost'));
  } else if (!before && location.hash.length > 1 && (isNew || sessionStorage.getItem(ADDRESS) !== location.hash)) {
    applyAddress();
  }
}

/** The server's sentence in the reader's language. @param {any} message */
function told({ code, message, values }) {
  const fields = values?.fields?.map((/** @type {string} */ name) => (hasText(`field.${name}`) ? t(`field.${name}`) : name));
  return hasText(`server.${code}`) ? t(`server.${code}`, fields ? { ...values, fields } : values) : message;
}

/** @param {any} message */
function receive(message) {
  if (message.type === 'state') receiveState(message);
  else if (message.type === 'history') session.history(message);
  else if (message.type === 'notice') say('notice', told(message));
  else if (message.type === 'error') {
    session.refused();
    say('error', told(message));
  }
}

/** @type {ArrayBuffer | null} */
let unseen = null; // the newest frame that came while the tab was hidden

/** @param {ArrayBuffer} bytes */
function receiveFrame(bytes) {
  if (document.hidden) {
    unseen = bytes;
    return;
  }
  /** @type {import('./protocol.js').Frame} */
  let frame;
  try {
    frame = decodeFrame(bytes);
  } catch (fault) {
    say('error', String(fault instanceof Error ? fault.message : fault)); // a page older than its server
    return;
  }
  const drawn = () => connection.sendNow({ type: 'drawn', frame: frame.frame });
  if (session.frame(frame)) requestAnimationFrame(drawn);
  else drawn(); // nothing to draw, and the server need not wait for it
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  connection.retry();
  connection.sendNow({ type: 'history' }); // a new connection brings it anyway
  if (unseen) receiveFrame(unseen);
  unseen = null;
});
addEventListener('hashchange', applyAddress);

await words; // the server may have something to say at once

const UNREACHABLE = 3; // failures in a row before the page says more than that it reconnects

const connection = connect(
  () => {
    const known = sessionStorage.getItem(SESSION);
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    return `${scheme}://${location.host}/ws${known ? `?session=${encodeURIComponent(known)}` : ''}`;
  },
  {
    opened() {
      session.opened();
      unseen = null;
      store.set({ connection: 'open' });
      if (store.get('message')?.retry) store.set({ message: null });
    },
    message: receive,
    bytes: receiveFrame,
    lost(failures) {
      store.set({ connection: store.get('state') ? 'lost' : 'connecting' });
      if (failures === UNREACHABLE) say('error', t('connection.unreachable', { host: location.host }), true);
    },
    refused(code, reason) {
      store.set({ connection: 'refused' });
      say('error', hasText(`close.${code}`) ? t(`close.${code}`) : reason, true);
    },
  },
);

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
mountAppearance(element('appearance'), store);
mountMessage(element('message'), store, connection.retry);
mountStatus(element('status'), store);
mountTransport(element('transport'), store, send);
mountReadings(element('readings'), store);
mountKnobs(element('knobs'), store, send);
mountSettings(element('settings'), store, send);
mountShare(element('share'), store, publish);
mountData(element('data'), store, send);
mountMarks(document.body, store);
mountMetrics(element('metrics'), store);
mountHelp(element('help'));
mountKeys(document.body);
mountNetwork(element('network'), store, send);
mountBoundary(element('boundary'), store, send);
mountCharts(element('charts'), store, send);

schema.then((value) => store.set({ schema: value, fields: fieldsOf(value) }));
load('/api/datasets').then((datasets) => store.set({ datasets }));
load('/api/features').then((features) => store.set({ features }));
