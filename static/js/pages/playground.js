// @ts-check
// The playground's page: where its parts meet.

import { createCommandQueue } from '../core/command_queue.js';
import { createComparisonRuns } from '../core/comparison_runs.js';
import { connect } from '../core/connection.js';
import { createFrameReceiver } from '../core/frame_receiver.js';
import { useLanguage } from '../core/i18n.js';
import { loadServerOptions, loadSchema } from '../core/server_options.js';
import { SOCKET, connectPage } from '../core/page_connection.js';
import { createPredictions } from '../core/predictions.js';
import { createMessageReceiver } from '../core/server_messages.js';
import { createSession } from '../core/session.js';
import { startState } from '../core/state.js';
import { createStore } from '../core/store.js';
import { createActions } from '../experiment/actions.js';
import { createAddressBar } from '../experiment/address_bar.js';
import { createChanges } from '../experiment/changes.js';
import { createStateReceiver } from '../experiment/resume.js';
import { mountCharts } from '../panels/charts/charts.js';
import { mountDiagnosis } from '../panels/checks/diagnosis.js';
import { mountFailures } from '../panels/checks/failures.js';
import { mountStepCheck } from '../panels/checks/step_check.js';
import { mountComparison } from '../panels/comparison/comparison.js';
import { mountData } from '../panels/data/data.js';
import { mountPointEditor } from '../panels/data/point_editor.js';
import { mountPointsUpload } from '../panels/data/points_upload.js';
import { mountCaption } from '../panels/gallery/caption.js';
import { mountGallery } from '../panels/gallery/gallery.js';
import { mountInspector } from '../panels/inspector/inspector.js';
import { mountNetwork } from '../panels/network/network.js';
import { mountOutput } from '../panels/output/output.js';
import { createPlaneInput } from '../panels/output/plane_input.js';
import { mountKnobs } from '../panels/settings/knobs.js';
import { mountSettings } from '../panels/settings/settings.js';
import { mountSlowMotion } from '../panels/slow_motion/slow_motion.js';
import { mountAppearance, preferred } from '../panels/top/appearance.js';
import { mountHelp } from '../panels/top/help.js';
import { mountKeys } from '../panels/top/keys.js';
import { mountMessage } from '../panels/top/message.js';
import { mountReadings } from '../panels/top/readings.js';
import { mountShare } from '../panels/top/share.js';
import { mountStatus } from '../panels/top/status.js';
import { mountTransport } from '../panels/top/transport.js';

/** @typedef {import('../core/command_queue.js').Command} Command */

const store = createStore(startState(preferred()));
const words = useLanguage(store.get('language'));
const schema = loadSchema();

// What the person does

const queueCommand = createCommandQueue((command) => connection.send(command));
/** @param {Command} command */
function send(command) {
  session.anticipate(command);
  queueCommand(command);
}
const changes = createChanges(store);
const addressBar = createAddressBar(store, schema, (spec) => {
  send({ type: 'configure', spec });
  changes.replaceAll(spec);
});
const act = createActions(store, changes, addressBar, send);

// What the server says

const session = createSession(store, (command) => connection.send(command));
const predictions = createPredictions((command) => connection.sendNow(command), () => store.get('state')?.revision ?? null);
const frames = createFrameReceiver(store, session, (frame) => connection.sendNow({ type: 'drawn', frame }));

await words; // the server may have something to say at once
const connection = connectPage(store, {
  opened() {
    session.connectionOpened();
    frames.connectionOpened();
  },
  message: createMessageReceiver(store, session, predictions, createStateReceiver(store, session, addressBar, send)),
  bytes: frames.receive,
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  connection.retry();
  connection.sendNow({ type: 'history' }); // a new connection brings it anyway
  frames.shown();
});
addEventListener('hashchange', addressBar.apply);

// What is shown

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const elementsOf = (/** @type {string} */ testid) => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`[data-testid="${testid}"]`)]);
const elementOf = (/** @type {string} */ testid) => elementsOf(testid)[0];
/** What was opened has led to a run: Space is to play it, not to open that again. */
const focusPlay = () => elementOf('play').focus();
mountAppearance(element('appearance'), store);
mountMessage(element('message'), store, act, { retry: connection.retry, dialogs: [...document.querySelectorAll('dialog')] });
mountStatus(element('status'), store);
mountTransport(element('transport'), store, act);
mountReadings(element('readings'), store);
mountKnobs(element('knobs'), store, act);
mountSettings(element('settings'), element('more'), store, act);
mountShare(element('share'), store, addressBar.publish);
mountData(element('data'), /** @type {HTMLSelectElement} */ (element('dataset')), store, act);
mountHelp(/** @type {HTMLDialogElement} */ (element('help')), elementOf('help'));
mountGallery(/** @type {HTMLDialogElement} */ (element('gallery')), element('presets'), store, act, focusPlay);
mountCaption(element('caption'), store);
mountKeys(elementOf);
mountInspector(element('inspector'), store, act, elementOf);
mountNetwork(element('network'), { controls: element('slow-motion'), strip: element('slow-strip') }, store, act);
mountSlowMotion({ controls: element('slow-motion'), strip: element('slow-strip'), code: element('slow-code') }, store, act);
mountOutput(element('output'), element('scores'), store, predictions.follow);
mountPointEditor(element('own-points'), createPlaneInput(element('boundary')), store, act);
mountPointsUpload(/** @type {HTMLDialogElement} */ (element('upload-dialog')), element('upload'), store, act, focusPlay);
mountCharts(element('charts'), store, act);
mountStepCheck(element('checked'), element('checks'), store, act);
mountDiagnosis(element('diagnosis'), store, { elementsOf, topBar: element('transport'), scrollerOf: (element) => element.closest('.stage') });
mountFailures({ list: element('breakages'), bar: element('broken') }, store, act, () => /** @type {HTMLDialogElement} */ (element('gallery')).close());
mountComparison(element('comparison'), store, act, createComparisonRuns(store, connect, SOCKET));

loadServerOptions(store, schema);
