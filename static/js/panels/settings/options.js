// @ts-check
// A choice of one among several, with the formula of the chosen one, or of all of them to compare.

import { CHOICES } from '../../experiment/formulas.js';
import { activationPlot } from '../../draw/chart/activation_curve.js';
import { mathOf } from '../../draw/math/math.js';
import { hasText, t } from '../../core/i18n.js';
import { fillOptions, optionsOf, shortName } from '../../experiment/offers.js';

const PLOT = { width: 260, height: 104 }; // px

/** @param {string} option */
function makePlot(option) {
  const { width, height } = PLOT;
  return `<svg class="plot" data-activation="${option}" viewBox="0 0 ${width} ${height}" role="img"><path class="axes"/><path class="slope"/><path class="value"/><text x="2" y="${height - 3}">−5</text><text x="${width - 2}" y="${height - 3}" text-anchor="end">5</text><text class="of-value" x="8" y="14">f</text><text class="of-slope" x="22" y="14">f′</text></svg>`;
}

/** @param {string} name @param {string} option */
function makeFormula(name, option) {
  const figure = document.createElement('figure');
  figure.dataset.testid = `formula-${option}`;
  figure.dataset.option = option;
  const lines = CHOICES[name][option].map((line) => `<p>${mathOf(line)}</p>`).join('');
  const plot = name === 'activation' ? makePlot(option) : '';
  figure.innerHTML = `<figcaption></figcaption>${plot}<div class="lines">${lines}</div><p class="hint"></p>`;
  return figure;
}

/**
 * @param {string} name @param {import('../../core/schema.js').Field} field @param {string} id @param {(value: string | null) => void} change
 * @returns {import('./rows.js').Control}
 */
export function makeOptions(name, field, id, change) {
  const value = document.createElement('span');
  value.className = 'select';
  const select = document.createElement('select');
  select.id = select.dataset.testid = id;
  select.onchange = () => change(select.value || null);
  value.append(select);

  const figures = field.options.filter((option) => CHOICES[name]?.[option]).map((option) => makeFormula(name, option));
  const below = figures.length ? document.createElement('div') : null;
  const compare = document.createElement('button');
  const rules = document.createElement('ul');
  let all = false;
  let chosen = '';
  if (below) {
    below.className = 'formulas';
    compare.type = 'button';
    compare.className = 'button small compare';
    compare.dataset.testid = `compare-${name}`;
    compare.onclick = () => {
      all = !all;
      arrange();
    };
    rules.className = 'rules';
    rules.dataset.testid = `rules-${name}`;
    rules.hidden = true;
    below.append(...figures, rules, compare);
  }

  function arrange() {
    compare.textContent = t(all ? 'settings.compare_one' : 'settings.compare', { count: figures.length });
    compare.setAttribute('aria-expanded', String(all));
    below?.classList.toggle('all', all);
    for (const figure of figures) {
      figure.hidden = !all && figure.dataset.option !== chosen;
      figure.classList.toggle('picked', all && figure.dataset.option === chosen);
    }
  }

  /** @param {Record<string, any>} spec */
  function plot(spec) {
    for (const figure of figures) {
      const svg = figure.querySelector('svg');
      if (!svg) continue;
      const paths = activationPlot(figure.dataset.option ?? '', spec, PLOT.width, PLOT.height);
      svg.querySelector('.value')?.setAttribute('d', paths.value);
      svg.querySelector('.slope')?.setAttribute('d', paths.slope);
      svg.querySelector('.axes')?.setAttribute('d', paths.axes);
      svg.setAttribute('aria-label', t('settings.plot', { name: t(`activation.${figure.dataset.option}`) }));
    }
  }

  /** Which tensor follows which rule, where an optimizer has more than one. @param {Record<string, any>} spec @param {Record<string, string> | undefined} rule */
  function tellRules(spec, rule) {
    rules.hidden = name !== 'optimizer' || chosen !== 'muon';
    if (rules.hidden) return;
    const idle = document.createElement('li');
    idle.textContent = spec.hidden.length < 2 ? t('settings.no_hidden_matrix') : '';
    const rows = Object.entries(rule ?? {}).map(([tensor, follows]) => {
      const item = document.createElement('li');
      item.innerHTML = '<code></code> <b></b>';
      item.children[0].textContent = tensor;
      item.children[1].textContent = t(`optimizer.${follows}`);
      return item;
    });
    rules.replaceChildren(idle, ...rows);
  }

  return {
    value,
    below,
    show(now, { spec, facts, store }) {
      chosen = now ?? '';
      fillOptions(select, optionsOf(name, field, spec, facts), chosen);
      select.title = select.selectedOptions[0]?.text ?? '';
      for (const figure of figures) {
        const key = `${name}.${figure.dataset.option}`;
        /** @type {HTMLElement} */ (figure.querySelector('figcaption')).textContent = shortName(key);
        /** @type {HTMLElement} */ (figure.querySelector('.hint')).textContent = hasText(`${key}.help`) ? t(`${key}.help`) : '';
      }
      if (!below) return;
      plot(spec);
      arrange();
      tellRules(spec, store.get('state')?.rule);
    },
    disable: (disabled) => { select.disabled = disabled; },
  };
}
