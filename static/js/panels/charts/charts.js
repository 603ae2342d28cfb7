// @ts-check
// The loss curve and the layers through time, drawn by Plotly, which comes after the page has been painted. A chart
// costs 15–33 ms, so they are drawn one after the other and then rest; both show the same steps. On a wall there is room
// for one of them.

import { layerChart, lossChart } from '../../draw/chart/charts.js';
import { readPalette } from '../../draw/base/palette.js';
import { curvesOf, QUANTITIES, quantityOf } from '../../draw/chart/quantities.js';
import { hasText, t } from '../../core/i18n.js';

const TURN = 300; // milliseconds for each chart
const BREATH = 20; // milliseconds between the two: a picture of the network comes first
const SOURCE = '/vendor/plotly.min.js';
const CONFIG = { displayModeBar: false, responsive: false, showTips: false, doubleClick: false, scrollZoom: false };

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 * @param {(command: {type: string, [field: string]: any}) => void} _send  nothing here changes the experiment
 * @returns {() => void} undo
 */
export function mountCharts(root, store, _send) {
  root.innerHTML = `
    <section class="panel chart loss-panel"><h2><span class="title"></span><span class="key"><i></i><span></span><i class="dashed"></i><span></span></span><span class="grow"></span>
      <button type="button" class="button other" data-testid="chart-layers" data-chart="layers"></button>
      <button type="button" class="button race" data-testid="race"></button>
      <span class="seg" role="group" data-testid="loss-scale"><button type="button" data-scale="linear"></button><button type="button" data-scale="log"></button></span></h2>
      <div class="drawing" data-testid="loss-chart" role="img"></div><div class="timeline" id="timeline"></div></section>
    <section class="panel chart gradients-chart"><h2><span class="title"></span>
      <span class="select mini"><select class="quantity" data-testid="quantity"></select></span><span class="grow"></span>
      <button type="button" class="button other" data-testid="chart-loss" data-chart="loss"></button></h2>
      <div class="drawing" data-testid="gradient-chart" role="img"></div></section>
    <section class="panel chart beside" id="beside" data-testid="beside-panel" hidden></section>
    <p class="chip diagnosis" id="diagnosis" data-testid="diagnosis" hidden></p>`;
  const [lossBox, layersBox] = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('.drawing')]);
  const scales = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('[data-scale]')]);
  const others = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('[data-chart]')]);
  const choice = /** @type {HTMLSelectElement} */ (root.querySelector('select'));
  const race = /** @type {HTMLButtonElement} */ (root.querySelector('.race'));
  const charts = [
    { box: lossBox, draw: drawLoss, due: true },
    { box: layersBox, draw: drawLayers, due: true },
  ];
  let turn = 0;
  let timer = 0;
  let next = 0;
  let range = [0, 1]; // of steps, in both

  // ---- Plotly itself

  function load() {
    if (window.Plotly) return wake();
    const script = document.createElement('script');
    script.src = SOURCE;
    script.async = true;
    script.onload = () => wake();
    script.onerror = () => charts.forEach(({ box }) => (box.textContent = t('chart.failed')));
    document.head.append(script);
  }
  // two frames later the page has been painted
  const first = requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(load)));

  // ---- when

  /** Marks charts as out of date. @param {number[]} [which] */
  function wake(which = [0, 1]) {
    for (const i of which) charts[i].due = true;
    if (timer || !window.Plotly) return;
    timer = window.setTimeout(drawOne, Math.max(0, next - performance.now()));
  }

  function drawOne() {
    timer = 0;
    if (document.hidden) return; // visibilitychange wakes us
    const order = [charts[turn], charts[1 - turn]];
    const [chart, other] = order.filter(({ due, box }) => due && box.clientWidth > 0 && box.clientHeight > 0);
    if (!chart) return;
    if (turn === 0 || chart === charts[0]) range = rangeOf([...history().steps, ...otherBranches().map(({ steps }) => steps.at(-1))].sort((a, b) => a - b));
    chart.due = false;
    turn = chart === charts[0] && other ? 1 : 0;
    chart.draw(chart.box);
    next = performance.now() + (turn ? BREATH : chart === charts[1] ? 2 * TURN : TURN);
    if (charts.some(({ due }) => due)) wake([]);
  }

  // ---- what

  const history = () => store.get('history') ?? { steps: [], train_loss: [], test_loss: [], gradient_norms: [], measured: { steps: [], layers: {} } };
  const isLog = () => store.get('lossScale') !== 'linear';
  /** @param {HTMLElement} box */
  const lookOf = (box) => ({ width: box.clientWidth, height: box.clientHeight, palette: readPalette(box) });

  /** Where the run stands, if that is not the end of the curve. */
  function placeOf() {
    const step = store.get('frame')?.step ?? null;
    return step !== null && step < (history().steps.at(-1) ?? 0) ? step : null;
  }

  /** The curves of the branches the run is not on. */
  function otherBranches() {
    const timeline = store.get('timeline');
    return (timeline?.branches ?? []).flatMap((/** @type {any} */ branch, /** @type {number} */ i) =>
      (i === timeline.current || branch.curve.steps.length < 2 ? [] : [{ steps: branch.curve.steps, losses: branch.curve.train_loss, name: t('timeline.branch_name', { number: i }) }]));
  }

  /** @param {HTMLElement} box */
  function drawLoss(box) {
    const { traces, layout } = lossChart(history(), { ...lookOf(box), log: isLog(), names: [t('chart.train'), t('chart.test')], step: t('chart.step'), at: placeOf(), branches: otherBranches() });
    layout.xaxis.range = range;
    window.Plotly.react(box, traces, layout, CONFIG);
  }

  /** @param {HTMLElement} box */
  function drawLayers(box) {
    const look = lookOf(box);
    const quantity = quantityOf(store.get('quantity'));
    const curve = curvesOf(history(), quantity.name);
    const count = curve.layers.length;
    const names = Array.from({ length: count }, (_, layer) => (layer === count - 1 ? t('chart.output') : t('chart.layer', { layer: layer + 1 })));
    const labels = Math.ceil(Math.max(...names.map((name) => widthOf(name)), 3) * look.palette.small * 0.6) + 12;
    const { traces, layout } = layerChart(curve, {
      ...look, quantity, names, step: t('chart.step'), labels, usual: t('chart.usual'), none: noneOf(quantity.name), at: placeOf(),
    });
    layout.xaxis.range = range;
    window.Plotly.react(box, traces, layout, CONFIG);
  }

  function words() {
    const [lossTitle, layersTitle] = root.querySelectorAll('.title');
    lossTitle.textContent = t('chart.loss');
    layersTitle.textContent = t('chart.layers');
    root.dataset.shown = store.get('chart');
    for (const button of others) {
      button.textContent = t(`chart.${button.dataset.chart}`);
      button.title = t('chart.other');
    }
    offerQuantities();
    const [train, test] = root.querySelectorAll('.key span');
    train.textContent = t('chart.train');
    test.textContent = t('chart.test');
    race.textContent = t('chart.race');
    race.title = t('chart.race_title');
    race.setAttribute('aria-pressed', String(store.get('race') !== null));
    lossBox.setAttribute('aria-label', t('chart.loss_picture'));
    root.querySelector('.seg')?.setAttribute('aria-label', t('chart.scale'));
    for (const button of scales) {
      button.textContent = t(`chart.${button.dataset.scale}`);
      button.setAttribute('aria-pressed', String((button.dataset.scale === 'log') === isLog()));
    }
  }

  function offerQuantities() {
    const language = document.documentElement.lang;
    const name = store.get('quantity');
    if (choice.dataset.language !== language) {
      choice.dataset.language = language;
      choice.replaceChildren(...[true, false].map((backward) => {
        const group = document.createElement('optgroup');
        group.label = t(backward ? 'quantity.backward' : 'quantity.forward');
        group.append(...QUANTITIES.filter((one) => one.backward === backward).map((one) => new Option(t(`quantity.${one.name}`), one.name)));
        return group;
      }));
    }
    choice.value = name;
    choice.title = `${t(`quantity.${name}`)}. ${t(`quantity.${name}.help`)}`;
    choice.setAttribute('aria-label', t('chart.quantity'));
    choice.classList.toggle('backward', quantityOf(name).backward);
    layersBox.setAttribute('aria-label', t('chart.layers_picture', { quantity: t(`quantity.${name}`) }));
  }

  choice.onchange = () => store.set({ quantity: choice.value });
  for (const button of others) button.onclick = () => showOther(button);

  /** The button that leads back takes the focus along. @param {HTMLButtonElement} button */
  function showOther(button) {
    store.set({ chart: button.dataset.chart });
    root.dataset.shown = button.dataset.chart;
    others.find((other) => other !== button)?.focus();
  }

  race.onclick = () => store.set({ race: store.get('race') ? null : 'optimizers' });
  for (const button of scales) button.onclick = () => store.set({ lossScale: button.dataset.scale });
  const awake = () => wake();
  document.addEventListener('visibilitychange', awake);
  const observer = new ResizeObserver(awake);
  charts.forEach(({ box }) => observer.observe(box));
  words();
  const undo = [
    store.watch(['history', 'timeline'], awake),
    store.watch(['lossScale'], () => (words(), (next = 0), wake([0]))),
    store.watch(['quantity'], () => (words(), (next = 0), wake([1]))),
    store.watch(['race', 'chart'], words),
    store.watch(['language', 'theme', 'profile'], () => (words(), wake())),
    () => document.removeEventListener('visibilitychange', awake),
    () => observer.disconnect(),
    () => cancelAnimationFrame(first),
    () => clearTimeout(timer),
    () => charts.forEach(({ box }) => window.Plotly?.purge(box)),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** @param {string} name of a quantity that not every layer has */
function noneOf(name) {
  const key = `quantity.${name}.none`;
  return hasText(key) ? t(key) : '';
}

/** A dot at the start keeps off the numbers beside it. @param {number[]} steps */
const rangeOf = (steps) => [steps.length > 1 ? 0 : -0.02, Math.max(1, steps.at(-1) ?? 1)];

/** In Latin letters; a Chinese one is two wide. @param {string} text */
function widthOf(text) {
  return [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 2 : 1), 0);
}
