// @ts-check
// Formulas: a small part of TeX → MathML, which the browser typesets. Pure.
//   letters and digits · { } · ^ _ · \{ \} · \frac{}{} \sqrt{} \hat{} · \cases{ a & b \\ c & d } · \, \quad · NAMES below

/** Names that stand for one sign. @type {Record<string, string>} */
const SIGNS = {
  alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ε', eta: 'η', lambda: 'λ', mu: 'μ', pi: 'π', sigma: 'σ', tau: 'τ', phi: 'φ', Phi: 'Φ', ell: 'ℓ',
};
/** @type {Record<string, string>} */
const OPERATORS = {
  leftarrow: '←', sum: '∑', cdot: '·', odot: '⊙', le: '≤', ge: '≥', in: '∈', sim: '∼', approx: '≈', pm: '±', times: '×', top: '⊤',
  lfloor: '⌊', rfloor: '⌋', norm: '‖', to: '→', ne: '≠',
};
/** Signs of the notation that are written otherwise. @type {Record<string, string>} */
const WRITTEN = { '-': '−', "'": '′' };
const FUNCTIONS = ['exp', 'log', 'max', 'min', 'sign', 'tanh', 'cos', 'erf', 'step', 'softmax', 'sin'];

/** @param {string} text */
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** @typedef {{formula: string, tokens: string[], at: number}} Reader  at: the next token */

/** @param {string} formula @returns {Reader} */
const readerOf = (formula) => ({ formula, tokens: formula.match(/\\[a-zA-Z]+|\\[\\,{}]|\d+(?:\.\d+)?|\S/g) ?? [], at: 0 });

/** @param {Reader} reader @param {string} token */
function expect(reader, token) {
  if (reader.tokens[reader.at] !== token) throw new SyntaxError(`${token} is missing in ${reader.formula}`);
  reader.at++;
}

/** A sequence of terms with their sub- and superscripts. @param {Reader} reader @param {string[]} ends  tokens before which it ends @returns {string} */
function row(reader, ends) {
  const { tokens } = reader;
  let out = '';
  while (reader.at < tokens.length && !ends.includes(tokens[reader.at])) {
    const base = atom(reader);
    let [below, above] = ['', ''];
    while (tokens[reader.at] === '_' || tokens[reader.at] === '^') {
      if (tokens[reader.at++] === '_') below = argument(reader);
      else above = argument(reader);
    }
    if (below && above) out += `<msubsup>${base}${below}${above}</msubsup>`;
    else if (below) out += `<msub>${base}${below}</msub>`;
    else if (above) out += `<msup>${base}${above}</msup>`;
    else out += base;
  }
  return out;
}

/** A row in braces, or one term. @param {Reader} reader @returns {string} */
function argument(reader) {
  if (reader.tokens[reader.at] !== '{') return atom(reader);
  reader.at++;
  const inner = row(reader, ['}']);
  expect(reader, '}');
  return `<mrow>${inner}</mrow>`;
}

/** @param {Reader} reader @returns {string} */
function atom(reader) {
  const { tokens, formula } = reader;
  const token = tokens[reader.at++];
  if (token === undefined) throw new SyntaxError(`${formula} ends too early`);
  if ('}&'.includes(token)) throw new SyntaxError(`${token} stands alone in ${formula}`);
  if (token === '{') {
    reader.at--;
    return argument(reader);
  }
  if (token === '\\,') return '<mspace width="0.17em"></mspace>';
  if (/^\d/.test(token)) return `<mn>${token}</mn>`;
  if (/^[a-zA-Z∂]$/.test(token)) return `<mi>${token}</mi>`;
  const name = token.slice(1);
  if (!/^\\\w/.test(token)) {
    const first = /^$|[=(,<>{]$|\\(le|leftarrow|in|quad)$/.test(tokens[reader.at - 2] ?? ''); // then it is a sign, not a difference
    return `<mo stretchy="false"${first ? ' form="prefix"' : ''}>${escaped(WRITTEN[token] ?? token.replace('\\', ''))}</mo>`;
  }
  if (COMMANDS[name]) return COMMANDS[name](reader);
  if (SIGNS[name]) return `<mi>${SIGNS[name]}</mi>`;
  if (OPERATORS[name]) return `<mo stretchy="false">${OPERATORS[name]}</mo>`;
  if (FUNCTIONS.includes(name)) return `<mi>${name}</mi>`;
  throw new SyntaxError(`${token} has no meaning here`);
}

/** @type {Record<string, (reader: Reader) => string>} */
const COMMANDS = {
  frac: (reader) => `<mfrac>${argument(reader)}${argument(reader)}</mfrac>`,
  sqrt: (reader) => `<msqrt>${argument(reader)}</msqrt>`,
  hat: (reader) => `<mi>${reader.tokens[reader.at++]}\u0302</mi>`, // one letter: its hat sits better than an accent over it
  cases,
  quad: () => '<mspace width="1em"></mspace>',
};

/** @param {Reader} reader */
function cases(reader) {
  expect(reader, '{');
  const rows = [];
  for (;;) {
    const cells = [row(reader, ['&', '\\\\', '}'])];
    while (reader.tokens[reader.at] === '&') {
      reader.at++;
      cells.push(row(reader, ['&', '\\\\', '}']));
    }
    rows.push(`<mtr>${cells.map((cell) => `<mtd>${cell}</mtd>`).join('')}</mtr>`);
    if (reader.tokens[reader.at] !== '\\\\') break;
    reader.at++;
  }
  expect(reader, '}');
  return `<mrow><mo stretchy="true">{</mo><mtable>${rows.join('')}</mtable></mrow>`;
}

/**
 * @param {string} formula @returns {string} one line of MathML
 */
export const mathOf = (formula) => `<math displaystyle="true">${row(readerOf(formula), [])}</math>`;
