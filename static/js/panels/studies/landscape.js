// @ts-check
// The panel of the loss landscape: measured again and again while the run trains. A click puts the network there.

import { write } from '../../core/elements.js';
import { formatLoss, formatPercent, t } from '../../core/i18n.js';
import { loadPlotly } from '../../core/plotly.js';
import { lossesOf } from '../../wire/landscape.js';
import { createLandscapeControls } from './landscape_controls.js';
import { LANDSCAPE_MARKUP } from './landscape_markup.js';
import { createLandscapeRuns } from './landscape_runs.js';
import { createLandscapeView } from './landscape_view.js';
import { createQuestions } from '../../core/repeated_questions.js';
import { shortNumber } from '../../draw/base/numbers.js';

/** @param {HTMLElement} root @param {import('./study_panel.js').Context} context @returns {import('./study_panel.js').StudyPanel} */
export function mountLandscape(root, { store, send }) {
  root.innerHTML = LANDSCAPE_MARKUP;
  const of = (/** @type {string} */ name) => /** @type {any} */ (root.querySelector(`[data-testid=landscape${name}]`));
  const canvas = /** @type {HTMLCanvasElement} */ (of(''));
  const view = createLandscapeView(canvas, of('-3d'));
  const controls = createLandscapeControls(root, store, () => questions.again());
  const runs = createLandscapeRuns(of('-runs'), store, () => questions.renew());
  const questions = createQuestions(store, 'landscape', () => send({ ...controls.command(), others: runs.ask() }));
  /** @type {import('./landscape_view.js').Held | null} */
  let held = null;

  function receive() {
    const message = store.get('landscape');
    if (message?.failed) write(of('-sentence'), t(`server.${message.code}`, message.values));
    else if (message) {
      held = { message, losses: lossesOf(message.loss), ofAll: message.of_all === null ? null : lossesOf(message.of_all) };
      write(of('-sentence'), sentenceOf(message));
    }
    paint();
  }

  function paint() {
    if (!held) return;
    const { now, step } = held.message;
    Object.assign(canvas.dataset, { value: String(now), step: String(step), maps: held.ofAll ? '2' : '1' });
    const others = view.showsPaths() ? runs.drawn(held.message) : [];
    runs.name(others);
    const enlarged = view.paint(held, { others, labels: controls.labels(), loss: t('landscape.loss'), titles: titlesOf() });
    write(of('-enlarged'), enlarged > 1 ? t('landscape.enlarged', { times: shortNumber(enlarged, 2) }) : '');
    write(of('-now'), t('landscape.now', { loss: formatLoss(now), step }));
  }

  /** @param {{type: string} & Record<string, any>} command */
  function change(command) {
    send(command);
    questions.again();
  }

  canvas.onpointermove = canvas.onpointerdown = (event) => write(of('-point'), nameOf(view.pointAt(held, event)));
  canvas.onpointerleave = ({ pointerType }) => pointerType === 'touch' || write(of('-point'), ''); // what a finger was on stays
  canvas.onclick = (event) => {
    const point = view.pointAt(held, event);
    if (point?.plane) change({ type: 'go_to_point', plane: point.plane, x: point.x, y: point.y });
  };
  of('-undo').onclick = () => change({ type: 'undo' });
  const showUndo = () => { of('-undo').disabled = !store.get('timeline')?.undo; };
  mountSurfaceButton(of('-surface'), view, paint);
  store.watch(['landscape'], receive);
  store.watch(['timeline'], showUndo);
  return {
    shown() {
      controls.showWords();
      showUndo();
      receive();
      questions.begin();
    },
    hidden: questions.end,
  };
}

/** @param {HTMLElement} button @param {ReturnType<typeof createLandscapeView>} view @param {() => void} paint */
function mountSurfaceButton(button, view, paint) {
  button.onclick = async () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(on));
    if (on) await loadPlotly();
    view.showInSpace(on);
    paint();
  };
}

/** Of two maps side by side. @returns {[string, string]} */
const titlesOf = () => [t('landscape.samples.train'), t('landscape.samples.batch')];

/** How much of the path, and of the next step, is seen. @param {import('../../wire/messages.js').LandscapeMessage} message */
function sentenceOf({ share, next_share: nextShare }) {
  const path = share === null ? '' : t('landscape.share', { share: formatPercent(share) });
  return `${path} ${nextShare === null ? '' : t('landscape.next_share', { share: formatPercent(nextShare) })}`.trim();
}

/** @param {{x: number, y: number, loss: number} | null} point */
const nameOf = (point) => (point ? t('landscape.point', { loss: Number.isFinite(point.loss) ? formatLoss(point.loss) : '∞', x: shortNumber(point.x), y: shortNumber(point.y) }) : '');
