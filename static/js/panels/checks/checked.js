// @ts-check
// The light that is always there: whether the hand-written arithmetic of the next step agrees with autograd, finite differences
// and torch.optim. A click checks at once and shows what was compared, and a bug can be planted that turns it red.

import { scientific, superscript } from '../../draw/base/numbers.js';
import { t, translate } from '../../core/i18n.js';

const GAP = 6; // px
const SYMBOLS = /** @type {Record<string, string>} */ ({ 'layers.weight': 'W', 'layers.bias': 'b', 'norms.weight': 'γ', 'norms.bias': 'β' });

/** 0.9, 3·10⁻⁷: one digit says enough of a difference; ∞ of what is no number. @param {number | null} value */
const roughly = (value) => (value === null ? '∞' : value === 0 ? '0' : value >= 0.095 && value < 99.5 ? String(Number(value.toPrecision(2))) : scientific(value, 0));

/** layers.0.weight → W⁽¹⁾ @param {string} tensor */
function symbolOf(tensor) {
  const [kind, layer, part] = tensor.split('.');
  return `${SYMBOLS[`${kind}.${part}`]}⁽${superscript(Number(layer) + 1)}⁾`;
}

/** @param {{tensor: string, index: number[]}} place as a reader counts, from 1 */
const placeOf = ({ tensor, index }) => `${symbolOf(tensor)}[${index.map((i) => i + 1).join(', ')}]`;

/**
 * @param {HTMLElement} root  the chip
 * @param {HTMLElement} panel  a popover
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 */
export function mountChecked(root, panel, store, send) {
  const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (panel.querySelector(`[data-testid=${id}]`));
  const words = /** @type {HTMLElement} */ (root.querySelector('span'));
  const body = /** @type {HTMLElement} */ (panel.querySelector('tbody'));
  const plant = /** @type {HTMLSelectElement} */ (find('plant'));

  function show() {
    const light = store.get('checked');
    const state = light?.state ?? 'none';
    root.dataset.state = state;
    root.dataset.value = state === 'none' ? '' : String(light.difference ?? Infinity);
    const place = state === 'red' ? symbolOf(light.tensor) : '';
    const difference = state === 'none' ? '' : roughly(light.difference);
    words.textContent = t(state === 'green' && light.difference === 0 ? 'checked.equal' : `checked.${state}`, { difference, place });
    const says = state === 'none' ? '' : t(`checked.says_${state === 'green' && !light.tried ? 'rule' : state}`, { step: light.step + 1, difference, place });
    root.title = `${says} ${t('checked.help')}`.trim();
    root.setAttribute('aria-label', `${words.textContent}. ${root.title}`);
    showBug();
    if (panel.matches(':popover-open')) tell();
  }

  function showBug() {
    const planted = store.get('state')?.planted ?? '';
    if (document.activeElement !== plant) plant.value = planted;
    root.classList.toggle('planted', planted !== '');
    const help = find('plant-help');
    help.textContent = t(planted ? `bug.${planted}.help` : 'checked.plant_help');
  }

  /** What was compared. */
  function tell() {
    const light = store.get('checked');
    const compared = light?.compared ?? [];
    const values = { step: (light?.step ?? 0) + 1, samples: light?.samples, tried: light?.tried, parameters: light?.parameters };
    find('checked-verdict').textContent = t(`checked.verdict_${light?.state ?? 'none'}`, { ...values, place: compared.length ? placeOf(light) : '' });
    body.replaceChildren(...compared.map((/** @type {any} */ one) => {
      const row = document.createElement('tr');
      row.dataset.testid = `compared-${one.witness}`;
      row.dataset.value = String(one.difference ?? Infinity);
      row.classList.toggle('wrong', !one.agrees);
      row.title = t('checked.row_title', { tolerance: scientific(one.tolerance), hand: numberOf(one.hand), other: numberOf(one.other) });
      for (const [kind, text] of [['th', t(`checked.witness.${one.witness}`)], ['td', `${one.agrees ? '✓' : '✗'} ${roughly(one.difference)}`], ['td', placeOf(one)]]) {
        row.append(Object.assign(document.createElement(kind), { textContent: text }));
      }
      return row;
    }));
    for (const [id, value] of [['hand', light?.gradient?.hand], ['autograd', light?.gradient?.autograd], ['differences', light?.gradient?.differences]]) {
      const cell = find(`gradient-by-${id}`);
      cell.textContent = numberOf(value);
      cell.dataset.value = String(value ?? '');
    }
    find('checked-kinks').textContent = compared.length ? t(!light.tried ? `checked.no_differences.${light.rule}` : light.kinks ? 'checked.kinks' : 'checked.no_kinks', { ...values, kinks: light.kinks }) : '';
  }

  /** @param {number | null | undefined} value */
  const numberOf = (value) => (value === null || value === undefined ? '–' : scientific(value, 6));

  function speak() {
    translate(panel);
    plant.replaceChildren(new Option(t('bug.none'), ''), ...(store.get('choices')?.bugs ?? []).map((/** @type {string} */ bug) => new Option(t(`bug.${bug}`), bug)));
    show();
  }

  root.onclick = () => send({ type: 'check' });
  plant.onchange = () => {
    send({ type: 'plant', bug: plant.value || null });
    plant.blur();
  };
  const opened = () => {
    const open = panel.matches(':popover-open');
    root.setAttribute('aria-expanded', String(open));
    if (!open) return;
    tell();
    const { bottom, right } = root.getBoundingClientRect();
    panel.style.top = `${Math.max(GAP, Math.min(bottom + GAP, innerHeight - panel.offsetHeight - GAP))}px`;
    panel.style.left = `${Math.max(GAP, Math.min(right, innerWidth - GAP) - panel.offsetWidth)}px`;
  };
  panel.addEventListener('toggle', opened);

  speak();
  const stops = [
    store.watch(['checked', 'state'], show),
    store.watch(['message'], showBug), // a refusal puts the choice back
    store.watch(['language', 'choices'], speak),
  ];
  return () => {
    panel.removeEventListener('toggle', opened);
    stops.forEach((stop) => stop());
  };
}
