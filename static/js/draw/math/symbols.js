// @ts-check
// Symbols of explanations → MathML: base_{sub}^{sup}, operators between them, √ over what follows it. Pure.

const TOKEN = /√|[_^]\{|[{}()]|[A-Za-z]{2,}(?![\u0300-\u036f])|\d+(?:\.\d+)?|\p{L}[\u0300-\u036f]*[′₊₋]*|\s+|./gu;
const WORD = /^[A-Za-z]{2,}$/;
const LETTER = /^\p{L}/u;

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * @param {string} symbol
 * @param {(word: string) => string} [word]  what a word in it is called in the reader's language
 * @returns {string} the inside of <math>
 */
export function symbolOf(symbol, word = (text) => text) {
  const tokens = symbol.match(TOKEN) ?? [];
  let at = 0;

  /** A row up to a closing token, which is consumed. @param {string} end */
  function until(end) {
    const inner = row(end);
    at++;
    return inner;
  }

  /** @returns {string} */
  function atom() {
    const token = tokens[at++] ?? '';
    if (token === '√') return `<msqrt>${underRoot()}</msqrt>`;
    if (token === '(') return `<mrow><mo stretchy="false">(</mo>${until(')')}<mo stretchy="false">)</mo></mrow>`;
    if (/^\d/.test(token)) return `<mn>${token}</mn>`;
    if (WORD.test(token)) return `<mi mathvariant="normal">${escaped(word(token))}</mi>`;
    if (LETTER.test(token)) return `<mi${token.length > 1 ? ' class="marked"' : ''}>${escaped(token)}</mi>`; // by itself a browser slants single letters only
    if (/^\s/.test(token)) return isWord(tokens[at - 2]) && isWord(tokens[at]) ? '<mspace width="0.25em"></mspace>' : '';
    if (token === '∂' || token === '∞') return `<mi>${token}</mi>`;
    const first = /^$|^[(=,<·/_^{]/.test(tokens.slice(0, at - 1).findLast((before) => before.trim()) ?? ''); // then it is a sign, not a difference
    return `<mo stretchy="false"${first ? ' form="prefix"' : ''}${token === '/' || token === '∂' ? ' lspace="0" rspace="0"' : ''}>${escaped(token)}</mo>`;
  }

  /** A function's name and its argument stay together under the root. */
  function underRoot() {
    if (tokens[at] === '(') {
      at++;
      return until(')');
    }
    const name = WORD.test(tokens[at] ?? '');
    return scripted() + (name && tokens[at] === '(' ? atom() : '');
  }

  /** @returns {string} */
  function scripted() {
    const base = atom();
    let [below, above] = ['', ''];
    while (tokens[at] === '_{' || tokens[at] === '^{') {
      if (tokens[at++] === '_{') below = `<mrow>${until('}')}</mrow>`;
      else above = `<mrow>${until('}')}</mrow>`;
    }
    if (below && above) return `<msubsup>${base}${below}${above}</msubsup>`;
    if (below) return `<msub>${base}${below}</msub>`;
    return above ? `<msup>${base}${above}</msup>` : base;
  }

  /** @param {string} end @returns {string} */
  function row(end) {
    let out = '';
    while (at < tokens.length && tokens[at] !== end) out += scripted();
    return out;
  }

  return row('');
}

/** @param {string | undefined} token */
const isWord = (token) => token !== undefined && (WORD.test(token) || LETTER.test(token));
