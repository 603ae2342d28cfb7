// @ts-check
// The playground's page: where its parts meet. What is imported here by name is all that must be there for the first
// numbers and the first picture; the other parts come after them.

import { createCommandQueue } from '../core/command_queue.js';
import { connect } from '../core/connection.js';
import { createFrameReceiver } from '../core/frame_receiver.js';
import { useLanguage, useTexts } from '../core/i18n.js';
import { createLatePart, firstPicture, loadWhenIdle } from '../core/late_parts.js';
import { SOCKET, connectPage, enterSession, isOnWall, openSession } from '../core/page_connection.js';
import { createPredictions } from '../core/predictions.js';
import { createMessageReceiver } from '../core/server_messages.js';
import { keepServerOptions, loadServerOptions } from '../core/server_options.js';
import { createSession } from '../core/session.js';
import { startState } from '../core/state.js';
import { createStore } from '../core/store.js';
import { createWatching } from '../core/watching.js';
import { createActions } from '../experiment/actions.js';
import { createAddressBar } from '../experiment/address_bar.js';
import { createChanges } from '../experiment/changes.js';
import { createStateReceiver } from '../experiment/resume.js';
import { mountBoundary } from '../panels/output/boundary.js';
import { mountMetrics } from '../panels/output/metrics.js';
import { mountAppearance, preferred } from '../panels/top/appearance.js';
import { mountKeys } from '../panels/top/keys.js';
import { mountMessage } from '../panels/top/message.js';
import { mountReadings } from '../panels/top/readings.js';
import { mountStatus } from '../panels/top/status.js';
import { mountTransport } from '../panels/top/transport.js';
import { drawnCommand } from '../wire/frames.js';

/** @typedef {import('../core/command_queue.js').Command} Command */

const store = createStore(startState(preferred()));
const words = useLanguage(store.get('language'));
const options = loadServerOptions();

// What the person does

/** @type {Promise<import('../experiment/fresh_start.js').FreshStart> | null} */
let freshStart = null;
const loadFreshStart = () => (freshStart ??= import('../experiment/fresh_start.js').then(({ createFreshStart }) => createFreshStart(store, act), (fault) => {
  freshStart = null; // it is tried anew when it is asked for again
  throw fault;
}));
const queueCommand = createCommandQueue((command) => connection.send(command));
/** @param {Command} command */
function send(command) {
  session.anticipate(command);
  queueCommand(command);
}
const changes = createChanges(store);
const addressBar = createAddressBar(store, options.then(({ schema }) => schema), async (setUp) => {
  const begin = await loadFreshStart();
  begin(setUp, {}, (command) => { // it is what the address tells of, which stays
    changes.replaceAll(command.spec);
    send(command);
  });
});
const act = createActions(store, changes, addressBar, send);

// What the server says

const session = createSession(store, (command) => connection.send(command));
const predictions = createPredictions((command) => connection.sendNow(command), () => store.get('state')?.revision ?? null);
const frames = createFrameReceiver(store, session, (frame) => connection.sendNow(drawnCommand(frame)));
const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const watching = createWatching((command) => connection.sendNow(command), {
  scores: [element('metrics'), element('scores')],
  health: [element('charts'), element('inspector')],
});

const receiveMessage = createMessageReceiver(store, session, predictions, createStateReceiver(store, session, addressBar, send));

const entered = enterSession();
await words; // the server may have something to say at once
await entered;
const connection = connectPage(store, {
  opened() {
    session.connectionOpened();
    frames.connectionOpened();
    watching.connectionOpened();
  },
  message(message) {
    if (message.type === 'layout') frames.receiveLayout(message);
    else frames.inOrder(() => receiveMessage(message));
  },
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

const elementsOf = (/** @type {string} */ testid) => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`[data-testid="${testid}"]`)]);
const elementOf = (/** @type {string} */ testid) => elementsOf(testid)[0];
/** What was opened has led to a run: Space is to play it, not to open that again. */
const focusPlay = () => elementOf('play').focus();
mountAppearance(element('appearance'), store);
mountMessage(element('message'), store, act, { retry: connection.retry, dialogs: [...document.querySelectorAll('dialog')] });
mountStatus(element('status'), store);
mountTransport(element('transport'), store, act);
mountReadings(element('readings'), store);
mountKeys(elementOf, () => list.demand());
mountMetrics(element('metrics'), store);
mountBoundary(element('boundary'), store, predictions.follow);
options.then((offered) => keepServerOptions(store, offered));

// What is loaded after the first picture, or when it is asked for

const dialog = (/** @type {string} */ id) => /** @type {HTMLDialogElement} */ (element(id));
const slowMotionParts = { controls: element('slow-motion'), strip: element('slow-strip'), code: element('slow-code') };

const loadLateStyle = async (name = 'lateStyle') => {
  const { loadStyle } = await import('../core/late_style.js');
  await loadStyle(document.body.dataset[name] ?? '');
};
const otherTabs = createLatePart(store, async () => {
  const { answerOtherTabs } = await import('../core/living_tabs.js');
  answerOtherTabs(openSession, isOnWall());
});
const network = createLatePart(store, async () => {
  const { mountNetwork } = await import('../panels/network/network.js');
  mountNetwork(element('network'), slowMotionParts, store, act);
});
const slowMotion = createLatePart(store, async () => {
  const [{ mountSlowMotion }] = await Promise.all([import('../panels/slow_motion/slow_motion.js'), loadLateStyle('inspectorStyle')]);
  mountSlowMotion(slowMotionParts, store, act, isOnWall());
}, { clicked: '#slow-motion button', set: 'numbers' });
const controls = createLatePart(store, async () => {
  const [{ mountKnobs }, { mountData }, { mountStepCheck }] = await Promise.all([
    import('../panels/settings/knobs.js'), import('../panels/data/data.js'), import('../panels/checks/step_check.js'),
  ]);
  mountKnobs(element('knobs'), store, act);
  mountData(element('data'), /** @type {HTMLSelectElement} */ (element('dataset')), store, act);
  mountStepCheck(element('checked'), element('checks'), store, act);
}, { clicked: '#data button, #checked' });
const plotly = createLatePart(store, async () => {
  const { loadPlotly } = await import('../core/plotly.js');
  loadPlotly().catch(() => {}); // the charts say so
});
const charts = createLatePart(store, async () => {
  const [{ mountCharts }, { mountDiagnosis }] = await Promise.all([import('../panels/charts/charts.js'), import('../panels/checks/diagnosis.js')]);
  mountCharts(element('charts'), store, act, predictions.follow);
  mountDiagnosis(element('diagnosis'), store, { elementsOf, topBar: element('transport'), scrollerOf: (element) => element.closest('.stage') });
});

const upload = createLatePart(store, async () => {
  const [{ mountPointsUpload }] = await Promise.all([import('../panels/data/points_upload.js'), loadLateStyle()]);
  mountPointsUpload(dialog('upload-dialog'), element('upload'), store, act, focusPlay);
}, { clicked: '#upload', dropped: true });
const save = createLatePart(store, async () => {
  const [{ mountSave }] = await Promise.all([import('../panels/save/save.js'), useTexts('save/'), loadLateStyle()]);
  mountSave(element('save-menu'), element('save'), store, act, focusPlay, { network: element('network'), map: element('boundary'), charts: element('charts') });
}, { clicked: '#save, [data-testid=load-weights]', dropped: true });
const kept = createLatePart(store, async () => {
  const [{ mountKept }, begin] = await Promise.all([import('../panels/kept/kept.js'), loadFreshStart(), loadLateStyle()]);
  const buttons = { keep: element('keep'), kept: element('kept'), file: element('save-experiment') };
  mountKept(dialog('kept-sheet'), buttons, store, begin, { opened: focusPlay, closeMenu: () => element('save-menu').hidePopover() });
}, { clicked: '#keep, #kept, #save-experiment' });
const arithmeticPredictions = createLatePart(store, async () => {
  const [{ mountArithmeticPredictions }] = await Promise.all([import('../panels/output/arithmetic_predictions.js'), loadLateStyle()]);
  mountArithmeticPredictions(element('answers'), store, predictions.follow);
});
const drawingPad = createLatePart(store, async () => {
  const [{ mountDrawingPad }] = await Promise.all([import('../panels/output/drawing_pad.js'), loadLateStyle()]);
  mountDrawingPad(element('pad'), store, predictions.follow);
}, { set: 'pictures' });
const samplePredictions = createLatePart(store, async () => {
  const [{ mountSamplePredictions }] = await Promise.all([import('../panels/output/sample_predictions.js'), loadLateStyle()]);
  mountSamplePredictions(element('samples'), store, predictions.follow);
}, { set: 'samples' });
const settings = createLatePart(store, async () => {
  const [{ mountSettings }] = await Promise.all([import('../panels/settings/settings.js'), useTexts('settings/'), loadLateStyle()]);
  mountSettings(element('settings'), element('more'), store, act);
}, { clicked: '#more, [data-opens]' });
const wallControls = createLatePart(store, async () => {
  const { mountWallControls } = await import('../panels/top/wall_controls.js');
  mountWallControls(element('wall-controls'), store);
}, { clicked: '#wall-controls' });
const gallery = createLatePart(store, async () => {
  const [{ mountGallery }, { mountCaption }, { mountFailures }, begin] = await Promise.all([
    import('../panels/gallery/gallery.js'), import('../panels/gallery/caption.js'), import('../panels/checks/failures.js'), loadFreshStart(), useTexts('failures/'), loadLateStyle(),
  ]);
  mountGallery(dialog('gallery'), element('presets'), store, begin, focusPlay);
  mountCaption(element('caption'), store, elementOf);
  mountFailures({ list: element('breakages'), bar: element('broken') }, store, { begin, send: act }, () => { dialog('gallery').close(); focusPlay(); });
}, { clicked: '#presets', set: 'preset' });
const figures = createLatePart(store, async () => {
  const [{ mountFigures }] = await Promise.all([import('../panels/figures/figures.js'), useTexts('figures/'), loadLateStyle()]);
  mountFigures(element('figure'), element('figure-open'), store);
}, { set: 'preset' });
const inspector = createLatePart(store, async () => {
  const [{ mountInspector }] = await Promise.all([import('../panels/inspector/inspector.js'), useTexts('inspector/'), loadLateStyle('inspectorStyle')]);
  mountInspector(element('inspector'), store, act, elementOf);
}, { set: 'inspected' });
const comparison = createLatePart(store, async () => {
  const [{ mountComparison }, { createComparisonRuns, runsOfTheDesk }, { withDifference }] = await Promise.all([
    import('../panels/comparison/comparison.js'), import('../core/comparison_runs.js'), import('../experiment/set_up.js'), loadLateStyle(),
  ]);
  mountComparison(element('comparison'), store, act, isOnWall() ? runsOfTheDesk : createComparisonRuns(store, connect, SOCKET, withDifference));
}, { set: 'comparison' });
const scores = createLatePart(store, async () => {
  const [{ mountScores }] = await Promise.all([import('../panels/output/scores.js'), loadLateStyle()]);
  mountScores(element('scores'), element('all-scores'), element('output'), store);
}, { clicked: '#all-scores' });
const pointEditor = createLatePart(store, async () => {
  const [{ mountPointEditor }, { createPlaneInput }] = await Promise.all([import('../panels/data/point_editor.js'), import('../panels/output/plane_input.js'), useTexts('drawing/')]);
  mountPointEditor(element('own-points'), createPlaneInput(element('boundary')), store, act);
}, { set: 'drawing' });
const reach = createLatePart(store, async () => {
  const [{ mountPanelKeys }, { keepFocus }, { mountEscapeLevels }] = await Promise.all([
    import('../panels/top/panel_keys.js'), import('../panels/top/focus_keeper.js'), import('../panels/top/escape_levels.js'),
  ]);
  mountPanelKeys(element('skip'), element('network'));
  keepFocus(element('network'));
  mountEscapeLevels(store, elementOf);
  if (matchMedia('(any-pointer: coarse)').matches) (await import('../panels/top/touch_titles.js')).mountTouchTitles();
}, { clicked: '#skip' });
const studies = createLatePart(store, async () => {
  const [{ mountStudies }, begin] = await Promise.all([import('../panels/studies/studies.js'), loadFreshStart(), loadLateStyle()]);
  mountStudies(dialog('studies'), element('studies-open'), store, act, begin, focusPlay);
}, { clicked: '#studies-open' });
const curvature = createLatePart(store, async () => {
  const [{ mountCurvatureTab }] = await Promise.all([import('../panels/charts/curvature_tab.js'), charts.load(), useTexts('studies/'), loadLateStyle()]);
  mountCurvatureTab(/** @type {HTMLElement} */ (document.querySelector('.gradients-chart')), store, act);
}, { clicked: '[data-testid=tab-curvature]' });
const help = createLatePart(store, async () => {
  const [{ mountHelp }] = await Promise.all([import('../panels/top/help.js'), loadLateStyle()]);
  mountHelp(dialog('help'), elementOf('help'));
}, { clicked: '[data-testid=help]' });

const glossary = createLatePart(store, async () => {
  const [{ mountGlossary }] = await Promise.all([import('../panels/glossary/glossary.js'), useTexts('glossary/'), loadLateStyle()]);
  mountGlossary(dialog('glossary-dialog'), element('glossary'), element('term-card'), store, elementOf);
}, { clicked: '#glossary' });

const wallWindow = createLatePart(store, async () => {
  await useTexts('presenting/');
  if (isOnWall()) {
    const { mountWallWindow } = await import('../panels/presenting/wall_window.js');
    mountWallWindow(store, openSession);
  } else {
    const { mountWallOpener } = await import('../panels/presenting/wall_opener.js');
    mountWallOpener(elementOf('wall-window'), store, openSession, (testid) => elementOf(testid)?.click());
  }
}, { clicked: '[data-testid=wall-window]' });
const list = createLatePart(store, async () => {
  const [{ mountList }, { mountBlankScreen }, { mountPointerRing }, begin] = await Promise.all([
    import('../panels/presenting/list_dialog.js'), import('../panels/presenting/blank_screen.js'), import('../panels/presenting/pointer_ring.js'),
    loadFreshStart(), useTexts('presenting/'), loadLateStyle(), loadLateStyle('presentingStyle'),
  ]);
  mountList(dialog('list-dialog'), elementOf('list'), store, begin, { address: addressBar.write, focus: focusPlay });
  mountBlankScreen(element('blank'), elementOf('blank'), store);
  mountPointerRing(element('ring'), elementOf('pointer-ring'));
}, { set: 'blank', clicked: '[data-testid=list]', dropped: true });
const fullScreen = createLatePart(store, async () => {
  const [{ mountFullScreen }, { mountPrintPage }] = await Promise.all([
    import('../panels/presenting/full_screen.js'), import('../panels/presenting/print_page.js'), loadLateStyle('presentingStyle'),
  ]);
  mountPrintPage();
  const within = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
  mountFullScreen({
    network: { panel: element('network'), place: (button) => within('#network .layers').before(button) },
    output: { panel: element('output'), place: (button) => element('output').append(button) },
    loss: { panel: within('.loss-panel'), place: (button) => within('.loss-panel .grow').after(button) },
    layers: { panel: within('.gradients-chart'), place: (button) => within('.gradients-chart').append(button) },
  }, store);
});
const share = createLatePart(store, async () => {
  const [{ mountShare }] = await Promise.all([import('../panels/share/share.js'), loadLateStyle()]);
  mountShare(element('share-menu'), element('share'), store, addressBar.publish);
}, { clicked: '#share' });
const addressWords = createLatePart(store, async () => {
  const [{ ignoredQuery }, { say }] = await Promise.all([import('../experiment/ignored_query.js'), import('../core/notices.js')]);
  const parts = ignoredQuery(location.search, (testid) => elementOf(testid) !== undefined);
  if (parts.length) say(store, 'notice', 'address.ignored', { values: { parts } });
});
const tips = createLatePart(store, async () => {
  const [{ mountTips }] = await Promise.all([import('../panels/tips/tips.js'), useTexts('tips/'), loadLateStyle()]);
  if (!isOnWall()) mountTips(element('tip'), store);
});
const followPoint = createLatePart(store, async () => {
  const [{ mountFollowPoint }] = await Promise.all([import('../panels/output/follow_point.js'), useTexts('tips/')]);
  mountFollowPoint(element('boundary'), store, act);
});
const offline = createLatePart(store, async () => {
  const { keepForOffline } = await import('../core/offline.js');
  await keepForOffline();
});

document.addEventListener('dragenter', upload.demand, { once: true }); // before the file is let go
document.addEventListener('dragenter', save.demand, { once: true });

performance.setResourceTimingBufferSize(1000); // core/offline.js reads which files the page has loaded

await firstPicture(store);
const unasked = [network, controls, plotly, charts, otherTabs, reach, fullScreen, arithmeticPredictions, addressWords, followPoint, tips]; // by any click
for (const part of unasked) await part.demand();
await loadWhenIdle([
  wallWindow, upload, save, list, slowMotion, wallControls, kept, inspector, settings, gallery, figures, scores, pointEditor,
  comparison, drawingPad, samplePredictions, studies, curvature, help, glossary, share, offline,
]);
