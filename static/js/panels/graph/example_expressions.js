// @ts-check
// Ready expressions with the values of their variables.

/** open: the node whose card opens with it. @type {Record<string, {expression: string, values: Record<string, number>, open?: string}>} */
export const EXAMPLES = {
  autograd: { expression: 'c = a·b; d = c + 1; L = mean(d)', values: { a: 2, b: 3 } },
  flat: {
    expression: 'p0 = w0·x0; p1 = w1·x1; s = p0 + p1; z = s + w2; L = sigmoid(z)',
    values: { w0: 2, x0: -1, w1: -3, x1: -2, w2: -3 },
  },
  gates: { expression: 's = a + b; m = max(b, c); L = s·m', values: { a: -4, b: 3, c: -1 } },
  custom: { expression: 'p = x·y; L = p^2', values: { x: 3, y: -2 }, open: 'p' },
  neuron: {
    expression: 'z = sum(w1·x1, w2·x2, w3·x3, b); rate = sigmoid(z)',
    values: { w1: 0.5, x1: 1.2, w2: -1, x2: 0.4, w3: 0.8, x3: -0.3, b: 0.1 },
  },
};

/** The node whose card opens with this expression. @param {string} expression */
export const openedNode = (expression) => Object.values(EXAMPLES).find((preset) => preset.expression === expression)?.open ?? null;
