// @ts-check
// Formulas: a few words of TeX → MathML, which the browser sets itself. Pure.
//   letters and digits · { } · ^ _ · \{ \} · \frac{}{} \sqrt{} \hat{} · \cases{ a & b \\ c & d } · \, \quad · NAMES below

/** Names that stand for one sign. @type {Record<string, string>} */
const SIGNS = {
  alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'ε', eta: 'η', lambda: 'λ', mu: 'μ', pi: 'π', sigma: 'σ', phi: 'φ', Phi: 'Φ', ell: 'ℓ',
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

/** @param {string} formula */
function parse(formula) {
  const tokens = formula.match(/\\[a-zA-Z]+|\\[\\,{}]|\d+(?:\.\d+)?|\S/g) ?? [];
  let at = 0;

  /** @param {string} token */
  function expect(token) {
    if (tokens[at] !== token) throw new SyntaxError(`${token} is missing in ${formula}`);
    at++;
  }

  /** What stands in braces, or one sign. @returns {string} */
  function argument() {
    if (tokens[at] !== '{') return atom();
    at++;
    const inner = row(['}']);
    expect('}');
    return `<mrow>${inner}</mrow>`;
  }

  function cases() {
    expect('{');
    const rows = [];
    for (;;) {
      const cells = [row(['&', '\\\\', '}'])];
      while (tokens[at] === '&') {
        at++;
        cells.push(row(['&', '\\\\', '}']));
      }
      rows.push(`<mtr>${cells.map((cell) => `<mtd>${cell}</mtd>`).join('')}</mtr>`);
      if (tokens[at] !== '\\\\') break;
      at++;
    }
    expect('}');
    return `<mrow><mo stretchy="true">{</mo><mtable>${rows.join('')}</mtable></mrow>`;
  }

  /** @type {Record<string, () => string>} */
  const commands = {
    frac: () => `<mfrac>${argument()}${argument()}</mfrac>`,
    sqrt: () => `<msqrt>${argument()}</msqrt>`,
    hat: () => `<mi>${tokens[at++]}\u0302</mi>`, // one letter: its hat sits better than an accent over it
    cases,
    quad: () => '<mspace width="1em"></mspace>',
  };

  /** @returns {string} */
  function atom() {
    const token = tokens[at++];
    if (token === undefined) throw new SyntaxError(`${formula} ends too early`);
    if ('}&'.includes(token)) throw new SyntaxError(`${token} stands alone in ${formula}`);
    if (token === '{') {
      at--;
      return argument();
    }
    if (token === '\\,') return '<mspace width="0.17em"></mspace>';
    if (/^\d/.test(token)) return `<mn>${token}</mn>`;
    if (/^[a-zA-Z∂]$/.test(token)) return `<mi>${token}</mi>`;
    const name = token.slice(1);
    if (!/^\\\w/.test(token)) {
      const first = /^$|[=(,<>{]$|\\(le|leftarrow|in|quad)$/.test(tokens[at - 2] ?? ''); // then it is a sign, not a difference
      return `<mo stretchy="false"${first ? ' form="prefix"' : ''}>${escaped(WRITTEN[token] ?? token.replace('\\', ''))}</mo>`;
    }
    if (commands[name]) return commands[name]();
    if (SIGNS[name]) return `<mi>${SIGNS[name]}</mi>`;
    if (OPERATORS[name]) return `<mo stretchy="false">${OPERATORS[name]}</mo>`;
    if (FUNCTIONS.includes(name)) return `<mi>${name}</mi>`;
    throw new SyntaxError(`${token} has no meaning here`);
  }

  /** @param {string[]} ends @returns {string} */
  function row(ends) {
    let out = '';
    while (at < tokens.length && !ends.includes(tokens[at])) {
      const base = atom();
      let [below, above] = ['', ''];
      while (tokens[at] === '_' || tokens[at] === '^') {
        if (tokens[at++] === '_') below = argument();
        else above = argument();
      }
      if (below && above) out += `<msubsup>${base}${below}${above}</msubsup>`;
      else if (below) out += `<msub>${base}${below}</msub>`;
      else if (above) out += `<msup>${base}${above}</msup>`;
      else out += base;
    }
    return out;
  }

  return row([]);
}

/**
 * @param {string} formula @returns {string} one line of MathML
 */
export const mathOf = (formula) => `<math displaystyle="true">${parse(formula)}</math>`;
