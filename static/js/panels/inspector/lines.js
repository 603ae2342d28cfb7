// @ts-check
// The lines of an explanation: built when their structure changes, else only numbers and symbols are filled in.

import { mathOf } from '../../draw/math/math.js';
import { fixed, scientific } from '../../draw/base/numbers.js';
import { symbolOf } from '../../draw/math/symbols.js';
import { write } from '../../core/elements.js';
import { CHOICES } from '../../experiment/formulas.js';
import { hasText, t } from '../../core/i18n.js';

const DIGITS = 4;

/** Which part of a step a line belongs to; those not named go forward. @type {Record<string, string[]>} */
const GROUPS = {
  backward: ['loss_slope', 'sent_back', 'delta', 'through_norm', 'gradient', 'chain', 'evolution', 'perceptron', 'squares', 'root_of_squares'],
  limits: ['penalty', 'clip_factor', 'clip_norm', 'clip_value'],
  memory: ['velocity', 'ahead', 'sum', 'square', 'mean', 'spread', 'm', 'v', 'v_max', 'm_hat', 'v_hat', 'muon_momentum', 'muon_ahead', 'orthogonalised'],
  update: ['rate', 'decayed_rate', 'root', 'step', 'new'],
};
/** The formula of a line that a function gives: which choice, and which of its lines. @type {Record<string, [string, number]>} */
const FORMULAS = { activation: ['activation', 0], slope: ['activation', 1], point: ['loss', 0], loss_slope: ['loss', 1] };
const MEAN = /\\frac\{1\}\{n( k)?\}\\sum/; // what makes the loss of a batch out of terms
const SIGNS = { sum: '+', product: '×', value: '' };

/** @typedef {import('./subjects.js').Subject} Subject */
/** @typedef {{symbol: string, value: number | null, factors: [string, number | null][], subject: Subject | null}} Term */
/** @typedef {{name: string, op: 'sum' | 'product' | 'value', symbol: string, total: number | null, main: boolean, wrong: boolean, terms: Term[]}} Line */

/** @param {string} name */
export const groupOf = (name) => Object.keys(GROUPS).find((group) => GROUPS[group].includes(name.split('.')[0])) ?? 'forward';

/** The key of the sentence that says what a line is. @param {string} name */
export function sentenceOf(name) {
  return hasText(`explain.${name}`) ? `explain.${name}` : `explain.${name.split('.')[0]}`;
}

/** What changes the structure, and nothing that changes from step to step. @param {Line[]} lines */
export function structureOf(lines) {
  return lines.map(({ name, op, main, terms }) => `${name} ${op} ${main} ${terms.map(({ subject, factors }) => `${subject?.kind ?? '-'}${factors.length}`).join()}`).join(';');
}

/** @param {number | null} value */
function figure(value) {
  if (value === null) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return `${value < 0 ? '−' : '\u2007'}${Math.abs(value)}`;
  const size = Math.abs(value);
  return size < 1e-3 ? `${value < 0 ? '−' : '\u2007'}${scientific(size, 2)}` : fixed(value, DIGITS);
}

/** @param {HTMLElement} element @param {number | null} value */
function put(element, value) {
  const text = value === null ? '' : String(value);
  if (element.dataset.value !== text) element.dataset.value = text;
}

const words = (/** @type {string} */ word) => (hasText(`inspector.word.${word}`) ? t(`inspector.word.${word}`) : word);

/** @param {Element} math @param {string} symbol */
function draw(math, symbol) {
  const shown = /** @type {SVGElement} */ (math);
  if (shown.dataset.symbol === symbol) return;
  shown.dataset.symbol = symbol;
  math.innerHTML = symbolOf(symbol, words);
}

/**
 * @param {HTMLElement} root
 * @param {(subject: Subject) => void} goTo
 */
export function createLines(root, goTo) {
  /** @type {((line: Line, context: Context) => void)[]} */
  let fills = [];
  let structure = '';

  /** @typedef {{nameOf: (subject: Subject) => string, mine: number | null}} Context  mine: the chosen sample, by its place in the training set */

  /** @param {Line} line */
  function makeLine(line) {
    const section = document.createElement('section');
    const [base, choice] = line.name.split('.');
    section.className = `line ${line.main ? 'main-line' : ''}`;
    section.dataset.testid = line.main ? 'main-line' : `line-${line.name}`;
    section.dataset.op = line.op;
    const says = document.createElement('p');
    says.className = 'says';
    says.textContent = t(sentenceOf(line.name), { name: choice && FORMULAS[base] ? t(`${FORMULAS[base][0]}.${choice}`) : '' });
    section.append(says);
    const formula = choice && FORMULAS[base] && CHOICES[FORMULAS[base][0]][choice]?.[FORMULAS[base][1]].replace(base === 'point' ? MEAN : '', '');
    if (formula) {
      const shown = document.createElement('p');
      shown.className = 'formula';
      shown.innerHTML = mathOf(formula);
      section.append(shown);
    }
    const box = document.createElement('div');
    box.className = 'terms';
    const total = document.createElement('div');
    total.className = 'result';
    total.innerHTML = `<i class="sign">=</i><math></math><output data-testid="${line.main ? 'total' : 'line-total'}"></output>`;
    const cells = line.terms.map((term, i) => makeTerm(term, line.main, i ? SIGNS[line.op] : ''));
    box.append(...cells.map(({ cell }) => cell), total);
    section.append(box);
    const [math, output] = /** @type {[Element, HTMLElement]} */ ([total.querySelector('math'), total.querySelector('output')]);
    return {
      section,
      /** @param {Line} now @param {Context} context */
      fill(now, context) {
        section.classList.toggle('wrong', now.wrong);
        section.dataset.wrong = now.wrong ? t('inspector.wrong') : '';
        draw(math, now.symbol);
        write(output, figure(now.total));
        put(output, now.total);
        now.terms.forEach((term, i) => cells[i].fill(term, context));
      },
    };
  }

  /** @param {Term} term @param {boolean} main @param {string} sign */
  function makeTerm(term, main, sign) {
    const cell = document.createElement(term.subject ? 'button' : 'span');
    if (cell instanceof HTMLButtonElement) cell.type = 'button';
    cell.className = 'term';
    cell.dataset.testid = main ? 'term' : 'line-term';
    cell.innerHTML = `<i class="sign">${sign}</i><span class="what"><span class="of"></span><math></math></span><span class="factors">${term.factors.map(() => '<span></span>').join(' · ')}</span><b></b>`;
    const [of, math, factors, value] = /** @type {HTMLElement[]} */ (['.of', 'math', '.factors', 'b'].map((selector) => cell.querySelector(selector)));
    /** @type {Subject | null} */
    let subject = term.subject;
    cell.onclick = () => subject && goTo(subject);
    return {
      cell,
      /** @param {Term} now @param {Context} context */
      fill(now, { nameOf, mine }) {
        draw(math, now.symbol);
        [...factors.children].forEach((part, i) => write(part, figure(now.factors[i][1])));
        write(value, figure(now.value));
        put(cell, now.value);
        subject = now.subject;
        if (!subject) return;
        const id = `${subject.layer} ${subject.index} ${subject.source}`;
        cell.classList.toggle('mine', subject.kind === 'point' && subject.index === mine);
        if (cell.dataset.leads === id) return;
        cell.dataset.leads = id;
        write(of, subject.kind === 'point' ? `${subject.index + 1}` : '');
        cell.title = nameOf(subject);
      },
    };
  }

  return {
    /** @param {Line[]} lines @param {Context} context @param {string} words  changes with the language */
    show(lines, context, words) {
      const next = `${words} ${structureOf(lines)}`;
      if (next !== structure) {
        structure = next;
        const made = lines.map(makeLine);
        fills = made.map(({ fill }) => fill);
        /** @type {HTMLElement[]} */
        const groups = [];
        made.forEach(({ section }, i) => {
          const group = groupOf(lines[i].name);
          if (groups.at(-1)?.dataset.group !== group) {
            const box = document.createElement('div');
            box.className = `group ${group}`;
            box.dataset.group = group;
            box.innerHTML = `<h3>${t(`inspector.group.${group}`)}</h3>`;
            groups.push(box);
          }
          groups[groups.length - 1].append(section);
        });
        root.replaceChildren(...groups);
      }
      lines.forEach((line, i) => fills[i](line, context));
    },
    clear() {
      structure = '';
      fills = [];
      root.replaceChildren();
    },
  };
}
