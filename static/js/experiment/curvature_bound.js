// @ts-check
// What the largest curvature must stay below, so that a step is stable: the formula of each optimizer. Pure.

const FORMULAS = { momentum: '(2 + 2μ)/(η(1 − d))', nag: '(2 + 2μ)/(η(1 + 2μ))', adam: '(2 + 2β₁)/(η(1 − β₁))', adamw: '(2 + 2β₁)/(η(1 − β₁))' };

/** @param {string} optimizer */
export const curvatureBound = (optimizer) => FORMULAS[/** @type {keyof typeof FORMULAS} */ (optimizer)] ?? '2/η';
