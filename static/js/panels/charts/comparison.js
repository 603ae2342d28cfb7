// @ts-check
// Runs compared from the same start: their losses in one chart and one row of figures each, this page's run first.

import { raceChart } from '../../draw/chart/charts.js';
import { noiseOf } from '../../draw/base/noise.js';
import { cssColor, readPalette } from '../../draw/base/palette.js';
import { write } from '../../core/elements.js';
import { formatCount, formatLoss, formatPercent, hasText, t } from '../../core/i18n.js';

/** @typedef {import('../../core/comparison_runs.js').Rival} Rival */
/** @typedef {import('../../core/comparison_runs.js').Change} Change */

const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
const DRAW_EVERY = 400; // milliseconds: a chart costs some 20
const COLUMNS = ['run', 'step', 'train_loss', 'test_accuracy', 'samples', 'noise'];
const REWARD = 'b3_reward'; // the preset that learns by reward
const CONFIG = { displayModeBar: false, responsive: false, showTips: false, doubleClick: false, scrollZoom: false };

/** @param {Change} change  one field and its value */
function nameOf(change) {
  const [[field, value]] = Object.entries(change);
  return hasText(`${field}.${value}`) ? t(`${field}.${value}`) : `${t(`field.${field}`)} ${value}`;
}

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 * @param {{most: number, start: (changes: Change[]) => void, add: (change: Change) => void, remove: (index: number) => void, stop: () => void}} rivals
 */
export function mountRivals(root, store, send, rivals) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const [body, chart, more] = [find('tbody'), find('.drawing'), /** @type {HTMLSelectElement} */ (find('select'))];
  let drawn = 0;
  let timer = 0;
  let queued = 0;

  // ---- which

  function start() {
    const [race, spec, fields, facts] = ['race', 'spec', 'fields', 'choices'].map(store.get);
    if (!race || !spec || !fields || !facts) return rivals.stop();
    send({ type: 'reset' });
    if (race === 'reward') rivals.start([{ optimizer: spec.optimizer === 'evolution' ? 'sgd' : 'evolution' }]);
    else {
      const others = fields.optimizer.options.filter((/** @type {string} */ name) => name !== spec.optimizer && !facts.without_gradient.includes(name));
      rivals.start(others.slice(0, rivals.most).map((/** @type {string} */ optimizer) => ({ optimizer })));
    }
    send({ type: 'play' });
  }

  function reward() {
    const preset = store.get('presets')?.find((/** @type {any} */ { name }) => name === REWARD);
    if (preset) send({ type: 'configure', spec: preset.spec });
    store.set({ preset: REWARD, race: 'reward' });
  }

  find('[data-testid=race-all]').onclick = () => (store.get('race') === 'optimizers' ? start() : store.set({ race: 'optimizers' }));
  find('[data-testid=race-reward]').onclick = () => (store.get('race') === 'reward' ? start() : reward());
  find('.close').onclick = () => store.set({ race: null });
  more.onchange = () => {
    rivals.add(JSON.parse(more.value));
    more.value = '';
  };

  function offer() {
    const spec = store.get('spec');
    const fields = store.get('fields');
    if (!spec || !fields) return;
    /** @type {[string, any[]][]} */
    const choices = [
      ['optimizer', fields.optimizer.options.filter((/** @type {string} */ name) => name !== 'perceptron')],
      ['learning_rate', RATES],
      ['activation', fields.activation.options],
      ['initializer', fields.initializer.options],
      ['loss', fields.loss.options],
    ];
    more.replaceChildren(new Option(t('rivals.add'), ''), ...choices.map(([field, values]) => {
      const group = document.createElement('optgroup');
      group.label = t(`field.${field}`);
      group.append(...values.filter((value) => value !== spec[field]).map((value) => new Option(nameOf({ [field]: value }), JSON.stringify({ [field]: value }))));
      return group;
    }));
    more.disabled = (store.get('rivals')?.length ?? 0) >= rivals.most;
  }

  // ---- their figures

  /** @returns {(import('../../core/comparison_runs.js').Reading & {name: string, note: string, title: string})[]} this page's run first */
  function runs() {
    const { spec, frame, history, rivals: others } = Object.fromEntries(['spec', 'frame', 'history', 'rivals'].map((key) => [key, store.get(key)]));
    const differs = Object.keys(others?.[0]?.change ?? { optimizer: 0 })[0];
    const own = {
      name: nameOf({ [differs]: spec?.[differs] }), note: t('rivals.this'), title: '',
      step: frame?.step ?? 0, train_loss: frame?.train_loss ?? null, test_accuracy: frame?.test_accuracy ?? null, samples: frame?.samples ?? null,
      steps: history?.steps ?? [], losses: history?.train_loss ?? [],
    };
    return [own, ...(others ?? []).map((/** @type {Rival} */ rival) => ({ ...rival, name: nameOf(rival.change), ...remark(rival) }))];
  }

  /** @param {Rival} rival */
  function remark({ refused, diverged, stopped }) {
    if (refused) {
      const key = refused.code.startsWith('close.') ? refused.code : `server.${refused.code}`;
      return { note: t('rivals.refused'), title: hasText(key) ? t(key, refused.values) : refused.message };
    }
    return { note: diverged === null ? (stopped ? t('rivals.stopped') : '') : t('rivals.diverged'), title: '' };
  }

  function makeRow(/** @type {number} */ index) {
    const row = document.createElement('tr');
    row.dataset.testid = `rival-${index}`;
    row.innerHTML = `<th scope="row"><i></i><span></span><small></small>${index ? '<button class="remove" type="button">×</button>' : ''}</th>${'<td></td>'.repeat(COLUMNS.length - 1)}`;
    const remove = row.querySelector('button');
    if (remove) remove.onclick = () => rivals.remove(index - 1);
    return row;
  }

  function show() {
    queued = 0;
    const racing = store.get('rivals') !== null;
    root.hidden = !racing;
    document.body.classList.toggle('racing', racing);
    for (const [name, testid] of [['optimizers', 'race-all'], ['reward', 'race-reward']]) find(`[data-testid=${testid}]`).setAttribute('aria-pressed', String(racing && store.get('race') === name));
    if (!racing) return;
    const all = runs();
    while (body.children.length > all.length) body.lastElementChild?.remove();
    while (body.children.length < all.length) body.append(makeRow(body.children.length));
    const together = Math.min(...all.map(({ step }) => step)); // where all have been
    const abreast = all.map(({ steps, losses }) => losses[steps.findLastIndex((step) => step <= together)] ?? Infinity);
    const best = Math.min(...abreast);
    const looks = lineLooks();
    all.forEach((run, i) => {
      const row = /** @type {HTMLElement} */ (body.children[i]);
      row.dataset.value = String(run.train_loss ?? '');
      row.dataset.step = String(run.step);
      row.title = run.title;
      row.classList.toggle('best', together > 0 && abreast[i] === best);
      const [head, ...cells] = /** @type {HTMLElement[]} */ ([...row.children]);
      const [mark, name, note] = /** @type {HTMLElement[]} */ ([...head.children]);
      mark.style.color = looks[i].color;
      mark.classList.toggle('dashed', looks[i].dash !== 'solid');
      write(name, run.name);
      write(note, run.note);
      head.querySelector('button')?.setAttribute('aria-label', t('rivals.remove', { name: run.name }));
      const noise = noiseOf(run.losses);
      const texts = [
        formatCount(run.step, 1e5),
        run.train_loss === null ? '–' : formatLoss(run.train_loss),
        run.test_accuracy === null ? '–' : formatPercent(run.test_accuracy),
        run.samples === null ? '–' : formatCount(run.samples, 1e5),
        noise === null ? '–' : `${(noise * 100).toFixed(noise < 0.0995 ? 1 : 0)} %`,
      ];
      cells.forEach((cell, column) => write(cell, texts[column]));
    });
    more.disabled = all.length > rivals.most;
    timer ||= window.setTimeout(draw, Math.max(0, drawn + DRAW_EVERY - performance.now()));
  }

  // ---- their curves

  /** Ink for this page's run; the others in the colours of classes, every second one dashed. */
  function lineLooks() {
    const palette = readPalette(root);
    const dashed = `${5 * palette.link}px,${3 * palette.link}px`;
    return [{ color: palette.ink, dash: 'solid' }, ...Array.from({ length: rivals.most }, (_, i) => ({
      color: cssColor(palette.classes[i + 1]), dash: i % 2 ? dashed : 'solid',
    }))];
  }

  function draw() {
    timer = 0;
    drawn = performance.now();
    if (!window.Plotly || root.hidden || !chart.clientWidth || document.hidden) return;
    const looks = lineLooks();
    const lines = runs().map(({ name, steps, losses }, i) => ({ name, steps, losses, ...looks[i] }));
    const look = { width: chart.clientWidth, height: chart.clientHeight, palette: readPalette(chart), log: store.get('lossScale') !== 'linear', step: t('chart.step') };
    const { traces, layout } = raceChart(lines.reverse(), look);
    window.Plotly.react(chart, traces, layout, CONFIG);
  }

  function words() {
    root.querySelectorAll('thead th').forEach((cell, i) => {
      cell.textContent = t(`rivals.${COLUMNS[i]}`);
      /** @type {HTMLElement} */ (cell).title = t(`rivals.${COLUMNS[i]}.help`);
    });
    offer();
    show();
  }
  words();
  const observer = new ResizeObserver(() => show());
  observer.observe(chart);
  const stops = [
    store.watch(['race'], start),
    store.watch(['spec', 'fields', 'choices'], () => { if (store.get('race') && !store.get('rivals')) start(); }), // asked for before they were there
    store.watch(['rivals', 'frame', 'lossScale', 'theme', 'profile'], () => { queued ||= requestAnimationFrame(show); }),
    store.watch(['spec', 'fields'], offer),
    store.watch(['language'], words),
    () => observer.disconnect(),
    () => clearTimeout(timer),
    () => cancelAnimationFrame(queued),
    () => rivals.stop(),
    () => window.Plotly?.purge(chart),
  ];
  return () => stops.forEach((stop) => stop());
}
