// @ts-check
// What a hidden layer is made of, in a small panel at its head: neurons, activation, dropout, batch norm, residual link.

import { mathOf } from '../../draw/math/math.js';
import { layerReason } from '../../experiment/compatibility.js';
import { LAYER } from '../../experiment/formulas.js';
import { t } from '../../core/i18n.js';
import { reasonText } from '../../experiment/choice_options.js';

/** @typedef {import('../../experiment/layers.js').Layer} Layer */
/** @typedef {'dropout' | 'batch_norm' | 'residual'} Extra */
/** @typedef {{spec: Record<string, any>, facts: import('../../wire/messages.js').Choices | null, most: number, activations: string[]}} Now */

const GAP = 4; // px between the head and its panel
/** @type {Extra[]} */
const EXTRAS = ['dropout', 'batch_norm', 'residual'];
const MOST_DROPPED = 0.9;

/** What a layer does, in short: ReLU · BN · ⌀0.2 · + @param {Layer} layer @param {string} common activation of layers without one of their own */
export function summaryOf({ activation, batch_norm: norm, dropout, residual }, common) {
  return [t(`activation.${activation ?? common}`), norm && 'BN', dropout && `⌀${dropout}`, residual && '+'].filter(Boolean).join(' · ');
}

/** @param {string} id @param {Extra} extra */
const row = (id, extra) => `
  <div class="extra" data-extra="${extra}"><label for="${id}-${extra}"></label>${extra === 'dropout'
    ? `<input type="number" step="any" min="0" max="${MOST_DROPPED}" inputmode="decimal" id="${id}-${extra}" data-testid="${id}-dropout"><input type="range" min="0" max="${MOST_DROPPED}" step="0.05" data-testid="${id}-dropout-slider">`
    : `<input type="checkbox" role="switch" class="switch" id="${id}-${extra}" data-testid="${id}-${extra.replace('_', '-')}">`}
    <p class="hint"></p><div class="formula" data-testid="formula-${extra}">${LAYER[extra].map((line) => `<p>${mathOf(line)}</p>`).join('')}</div><p class="reason" data-testid="reason" hidden></p></div>`;

/**
 * @param {number} i  which layer
 * @param {HTMLElement} opener  the button it opens under
 * @param {(change: Partial<Layer>) => void} edit @param {() => void} remove
 */
export function createMenu(i, opener, edit, remove) {
  const id = `layer-${i}`;
  const root = document.createElement('div');
  root.className = 'layer-menu';
  root.id = `${id}-panel`;
  root.dataset.testid = `${id}-panel`;
  root.popover = 'auto';
  root.setAttribute('role', 'group');
  root.innerHTML = `<h3></h3>
    <div class="extra"><label for="${id}-width"></label><input type="number" step="1" min="1" inputmode="numeric" id="${id}-width" data-testid="${id}-width"><p class="fault" role="alert" hidden></p></div>
    <div class="extra"><label for="${id}-activation"></label><span class="select"><select id="${id}-activation" data-testid="${id}-activation"></select></span></div>
    ${EXTRAS.map((extra) => row(id, extra)).join('')}
    <button type="button" class="button small" data-testid="${id}-delete"></button>`;
  const find = (/** @type {string} */ selector) => /** @type {any} */ (root.querySelector(selector));
  /** @type {HTMLInputElement[]} */
  const [width, dropout, slider] = [find(`#${id}-width`), find(`#${id}-dropout`), find('[type=range]')];
  /** @type {HTMLSelectElement} */
  const select = find('select');
  const fault = find('.fault');
  let most = Infinity;

  width.onchange = () => {
    const valid = Number.isInteger(width.valueAsNumber) && width.valueAsNumber >= 1 && width.valueAsNumber <= most;
    fault.hidden = valid;
    fault.textContent = valid ? '' : t('layer.refused_width', { most });
    if (valid) edit({ width: width.valueAsNumber });
  };
  select.onchange = () => edit({ activation: select.value || null });
  dropout.onchange = () => edit({ dropout: Math.max(0, Math.min(MOST_DROPPED, dropout.valueAsNumber || 0)) });
  slider.oninput = () => {
    dropout.value = slider.value;
    edit({ dropout: slider.valueAsNumber });
  };
  for (const extra of /** @type {const} */ (['batch_norm', 'residual'])) {
    const input = find(`#${id}-${extra}`);
    input.onchange = () => edit({ [extra]: input.checked });
  }
  find(`[data-testid=${id}-delete]`).onclick = () => {
    root.hidePopover();
    remove();
  };
  root.addEventListener('toggle', () => {
    if (!root.matches(':popover-open')) return;
    const from = opener.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = root;
    root.style.left = `${Math.max(GAP, Math.min(innerWidth - offsetWidth - GAP, from.left + from.width / 2 - offsetWidth / 2))}px`;
    root.style.top = `${Math.max(GAP, Math.min(innerHeight - offsetHeight - GAP, from.bottom + GAP))}px`;
  });

  /** @param {HTMLInputElement} input @param {number} value */
  const put = (input, value) => {
    if (document.activeElement !== input) input.value = String(value);
  };

  return {
    root,
    /** @param {Layer} layer @param {Now} now */
    show(layer, { spec, facts, most: limit, activations }) {
      most = limit;
      width.max = String(most);
      find('h3').textContent = t('network.layer', { layer: i + 1 });
      root.setAttribute('aria-label', t('network.layer', { layer: i + 1 }));
      find(`[for="${id}-width"]`).textContent = t('layer.width');
      find(`[for="${id}-activation"]`).textContent = t('layer.activation');
      find(`[data-testid=${id}-delete]`).textContent = t('layer.remove');
      put(width, layer.width);
      put(dropout, layer.dropout);
      put(slider, layer.dropout);
      slider.style.setProperty('--v', `${(layer.dropout / MOST_DROPPED) * 100}%`);
      slider.setAttribute('aria-label', t('layer.dropout'));
      find(`#${id}-batch_norm`).checked = layer.batch_norm;
      find(`#${id}-residual`).checked = layer.residual;
      offer(select, layer.activation, spec.activation, activations);
      for (const extra of EXTRAS) {
        const box = find(`[data-extra=${extra}]`);
        const why = layerReason(extra, i, spec, facts);
        box.querySelector('label').textContent = t(`layer.${extra}`);
        box.querySelector('.hint').textContent = t(`layer.${extra}.help`);
        box.querySelector('.reason').hidden = why === null;
        if (why) box.querySelector('.reason').textContent = reasonText(why);
        for (const input of box.querySelectorAll('input')) input.disabled = why !== null && !layer[extra];
      }
    },
  };
}

/** @param {HTMLSelectElement} select @param {string | null} chosen @param {string} common @param {string[]} activations */
function offer(select, chosen, common, activations) {
  const choices = [['', t('network.as_all', { name: t(`activation.${common}`) })], ...activations.map((name) => [name, t(`activation.${name}`)])];
  const key = JSON.stringify(choices);
  if (select.dataset.choices !== key) {
    select.dataset.choices = key;
    select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  }
  select.value = chosen ?? '';
}
