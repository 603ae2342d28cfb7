// @ts-check
// Where the parts of the page meet.

import { fromAddress, toAddress } from '../experiment/address.js';
import { createChanges } from '../experiment/changes.js';
import { createPredictions } from '../core/predictions.js';
import { createOutbox } from '../core/commands.js';
import { connect } from '../core/connection.js';
import { useLanguage } from '../core/i18n.js';
import { recall, remember } from '../core/memory.js';
import { decodeFrame } from '../wire/frames.js';
import { fieldsOf } from '../core/schema.js';
import { createComparisonRuns } from '../core/comparison_runs.js';
import { createSession } from '../core/session.js';
import { startState } from '../core/state.js';
import { createStore } from '../core/store.js';
import { mountAnswers } from '../panels/output/answers.js';
import { mountAppearance, preferred } from '../panels/top/appearance.js';
import { mountBoundary } from '../panels/output/boundary.js';
import { mountBreakages } from '../panels/checks/breakages.js';
import { mountCharts } from '../panels/charts/charts.js';
import { mountChecked } from '../panels/checks/checked.js';
import { mountData } from '../panels/data/data.js';
import { mountDiagnosis } from '../panels/checks/diagnosis.js';
import { mountGallery } from '../panels/gallery/gallery.js';
import { mountHelp } from '../panels/top/help.js';
import { mountInspector } from '../panels/inspector/inspector.js';
import { mountKeys } from '../panels/top/keys.js';
import { mountKnobs } from '../panels/settings/knobs.js';
import { mountMarks } from '../panels/checks/marks.js';
import { mountMessage } from '../panels/top/message.js';
import { mountMetrics } from '../panels/output/metrics.js';
import { mountNetwork } from '../panels/network/network.js';
import { mountOwnPoints } from '../panels/data/own_points.js';
import { mountPad } from '../panels/output/pad.js';
import { mountReadings } from '../panels/top/readings.js';
import { mountComparison } from '../panels/charts/comparison.js';
import { mountSamples } from '../panels/output/samples.js';
import { mountScores } from '../panels/output/scores.js';
import { mountSettings } from '../panels/settings/settings.js';
import { mountShare } from '../panels/top/share.js';
import { mountSlowMotion } from '../panels/slow_motion/slow_motion.js';
import { mountStatus } from '../panels/top/status.js';
import { mountTransport } from '../panels/top/transport.js';
import { mountUpload } from '../panels/data/upload.js';

/** @typedef {import('../core/commands.js').Command} Command */

const store = createStore(startState(preferred()));

const words = useLanguage(store.get('language'));
const ASK_AGAIN = 2000; // milliseconds after a failure

/** @param {string} path @returns {Promise<any>} */
async function load(path) {
  for (;;) {
    const answer = await fetch(path).catch(() => null); // the connection says that the server is away
    if (answer?.ok) return answer.json();
    await new Promise((again) => { setTimeout(again, ASK_AGAIN); });
  }
}
const schema = load('/api/spec/schema');

/**
 * One sentence, by its key, so that it follows the language; `text` where there are no words for it.
 * @param {'error' | 'notice'} kind @param {string} key @param {{values?: Record<string, any>, text?: string, retry?: boolean, undo?: boolean, notes?: import('../experiment/compatibility.js').Reason[]}} [more]
 */
const say = (kind, key, more = {}) => store.set({ message: { kind, key, ...more } });

const SESSION = 'session'; // of this tab: a reload goes on with it
const ADDRESS = 'address'; // the set-up this tab has last taken from the address
const RESTART_SHOWN = 2000; // milliseconds

const changes = createChanges(store, say);
const session = createSession(store, (command) => connection.send(command));
const predictions = createPredictions((command) => connection.sendNow(command), () => store.get('state')?.revision ?? null);
const outbox = createOutbox((command) => connection.send(command));

/** @param {Command} command */
function send(command) {
  session.intend(command);
  outbox(command);
}

const TRAINS = ['play', 'step', 'epoch'];

/** What a person does on this page; gives whether it was sent. @param {Command} command */
function act(command) {
  const lack = TRAINS.includes(command.type) && store.get('draft')?.lack;
  if (lack) { // it would be trained on other points than those shown
    say('error', `draw.refused.${lack}`);
    return false;
  }
  if (command.type === 'configure') {
    const spec = changes.fitted(command.spec);
    if (spec === null) return false;
    command = { ...command, spec };
  }
  changes.follow(command);
  if (location.hash.length > 1 && (command.type === 'configure' || command.type === 'regenerate')) {
    history.replaceState(null, '', location.pathname + location.search); // it tells of another set-up from now on
    remember(ADDRESS, '');
  }
  send(command);
  return true;
}

/** Configures the session as the address says. */
async function applyAddress() {
  const fields = fieldsOf(await schema);
  remember(ADDRESS, location.hash);
  try {
    const spec = fromAddress(location.hash, fields);
    if (!spec) return;
    send({ type: 'configure', spec });
    changes.replaced(spec);
  } catch (fault) {
    say('error', 'address.invalid', { values: { part: fault instanceof Error ? fault.message : '' } });
  }
}

/** Puts the set-up of now into the address bar; gives the whole address. */
function publish() {
  const fields = store.get('fields');
  const hash = fields ? `#${toAddress(store.get('spec') ?? {}, fields)}` : '';
  history.replaceState(null, '', hash);
  remember(ADDRESS, location.hash);
  return `${location.origin}${location.pathname}${hash}`;
}

/** @param {any} state */
function receiveState(state) {
  const before = store.get('state');
  const isNew = recall(SESSION) !== state.session;
  remember(SESSION, state.session);
  const kept = before && before.session !== state.session ? store.get('spec') : null; // the server has forgotten the session this page was showing
  session.state(state);
  if (state.points && before && before.revision !== state.revision && store.get('message')?.ofRun) store.set({ message: null });
  if (kept) {
    send({ type: 'configure', spec: kept });
    say('notice', 'session.lost');
  } else if (!before && location.hash.length > 1 && (isNew || recall(ADDRESS) !== location.hash)) {
    applyAddress();
  }
}

/** The server's sentence. What it says of a run, or refuses, is over when the run starts again. @param {any} message */
function tell({ type, code, message, values }) {
  store.set({ message: { kind: type, key: `server.${code}`, values, text: message, ofRun: code !== 'restarted' && code !== 'warming_up' } });
}

let restarting = 0;

/** This page's own doing, and its controls say so: a word is enough. */
function showRestart() {
  clearTimeout(restarting);
  store.set({ restarted: true });
  restarting = setTimeout(() => store.set({ restarted: false }), RESTART_SHOWN);
}

/** @param {any} message */
function receive(message) {
  if (message.type === 'state') receiveState(message);
  else if (message.type === 'history') session.history(message);
  else if (message.type === 'timeline') store.set({ timeline: message });
  else if (message.type === 'checked') store.set({ checked: message });
  else if (message.type === 'health') session.health(message);
  else if (message.type === 'peeked') store.set({ peeked: message });
  else if (message.type === 'explanation') store.set({ explanation: message });
  else if (message.type === 'opened') store.set({ opened: message });
  else if (message.code?.startsWith('subject_') && store.get('sample')) store.set({ sample: 0 }); // the last batch may be smaller
  else if (message.code === 'no_such_neuron') session.refused(); // only drawn ones are asked for: the network has changed meanwhile
  else if (message.type === 'prediction') predictions.receive(message);
  else if (message.code === 'restarted' && message.own) showRestart();
  else if (message.type === 'notice') tell(message);
  else if (message.type === 'error') {
    session.refused();
    tell(message);
  }
}

let openings = 0; // of the connection: a frame is acknowledged over the one it came by

/** @type {ArrayBuffer | null} */
let unseen = null; // the newest frame that came while the tab was hidden

/** @param {ArrayBuffer} bytes */
function receiveFrame(bytes) {
  if (document.hidden) {
    unseen = bytes;
    return;
  }
  /** @type {import('../wire/frames.js').Frame} */
  let frame;
  try {
    frame = decodeFrame(bytes);
  } catch (fault) {
    say('error', '', { text: String(fault instanceof Error ? fault.message : fault) }); // a page older than its server
    return;
  }
  const came = openings;
  const drawn = () => { if (came === openings) connection.sendNow({ type: 'drawn', frame: frame.frame }); };
  if (session.frame(frame)) requestAnimationFrame(drawn);
  else drawn(); // nothing to draw, and the server need not wait for it
}

await words; // the server may have something to say at once

const UNREACHABLE = 3; // failures in a row before the page says more than that it reconnects

const socketAddress = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
const connection = connect(
  () => {
    const known = recall(SESSION);
    return `${socketAddress}${known ? `?session=${encodeURIComponent(known)}` : ''}`;
  },
  {
    opened() {
      openings += 1;
      session.opened();
      unseen = null;
      store.set({ connection: 'open' });
      if (store.get('message')?.retry) store.set({ message: null });
    },
    message: receive,
    bytes: receiveFrame,
    lost(failures) {
      store.set({ connection: store.get('state') ? 'lost' : 'connecting' });
      if (failures === UNREACHABLE) say('error', 'connection.unreachable', { retry: true });
    },
    refused(code, reason) {
      store.set({ connection: 'refused' });
      say('error', `close.${code}`, { text: reason, retry: true });
    },
  },
);

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  connection.retry();
  connection.sendNow({ type: 'history' }); // a new connection brings it anyway
  if (unseen) receiveFrame(unseen);
  unseen = null;
});
addEventListener('hashchange', applyAddress);

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
mountAppearance(element('appearance'), store);
mountMessage(element('message'), store, act, connection.retry);
mountStatus(element('status'), store);
mountTransport(element('transport'), store, act);
mountReadings(element('readings'), store);
mountKnobs(element('knobs'), store, act);
mountSettings(element('settings'), store, act);
mountShare(element('share'), store, publish);
mountData(element('data'), store, act);
mountMetrics(element('metrics'), store);
mountScores(element('scores'), element('all-scores'), store);
mountHelp(element('help'));
mountGallery(element('gallery'), store, act);
mountKeys(document.body);
mountInspector(element('inspector'), store, act);
mountNetwork(element('network'), store, act);
mountSlowMotion({ controls: element('slow-motion'), strip: element('slow-strip'), code: element('slow-code') }, store, act);
mountMarks(document.body, store); // those of the network, too
for (const [id, mount] of Object.entries({ boundary: mountBoundary, pad: mountPad, samples: mountSamples, answers: mountAnswers })) mount(element(id), store, predictions.follow);
mountOwnPoints(element('own-points'), /** @type {HTMLCanvasElement} */ (document.querySelector('#boundary canvas')), store, act);
mountUpload(/** @type {HTMLDialogElement} */ (element('upload-dialog')), element('upload'), store, act);
mountCharts(element('charts'), store, act);
mountChecked(element('checked'), element('checks'), store, act);
mountDiagnosis(element('diagnosis'), store);
mountBreakages(element('breakages'), element('broken'), store, act);
mountComparison(element('rivals'), store, act, createComparisonRuns(store, connect, socketAddress));

schema.then((value) => store.set({ schema: value, fields: fieldsOf(value) }));
load('/api/datasets').then((datasets) => store.set({ datasets }));
load('/api/presets').then((presets) => store.set({ presets }));
load('/api/breakages').then((breakages) => store.set({ breakages }));
load('/api/choices').then((choices) => store.set({ choices }));
load('/api/features').then((features) => store.set({ features }));
