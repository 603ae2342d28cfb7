// @ts-check
// The menu of a hidden layer: width, activation, dropout, batch norm, residual connection, remove.

import { mathOf } from '../../draw/math/math.js';
import { layerReason } from '../../experiment/compatibility.js';
import { LAYER } from '../../experiment/formulas.js';
import { t } from '../../core/i18n.js';
import { reasonText } from '../../experiment/choice_options.js';
import { readLimits } from './shape.js';

/** @typedef {import('../../wire/messages.js').Layer} Layer */
/** @typedef {'dropout' | 'batch_norm' | 'residual'} Extra */
/**
 * @typedef {object} Context  what a layer's choices depend on
 * @property {import('../../wire/messages.js').Spec} spec @property {import('../../wire/messages.js').Choices | null} facts
 * @property {import('./shape.js').Limits} limits @property {string[]} activations
 */
/** @typedef {ReturnType<typeof findControls>} Controls */

const GAP = 4; // px between the head and its menu, and between the menu and the window's edge
/** @type {Extra[]} */
const EXTRAS = ['dropout', 'batch_norm', 'residual'];

/** A layer in short: ReLU · BN · ⌀0.2 · + @param {Layer} layer @param {string} common  activation of layers without one of their own */
export function summaryOf({ activation, batch_norm: norm, dropout, residual }, common) {
  return [t(`activation.${activation ?? common}`), norm && 'BN', dropout && `⌀${dropout}`, residual && '+'].filter(Boolean).join(' · ');
}

/**
 * @param {number} i  which layer
 * @param {HTMLElement} opener  the button it opens under
 * @param {(change: Partial<Layer>) => void} edit @param {() => void} remove
 */
export function createLayerMenu(i, opener, edit, remove) {
  const root = makeMenu(`layer-${i}`);
  const controls = findControls(root, `layer-${i}`);
  let limits = readLimits(null);
  const { width, fault, select, dropout, slider } = controls;

  width.onchange = () => {
    const valid = Number.isInteger(width.valueAsNumber) && width.valueAsNumber >= 1 && width.valueAsNumber <= limits.width;
    fault.hidden = valid;
    fault.textContent = valid ? '' : t('layer.refused_width', { most: limits.width });
    if (valid) edit({ width: width.valueAsNumber });
  };
  select.onchange = () => edit({ activation: select.value || null });
  dropout.onchange = () => edit({ dropout: Math.max(0, Math.min(limits.dropout, dropout.valueAsNumber || 0)) });
  slider.oninput = () => {
    dropout.value = slider.value;
    edit({ dropout: slider.valueAsNumber });
  };
  controls.batchNorm.onchange = () => edit({ batch_norm: controls.batchNorm.checked });
  controls.residual.onchange = () => edit({ residual: controls.residual.checked });
  controls.remove.onclick = () => {
    root.hidePopover();
    remove();
  };
  root.addEventListener('toggle', () => root.matches(':popover-open') && placeUnder(root, opener));

  return {
    root,
    /** @param {Layer} layer @param {Context} context */
    show(layer, context) {
      limits = context.limits;
      showLayer(controls, layer, i, context);
      for (const extra of EXTRAS) showExtra(controls.extras[extra], extra, layer, i, context);
    },
  };
}

/** @param {string} id */
function makeMenu(id) {
  const root = document.createElement('div');
  root.className = 'layer-menu';
  root.id = `${id}-panel`;
  root.dataset.testid = `${id}-panel`;
  root.popover = 'auto';
  root.setAttribute('role', 'group');
  root.innerHTML = `<h3></h3>
    <div class="extra"><label for="${id}-width"></label><input type="number" step="1" min="1" inputmode="numeric" id="${id}-width" data-testid="${id}-width"><p class="fault" role="alert" hidden></p></div>
    <div class="extra"><label for="${id}-activation"></label><span class="select"><select id="${id}-activation" data-testid="${id}-activation"></select></span></div>
    ${EXTRAS.map((extra) => extraMarkup(id, extra)).join('')}
    <button type="button" class="button small" data-testid="${id}-delete"></button>`;
  return root;
}

/** @param {string} id @param {Extra} extra */
const extraMarkup = (id, extra) => `
  <div class="extra" data-extra="${extra}"><label for="${id}-${extra}"></label>${extra === 'dropout'
    ? `<input type="number" step="any" min="0" inputmode="decimal" id="${id}-${extra}" data-testid="${id}-dropout"><input type="range" min="0" step="0.05" data-testid="${id}-dropout-slider">`
    : `<input type="checkbox" role="switch" class="switch" id="${id}-${extra}" data-testid="${id}-${extra.replace('_', '-')}">`}
    <p class="hint"></p><div class="formula" tabindex="0" data-testid="formula-${extra}">${LAYER[extra].map((line) => `<p>${mathOf(line)}</p>`).join('')}</div><p class="reason" data-testid="reason" hidden></p></div>`;

/** @param {HTMLElement} root @param {string} id */
function findControls(root, id) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const input = (/** @type {string} */ selector) => /** @type {HTMLInputElement} */ (root.querySelector(selector));
  return {
    root,
    title: find('h3'),
    widthLabel: find(`[for="${id}-width"]`), width: input(`#${id}-width`), fault: find('.fault'),
    activationLabel: find(`[for="${id}-activation"]`), select: /** @type {HTMLSelectElement} */ (root.querySelector('select')),
    dropout: input(`#${id}-dropout`), slider: input('[type=range]'),
    batchNorm: input(`#${id}-batch_norm`), residual: input(`#${id}-residual`),
    remove: find(`[data-testid=${id}-delete]`),
    extras: { dropout: find('[data-extra=dropout]'), batch_norm: find('[data-extra=batch_norm]'), residual: find('[data-extra=residual]') },
  };
}

/** Under the opener, within the window. @param {HTMLElement} menu @param {HTMLElement} opener */
function placeUnder(menu, opener) {
  const from = opener.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = menu;
  menu.style.left = `${Math.max(GAP, Math.min(innerWidth - offsetWidth - GAP, from.left + from.width / 2 - offsetWidth / 2))}px`;
  menu.style.top = `${Math.max(GAP, Math.min(innerHeight - offsetHeight - GAP, from.bottom + GAP))}px`;
}

/** @param {Controls} controls @param {Layer} layer @param {number} i @param {Context} context */
function showLayer(controls, layer, i, { spec, limits, activations }) {
  const { root, title, width, dropout, slider } = controls;
  width.max = String(limits.width);
  dropout.max = slider.max = String(limits.dropout);
  title.textContent = t('network.layer', { layer: i + 1 });
  root.setAttribute('aria-label', t('network.layer', { layer: i + 1 }));
  controls.widthLabel.textContent = t('layer.width');
  controls.activationLabel.textContent = t('layer.activation');
  controls.remove.textContent = t('layer.remove');
  setValue(width, layer.width);
  setValue(dropout, layer.dropout);
  setValue(slider, layer.dropout);
  slider.style.setProperty('--v', `${(layer.dropout / limits.dropout) * 100}%`);
  slider.setAttribute('aria-label', t('layer.dropout'));
  controls.batchNorm.checked = layer.batch_norm;
  controls.residual.checked = layer.residual;
  showActivations(controls.select, layer.activation, spec.activation, activations);
}

/** The value, unless a person is typing another one. @param {HTMLInputElement} input @param {number} value */
function setValue(input, value) {
  if (document.activeElement !== input) input.value = String(value);
}

/** @param {HTMLElement} box @param {Extra} extra @param {Layer} layer @param {number} i @param {Context} context */
function showExtra(box, extra, layer, i, { spec, facts }) {
  const why = layerReason(extra, i, spec, facts);
  const [label, hint, reason] = ['label', '.hint', '.reason'].map((selector) => /** @type {HTMLElement} */ (box.querySelector(selector)));
  label.textContent = t(`layer.${extra}`);
  hint.textContent = t(`layer.${extra}.help`);
  reason.hidden = why === null;
  if (why) reason.textContent = reasonText(why);
  for (const input of box.querySelectorAll('input')) input.disabled = why !== null && !layer[extra];
}

/** @param {HTMLSelectElement} select @param {string | null} chosen @param {string} common @param {string[]} activations */
function showActivations(select, chosen, common, activations) {
  const choices = [['', t('network.as_all', { name: t(`activation.${common}`) })], ...activations.map((name) => [name, t(`activation.${name}`)])];
  const key = JSON.stringify(choices);
  if (select.dataset.choices !== key) {
    select.dataset.choices = key;
    select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  }
  select.value = chosen ?? '';
}
