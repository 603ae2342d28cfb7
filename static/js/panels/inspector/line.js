// @ts-check
// One line of an explanation: a sentence, perhaps a formula, and the terms that make up a total.

import { fixed, scientific } from '../../draw/base/numbers.js';
import { mathOf } from '../../draw/math/math.js';
import { symbolOf } from '../../draw/math/symbols.js';
import { write } from '../../core/elements.js';
import { hasText, t } from '../../core/i18n.js';
import { formulaOf, sentenceOf } from './line_kinds.js';

const DIGITS = 4;
const SIGNS = { sum: '+', product: '×', value: '' };

/** @typedef {import('../../wire/messages.js').Subject} Subject */
/** @typedef {import('../../wire/messages.js').Term} Term */
/** @typedef {import('../../wire/messages.js').Line} Line */
/** @typedef {{nameOf: (subject: Subject) => string, chosen: number | null}} Context  chosen: point, by its place in the training set */

/** @param {Line} line  whose structure is built; `fill` shows its numbers @param {(subject: Subject) => void} goTo */
export function makeLine(line, goTo) {
  const section = document.createElement('section');
  section.className = `line ${line.main ? 'main-line' : ''}`;
  section.dataset.testid = line.main ? 'main-line' : `line-${line.name}`;
  section.dataset.op = line.op;
  section.append(makeParagraph('says', sentenceOf(line.name)));
  const formula = formulaOf(line.name);
  if (formula) {
    const shown = makeParagraph('formula');
    shown.innerHTML = mathOf(formula);
    section.append(shown);
  }
  const total = document.createElement('div');
  total.className = 'result';
  total.innerHTML = `<i class="sign">=</i><math></math><output data-testid="${line.main ? 'total' : 'line-total'}"></output>`;
  const [symbol, output] = /** @type {[Element, HTMLElement]} */ ([total.querySelector('math'), total.querySelector('output')]);
  const terms = line.terms.map((term, i) => makeTerm(term, line.main, i ? SIGNS[line.op] : '', goTo));
  const box = document.createElement('div');
  box.className = 'terms';
  box.append(...terms.map(({ cell }) => cell), total);
  section.append(box);
  return {
    section,
    /** @param {Line} now @param {Context} context */
    fill(now, context) {
      section.classList.toggle('wrong', now.wrong);
      section.dataset.wrong = now.wrong ? t('inspector.wrong') : '';
      showSymbol(symbol, now.symbol);
      write(output, figure(now.total));
      setValue(output, now.total);
      now.terms.forEach((term, i) => terms[i].fill(term, context));
    },
  };
}

/** @param {string} className @param {string} [text] */
function makeParagraph(className, text = '') {
  const paragraph = document.createElement('p');
  paragraph.className = className;
  paragraph.textContent = text;
  return paragraph;
}

/** @param {Term} term @param {boolean} main  of the main line @param {string} sign  before it @param {(subject: Subject) => void} goTo */
function makeTerm(term, main, sign, goTo) {
  const cell = document.createElement(term.subject ? 'button' : 'span');
  if (cell instanceof HTMLButtonElement) cell.type = 'button';
  cell.className = 'term';
  cell.dataset.testid = main ? 'term' : 'line-term';
  cell.innerHTML = `<i class="sign">${sign}</i><span class="what"><span class="of"></span><math></math></span><span class="factors">${term.factors.map(() => '<span></span>').join(' · ')}</span><b></b>`;
  const [point, symbol, factors, value] = /** @type {HTMLElement[]} */ (['.of', 'math', '.factors', 'b'].map((selector) => cell.querySelector(selector)));
  /** @type {Subject | null} */
  let subject = term.subject;
  cell.onclick = () => subject && goTo(subject);
  return {
    cell,
    /** @param {Term} now @param {Context} context */
    fill(now, { nameOf, chosen }) {
      showSymbol(symbol, now.symbol);
      [...factors.children].forEach((part, i) => write(part, figure(now.factors[i][1])));
      write(value, figure(now.value));
      setValue(cell, now.value);
      subject = now.subject;
      if (!subject) return;
      const id = `${subject.layer} ${subject.index} ${subject.source}`;
      cell.classList.toggle('mine', subject.kind === 'point' && subject.index === chosen);
      if (cell.dataset.leads === id) return;
      cell.dataset.leads = id;
      write(point, subject.kind === 'point' ? `${subject.index + 1}` : '');
      cell.title = nameOf(subject);
    },
  };
}

/** @param {number | null} value */
function figure(value) {
  if (value === null) return '–';
  const sign = value < 0 ? '−' : '\u2007';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return `${sign}${size}`;
  return size < 1e-3 ? `${sign}${scientific(size, 2)}` : fixed(value, DIGITS);
}

/** @param {HTMLElement} element @param {number | null} value */
function setValue(element, value) {
  const text = value === null ? '' : String(value);
  if (element.dataset.value !== text) element.dataset.value = text;
}

/** A word within a symbol, in the reader's language. @param {string} word */
const translateWord = (word) => (hasText(`inspector.word.${word}`) ? t(`inspector.word.${word}`) : word);

/** @param {Element} element @param {string} symbol */
function showSymbol(element, symbol) {
  const math = /** @type {SVGElement} */ (element);
  if (math.dataset.symbol === symbol) return;
  math.dataset.symbol = symbol;
  math.innerHTML = symbolOf(symbol, translateWord);
}
