// @ts-check
// The panel of luck: the experiment on the page from many seeds, and beside it another setup from the same ones.

import { download } from '../../core/download.js';
import { write } from '../../core/elements.js';
import { formatLoss, formatPercent, t, translate } from '../../core/i18n.js';
import { emptyCanvas } from '../../draw/base/canvas.js';
import { readPalette } from '../../draw/base/palette.js';
import { drawBands, drawHistogram } from '../../draw/chart/luck_band.js';
import { offer } from '../../experiment/choice_options.js';
import { bandOf, badness, histogramOf, middleOf, ranked } from '../../experiment/luck_band.js';
import { createRivals } from './luck_rivals.js';
import { connectStart, showCost, showStudyProgress } from './study_start.js';

/** @typedef {import('../../wire/messages.js').LuckPlan} LuckPlan */
/** @typedef {import('../../wire/messages.js').LuckRun} LuckRun */

const BARS = 16;
const VARIED = ['all', 'data', 'start', 'order'];
const COLUMNS = /** @type {const} */ (['set_up', 'seed', 'data_seed', 'start_seed', 'steps', 'diverged', 'test_loss', 'test_accuracy']);

const MARKUP = `
  <div class="panel study-main">
    <form class="study-knobs">
      <label class="study-knob"><span class="label" data-t="luck.seeds"></span><input type="number" min="1" max="256" step="1" value="100" data-testid="luck-seeds"></label>
      <label class="study-knob"><span class="label" data-t="sweep.epochs"></span><input type="number" min="1" step="1" value="100" data-testid="luck-epochs"></label>
      <label class="study-knob"><span class="label" data-t="luck.vary"></span><span class="select"><select data-testid="luck-vary"></select></span></label>
      <label class="study-knob"><span class="label" data-t="luck.against"></span><span class="select"><select data-testid="luck-against"></select></span></label>
      <span class="grow"></span>
      <span class="study-start"><button type="submit" class="play" data-testid="luck-start"></button><output class="label" data-testid="luck-cost"></output></span>
    </form>
    <div class="study-map">
      <canvas class="study-still" data-testid="luck-band" role="img" data-t-label="luck.band" data-runs="0" data-done="0"></canvas>
      <p class="study-hint" data-t="luck.hint"></p>
    </div>
    <div class="study-foot">
      <progress data-testid="luck-progress" data-value="0" max="1" value="0" data-t-label="luck.progress"></progress>
      <span class="study-time" data-testid="luck-time"></span>
      <span class="grow"></span>
      <span class="label" data-t="luck.legend"></span>
    </div>
  </div>
  <div class="panel study-side">
    <h2 data-testid="luck-ends"></h2>
    <canvas data-testid="luck-histogram" role="img" data-t-label="luck.histogram"></canvas>
    <p data-testid="luck-sentence" role="status"></p>
    <div class="study-knobs">
      ${['best', 'median', 'worst'].map((name) => `<button type="button" class="button small" data-testid="luck-open-${name}" data-t="luck.open.${name}" hidden></button>`).join('')}
    </div>
  </div>`;

/** @param {HTMLElement} root @param {import('./study_panel.js').Context} context @returns {import('./study_panel.js').StudyPanel} */
export function mountLuck(root, { store, send, openRun }) {
  root.innerHTML = MARKUP;
  const of = (/** @type {string} */ name) => /** @type {any} */ (root.querySelector(`[data-testid=luck-${name}]`));
  const study = () => (store.get('study')?.plan.kind === 'luck' ? store.get('study') : null);
  let [visible, asked] = [false, false];
  const rivals = createRivals(of('against'), store);
  const command = () => ({ type: 'luck', seeds: of('seeds').valueAsNumber, epochs: of('epochs').valueAsNumber, vary: of('vary').value, against: rivals.chosen() });
  const askCost = () => send({ ...command(), begin: false });

  function show() {
    if (!visible) return;
    const now = study();
    showStudyProgress({ start: of('start'), progress: of('progress'), time: of('time') }, now);
    root.classList.toggle('empty', !now?.parts.length);
    const [plan, runs] = [/** @type {LuckPlan | undefined} */ (now?.plan), /** @type {LuckRun[]} */ (now?.parts ?? [])];
    const own = ranked(runs.filter((run) => run.set_up === 0));
    Object.assign(of('band').dataset, { runs: String(now?.runs ?? 0), done: String(runs.length), median: own.length ? String(badness(middleOf(own))) : '' });
    for (const name of ['best', 'median', 'worst']) of(`open-${name}`).hidden = !own.length;
    if (!plan || !own.length) return;
    const names = rivals.namesOf(plan);
    paint(of('band'), of('histogram'), plan, runs, names);
    write(of('ends'), t(own[0].test_accuracy === null ? 'luck.ends.loss' : 'luck.ends.accuracy'));
    const last = runs.find((run) => run.medians);
    write(of('sentence'), last ? sentenceOf(plan, last, names) : '');
  }

  /** @param {(runs: LuckRun[]) => LuckRun} choose  of those ranked */
  function open(choose) {
    const now = study();
    const run = now && choose(ranked(now.parts.filter((/** @type {LuckRun} */ one) => one.set_up === 0)));
    if (run) openRun({ ...now.plan.spec, seed: run.seed, data_seed: run.data_seed, start_seed: run.start_seed }, run.steps + Number(run.diverged));
  }

  connectStart(root, study, () => send(command()), send);
  /** @type {HTMLFormElement} */ (root.querySelector('form')).onchange = askCost;
  of('open-best').onclick = () => open((runs) => runs[0]);
  of('open-median').onclick = () => open(middleOf);
  of('open-worst').onclick = () => open((runs) => runs[runs.length - 1]);
  store.watch(['study'], show);
  store.watch(['studyCost'], () => showCost(of('cost'), store.get('studyCost')));
  return {
    shown() {
      const first = !visible;
      visible = true;
      translate(root);
      offer(of('vary'), VARIED.map((name) => [name, t(`luck.vary.${name}`)]));
      rivals.offer();
      if (!asked && !study()) send({ type: 'study_control', action: 'tell' });
      asked = true;
      if (first) askCost();
      show();
    },
    hidden() { visible = false; },
    saveTable() {
      const rows = study()?.parts.map((/** @type {LuckRun} */ run) => COLUMNS.map((column) => run[column] ?? '').join(','));
      if (rows) download('luck.csv', `${[COLUMNS.join(','), ...rows].join('\n')}\n`, 'text/csv');
    },
  };
}

/** @param {HTMLCanvasElement} band @param {HTMLCanvasElement} histogram @param {LuckPlan} plan @param {LuckRun[]} runs @param {string[]} setUps  their names */
function paint(band, histogram, plan, runs, setUps) {
  const byOne = setUps.map((_, number) => runs.filter((run) => run.set_up === number)).filter((ofOne) => ofOne.length);
  const onPage = runs.find((run) => run.set_up === 0 && run.number === 0);
  const names = { own: t('luck.own'), epoch: t('luck.epoch'), setUps };
  const bands = { epochs: plan.curve_epochs, bands: byOne.map((ofOne) => bandOf(ofOne, plan.curve_epochs.length)), own: (onPage?.curve ?? []).map((loss) => loss ?? Infinity) };
  draw(band, (context, width, height, palette) => drawBands(context, width, height, bands, palette, names));
  const accurate = runs[0].test_accuracy !== null;
  const ends = histogramOf(byOne.map((ofOne) => ofOne.map((run) => (run.diverged ? null : accurate ? run.test_accuracy : run.test_loss))), BARS);
  if (ends) draw(histogram, (context, width, height, palette) => drawHistogram(context, width, height, ends, palette, accurate ? formatPercent : formatLoss));
}

/** @param {HTMLCanvasElement} canvas @param {(context: CanvasRenderingContext2D, width: number, height: number, palette: import('../../draw/base/palette.js').Palette) => void} drawOn */
function draw(canvas, drawOn) {
  const empty = emptyCanvas(canvas, canvas.classList.contains('study-still') ? undefined : canvas);
  if (empty) drawOn(empty.context, empty.width, empty.height, readPalette(canvas));
}

/** @param {LuckPlan} plan @param {LuckRun} last @param {string[]} names  of the setups */
function sentenceOf(plan, last, names) {
  const only = plan.vary === 'all' ? '' : t(`luck.only.${plan.vary}`);
  return `${resultOf(plan, last, names)} ${only}`.trim();
}

/** @param {LuckPlan} plan @param {LuckRun} last @param {string[]} names */
function resultOf(plan, { medians, comparison }, [ownName, otherName]) {
  const [own, other] = /** @type {import('../../wire/messages.js').LuckMedian[]} */ (medians).map(({ median, interval }) => ({
    median: lossOf(median), low: interval && lossOf(interval[0]), high: interval && lossOf(interval[1]),
  }));
  if (!comparison) return t(own.low ? 'luck.one' : 'luck.one_few', { ...own, seeds: plan.seeds });
  const { better, worse, share, p } = comparison;
  const said = t('luck.two', {
    other: otherName, own: ownName, better, seeds: plan.seeds, worse,
    low: formatPercent(share.low), high: formatPercent(share.high), median: other.median, against: own.median,
  });
  return `${said} ${t(p < 0.05 ? 'luck.not_chance' : 'luck.chance', { p: p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}` })}`;
}

/** @param {number | null} loss */
const lossOf = (loss) => (loss === null ? '∞' : formatLoss(loss));
