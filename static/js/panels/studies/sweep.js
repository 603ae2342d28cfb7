// @ts-check
// The panel of the sweep map: a run for each pair of values of two knobs, as a map that sharpens while it is made.

import { download } from '../../core/download.js';
import { write } from '../../core/elements.js';
import { translate } from '../../core/i18n.js';
import { specOfCell } from '../../experiment/study_spec.js';
import { longestBorder, makeCells, tableOf } from '../../experiment/sweep_cells.js';
import { createCellView } from './sweep_cell.js';
import { createSweepControls } from './sweep_controls.js';
import { connectStart, showCost, showStudyProgress } from './study_start.js';
import { createSweepMap } from './sweep_map.js';
import { SWEEP_MARKUP } from './sweep_markup.js';
import { legendOf, mapOf } from './sweep_picture.js';

/** @typedef {import('./study_panel.js').StudyPanel} StudyPanel */
/** @typedef {import('./sweep_map.js').Place} Place */
/** @typedef {ReturnType<typeof createSweepControls>} Controls */
/** @typedef {import('../../wire/messages.js').StudyMessage} StudyMessage */
/** @typedef {import('../../wire/messages.js').SweepPlan} SweepPlan */
/** @typedef {ReturnType<typeof makeCells>} Cells */

/** Where the line lies first, of each measure; else at 0.1. @type {Record<string, number>} */
const LEVELS = { test_accuracy: 0.9, train_accuracy: 0.9, gap: 0.05, steps_to: 1000, largest_gradient: 1 };

/** Where learning and diverging meet: with full batches, as Sohl-Dickstein (2024) looked at it. */
const BORDER = {
  ranges: [{ knob: 'learning_rate', low: 0.1, high: 10, log: true }, { knob: 'init_std', low: 0.1, high: 10, log: true }],
  controls: { cells: 65, measure: 'train_loss', epochs: 100, seeds: 1, level: 1 },
  fields: { batch_size: null },
};

/** @param {HTMLElement} root @param {import('./study_panel.js').Context} context @returns {StudyPanel} */
export function mountSweep(root, { store, send, openRun }) {
  root.innerHTML = SWEEP_MARKUP;
  const of = (/** @type {string} */ name) => /** @type {any} */ (root.querySelector(`[data-testid=sweep-${name}]`));
  const level = of('level');
  const sweep = followSweep(store);
  const controls = createSweepControls(root, store, (change) => (change === 'color' ? chooseColor() : askCost()));
  const cellView = createCellView(root, controls.measure, store, send);
  /** Of the same experiment, whatever the page has by now. */
  const zoom = connectZoom(of('zoom-out'), controls, sweep.plan, () => begin(sweep.plan()?.spec));
  const map = createSweepMap(of('map'), of('cell'), { point: showCell, open, zoom });
  let [visible, asked] = [false, false];

  const begin = (/** @type {object} */ fields = {}) => send(withFields(controls.command(), fields));
  const askCost = () => send({ ...controls.command(), begin: false });
  const chooseColor = () => {
    level.value = LEVELS[controls.measure()] ?? 0.1;
    askCost();
    showMap();
  };

  function showMap() {
    if (!visible) return;
    const [cells, plan, spec] = [sweep.cells(), sweep.plan(), store.get('spec')];
    const shown = cells && plan && spec ? mapOf(cells, plan, spec, controls.measure(), level.valueAsNumber) : null;
    map.show(shown);
    showCloser(of('closer'), sweep.study()?.state === 'done' ? shown : null, zoom);
    showProgress(root, sweep.study(), cells, legendOf(shown, controls.measure()));
    showCell(map.pointed());
  }

  /** @param {Place | null} place */
  function showCell(place) {
    const cells = sweep.cells();
    cellView.show(place && cells?.at(place.x, place.y), sweep.plan(), cells, map);
  }

  /** @param {Place} place */
  function open({ x, y }) {
    const [cell, plan] = [sweep.cells()?.at(x, y), sweep.plan()];
    if (cell && plan) openRun(specOfCell(plan, cell), cell.steps + Number(cell.diverged));
  }

  connectStart(root, sweep.study, begin, send);
  of('border').onclick = () => lookAtBorder(controls, begin);
  level.value = '0.1';
  level.oninput = showMap;
  store.watch(['study', 'spec'], showMap);
  store.watch(['studyCost'], () => showCost(of('cost'), store.get('studyCost')));
  return {
    shown() {
      if (!asked && !sweep.study()) send({ type: 'study_control', action: 'tell' });
      if (!visible) askCost();
      [visible, asked] = [true, true];
      translate(root);
      controls.showWords();
      showMap();
    },
    hidden() { visible = false; },
    saveTable() { saveCells(sweep.cells(), sweep.plan()); },
  };
}

/** The sweep that the server tells of, and its cells. @param {import('../../core/store.js').Store} store */
function followSweep(store) {
  /** @type {(Cells & {number: number}) | null} */
  let kept = null;
  const study = () => (store.get('study')?.plan.kind === 'sweep' ? store.get('study') : null);
  return {
    study,
    /** @returns {SweepPlan | undefined} */
    plan: () => study()?.plan,
    /** Those that have come. @returns {Cells | null} */
    cells() {
      const now = study();
      if (now && kept?.number !== now.number) kept = { ...makeCells(now), number: now.number };
      if (now) kept?.take(now.parts);
      return now && kept;
    },
  };
}

/** @param {Cells | null} cells @param {SweepPlan | undefined} plan */
function saveCells(cells, plan) {
  if (cells && plan) download(`sweep-${plan.x.knob}-${plan.y.knob}.csv`, tableOf(cells.known(), plan), 'text/csv');
}

/** @param {Controls} controls @param {(fields: object) => void} begin */
function lookAtBorder(controls, begin) {
  controls.setRanges(BORDER.ranges);
  controls.set(BORDER.controls);
  begin(BORDER.fields);
}

/**
 * A part of the map becomes the range of both knobs; the button leads back.
 * @param {HTMLElement} button @param {Controls} controls @param {() => SweepPlan | undefined} planOf @param {() => void} begin
 * @returns {(from: Place, to: Place) => void}
 */
function connectZoom(button, controls, planOf, begin) {
  /** @type {ReturnType<typeof controls.ranges>[]} */
  const before = [];
  button.onclick = () => {
    const ranges = before.pop();
    button.hidden = !before.length;
    if (!ranges) return;
    controls.setRanges(ranges);
    begin();
  };
  return (from, to) => {
    const plan = planOf();
    if (!plan) return;
    const ranges = controls.ranges();
    before.push(ranges);
    controls.setRanges(/** @type {('x' | 'y')[]} */ (['x', 'y']).map((axis, number) => {
      const [low, high] = [from[axis], to[axis]].sort((a, b) => a - b).map((at) => plan[axis].values[at]);
      return low === high ? ranges[number] : { ...ranges[number], knob: plan[axis].knob, low, high };
    }));
    button.hidden = false;
    begin();
  };
}

/** @param {ReturnType<Controls['command']>} command @param {object} fields */
const withFields = (command, fields) => ({ ...command, fields: { ...fields, ...command.fields } });

/** The button that goes to where the border is longest. @param {HTMLElement} button @param {import('./sweep_map.js').Shown | null} shown @param {(from: Place, to: Place) => void} zoom */
function showCloser(button, shown, zoom) {
  const border = shown && longestBorder(shown.map);
  button.hidden = !border;
  button.onclick = () => { if (border) zoom(...border); };
}

/** @param {HTMLElement} root @param {StudyMessage | null} now @param {Cells | null} kept @param {string} legend */
function showProgress(root, now, kept, legend) {
  const of = (/** @type {string} */ name) => /** @type {any} */ (root.querySelector(`[data-testid=sweep-${name}]`));
  const canvas = of('map');
  showStudyProgress({ start: of('start'), progress: of('progress'), time: of('time') }, now);
  canvas.dataset.cells = String(kept ? kept.columns * kept.rows : 0);
  canvas.dataset.done = String(kept?.count() ?? 0);
  write(of('legend'), legend);
  root.classList.toggle('empty', !kept);
}
