// @ts-check
// The formula of the chosen option, or of all options to compare; of activations their plots, too, and of Muon which
// optimizer each tensor follows.

import { activationPlot } from '../../draw/chart/activation_curve.js';
import { mathOf } from '../../draw/math/math.js';
import { hasText, t } from '../../core/i18n.js';
import { CHOICES } from '../../experiment/formulas.js';
import { shortName } from '../../experiment/choice_options.js';

const PLOT = { width: 260, height: 104 }; // px

/** @typedef {import('../../wire/messages.js').Spec} Spec */

/** Null where no option has a formula. @param {string} name  of the field @param {string[]} options */
export function createFormulas(name, options) {
  const figures = options.filter((option) => CHOICES[name]?.[option]).map((option) => makeFigure(name, option));
  if (!figures.length) return null;
  const root = document.createElement('div');
  root.className = 'formulas';
  const rules = document.createElement('ul');
  rules.className = 'rules';
  rules.dataset.testid = `rules-${name}`;
  rules.hidden = true;
  const compare = document.createElement('button');
  compare.type = 'button';
  compare.className = 'button small compare';
  compare.dataset.testid = `compare-${name}`;
  root.append(...figures, rules, compare);
  let comparing = false;
  let chosen = '';
  compare.onclick = () => {
    comparing = !comparing;
    arrange();
  };

  function arrange() {
    compare.textContent = t(comparing ? 'settings.compare_one' : 'settings.compare', { count: figures.length });
    compare.setAttribute('aria-expanded', String(comparing));
    root.classList.toggle('all', comparing);
    for (const figure of figures) {
      figure.hidden = !comparing && figure.dataset.option !== chosen;
      figure.classList.toggle('picked', comparing && figure.dataset.option === chosen);
    }
  }

  return {
    root,
    /** @param {string} option  the chosen one @param {Spec} spec @param {Record<string, string> | null} rule  of Muon: tensor → optimizer */
    show(option, spec, rule) {
      chosen = option;
      for (const figure of figures) showFigure(figure, name, spec);
      arrange();
      rules.hidden = name !== 'optimizer' || chosen !== 'muon';
      if (!rules.hidden) showRules(rules, spec, rule ?? {});
    },
  };
}

/** @param {string} name @param {string} option */
function makeFigure(name, option) {
  const figure = document.createElement('figure');
  figure.dataset.testid = `formula-${option}`;
  figure.dataset.option = option;
  const lines = CHOICES[name][option].map((line) => `<p>${mathOf(line)}</p>`).join('');
  const plot = name === 'activation' ? makePlot(option) : '';
  figure.innerHTML = `<figcaption></figcaption>${plot}<div class="lines" tabindex="0">${lines}</div><p class="hint"></p>`;
  return figure;
}

/** @param {string} option */
function makePlot(option) {
  const { width, height } = PLOT;
  return `<svg class="plot" data-activation="${option}" viewBox="0 0 ${width} ${height}" role="img"><path class="axes"/><path class="slope"/><path class="value"/><text x="2" y="${height - 3}">−5</text><text x="${width - 2}" y="${height - 3}" text-anchor="end">5</text><text class="of-value" x="8" y="14">f</text><text class="of-slope" x="22" y="14">f′</text></svg>`;
}

/** @param {HTMLElement} figure @param {string} name @param {Spec} spec */
function showFigure(figure, name, spec) {
  const option = figure.dataset.option ?? '';
  const key = `${name}.${option}`;
  /** @type {HTMLElement} */ (figure.querySelector('figcaption')).textContent = shortName(key);
  /** @type {HTMLElement} */ (figure.querySelector('.hint')).textContent = hasText(`${key}.help`) ? t(`${key}.help`) : '';
  const svg = figure.querySelector('svg');
  if (!svg) return;
  const paths = activationPlot(option, spec, PLOT.width, PLOT.height);
  svg.querySelector('.value')?.setAttribute('d', paths.value);
  svg.querySelector('.slope')?.setAttribute('d', paths.slope);
  svg.querySelector('.axes')?.setAttribute('d', paths.axes);
  svg.setAttribute('aria-label', t('settings.plot', { name: t(`activation.${option}`) }));
}

/** Muon updates matrices of hidden layers; the other tensors follow another optimizer. @param {HTMLElement} root @param {Spec} spec @param {Record<string, string>} rule */
function showRules(root, spec, rule) {
  const none = document.createElement('li');
  none.textContent = spec.hidden.length < 2 ? t('settings.no_hidden_matrix') : '';
  root.replaceChildren(none, ...Object.entries(rule).map(([tensor, optimizer]) => {
    const item = document.createElement('li');
    item.innerHTML = '<code></code> <b></b>';
    item.children[0].textContent = tensor;
    item.children[1].textContent = t(`optimizer.${optimizer}`);
    return item;
  }));
}
