// @ts-check
// Activations side by side: curve and slope of each, read at one z that is moved for all, strengths and weaknesses beneath.

import { ACTIVATION_NAMES, activationAt, activationPlot, plotPlace } from '../../draw/chart/activation_curve.js';
import { fixed } from '../../draw/base/numbers.js';
import { write } from '../../core/elements.js';
import { t } from '../../core/i18n.js';

const FIVE = ['sigmoid', 'tanh', 'relu', 'leaky_relu', 'gelu'];
const PLOT = { width: 220, height: 148 }; // px, before it is scaled to its column
const [REACH, START] = [5, 1]; // of z

/** @param {HTMLElement} root  empty @param {import('../../core/store.js').Store} store @returns {() => void} undo */
export function mountActivationPlots(root, store) {
  root.innerHTML = `
    <p class="plots-head"><label for="plots-z">z</label><input type="range" id="plots-z" data-testid="plots-z" min="${-REACH}" max="${REACH}" step="0.05" value="${START}"><output for="plots-z" data-testid="plots-at"></output>
      <button type="button" class="button small" data-testid="plots-all"></button></p>
    <div class="plots"></div>`;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const slider = /** @type {HTMLInputElement} */ (find('input'));
  const [at, all, plots] = [find('output'), /** @type {HTMLButtonElement} */ (find('button')), find('.plots')];
  let names = FIVE;

  const shapes = () => ({ leaky_slope: store.get('spec')?.leaky_slope, elu_alpha: store.get('spec')?.elu_alpha });

  function make() {
    plots.replaceChildren(...names.map((name) => makePlot(name, shapes(), (z) => {
      slider.value = String(z);
      read();
    })));
    all.textContent = t(names === FIVE ? 'figure.all_ten' : 'figure.five');
    all.setAttribute('aria-pressed', String(names !== FIVE));
    read();
  }

  function read() {
    const z = slider.valueAsNumber;
    write(at, `z = ${fixed(z, 2).trim()}`);
    names.forEach((name, i) => readAt(/** @type {HTMLElement} */ (plots.children[i]), name, z, shapes()));
  }

  slider.oninput = read;
  all.onclick = () => {
    names = names === FIVE ? ACTIVATION_NAMES : FIVE;
    make();
  };
  make();
  return store.watch(['spec'], make);
}

/** @param {string} name @param {import('../../draw/chart/activation_curve.js').Shapes} shapes @param {(z: number) => void} moveTo */
function makePlot(name, shapes, moveTo) {
  const { width, height } = PLOT;
  const { value, slope, axes } = activationPlot(name, shapes, width, height);
  const [strong, weak] = t(`activation.${name}.help`).split(/ ?− (?=\S)/);
  const figure = document.createElement('figure');
  figure.dataset.testid = `plot-${name}`;
  figure.innerHTML = `
    <figcaption>${t(`activation.${name}`)}</figcaption>
    <svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${t('settings.plot', { name: t(`activation.${name}`) })}"><path class="axes" d="${axes}"/><path class="at"/><path class="slope" d="${slope}"/><path class="value" d="${value}"/><text x="2" y="${height - 4}">−5</text><text x="${width - 2}" y="${height - 4}" text-anchor="end">5</text><circle class="at-slope" r="4"/><circle class="at-value" r="4"/></svg>
    <p class="read"><span>f(z) <b data-testid="value-${name}"></b></span><span class="back">f′(z) <b data-testid="slope-${name}"></b></span></p>
    <p class="strong">${strong}</p><p class="weak">− ${weak}</p>`;
  const svg = /** @type {SVGElement} */ (figure.querySelector('svg'));
  const move = (/** @type {PointerEvent} */ { clientX, buttons }) => {
    if (!buttons) return;
    const { left, width: shown } = svg.getBoundingClientRect();
    moveTo(Math.max(-REACH, Math.min(REACH, (2 * (clientX - left)) / shown * REACH - REACH)));
  };
  svg.addEventListener('pointerdown', (down) => (svg.setPointerCapture(down.pointerId), move(down)));
  svg.addEventListener('pointermove', move);
  return figure;
}

/** @param {HTMLElement} figure @param {string} name @param {number} z @param {import('../../draw/chart/activation_curve.js').Shapes} shapes */
function readAt(figure, name, z, shapes) {
  const { width, height } = PLOT;
  const read = activationAt(name, z, shapes);
  for (const of of /** @type {const} */ (['value', 'slope'])) {
    const [x, y] = plotPlace(z, read[of], width, height);
    const mark = /** @type {SVGElement} */ (figure.querySelector(`.at-${of}`));
    mark.setAttribute('cx', x.toFixed(1));
    mark.setAttribute('cy', y.toFixed(1));
    const number = /** @type {HTMLElement} */ (figure.querySelector(`[data-testid^=${of}-]`));
    write(number, fixed(read[of], 3));
    number.dataset.value = String(read[of]);
    figure.querySelector('.at')?.setAttribute('d', `M${x.toFixed(1)} 0V${height}`);
  }
}
