// @ts-check
// A network without activations is one linear map: the maps of its layers multiplied out, one layer after another.

/** @typedef {{weight: number[][], bias: number[]}} LinearMap  weight: rows of outputs, columns of inputs */

/**
 * What the first layer, the first two, … and in the end all layers together do: W ← Wˡ·W, b ← Wˡ·b + bˡ; with a residual link
 * W and b are added once more.
 * @param {Record<string, ArrayLike<number>>} parameters  by PyTorch's names @param {number[]} sizes  inputs, hidden…, outputs
 * @param {{residual: boolean}[]} hidden
 * @returns {LinearMap[]}
 */
export function collapse(parameters, sizes, hidden) {
  /** @type {LinearMap[]} */
  const maps = [];
  /** @type {LinearMap} */
  let below = { weight: range(sizes[0]).map((row) => range(sizes[0]).map((column) => Number(row === column))), bias: range(sizes[0]).map(() => 0) };
  for (const layer of range(sizes.length - 1)) {
    const [w, b, width] = [parameters[`layers.${layer}.weight`], parameters[`layers.${layer}.bias`], sizes[layer]];
    const { weight, bias } = below;
    const through = (/** @type {number} */ row, /** @type {(k: number) => number} */ entry) => range(width).reduce((sum, k) => sum + w[row * width + k] * entry(k), hidden[layer]?.residual ? entry(row) : 0);
    below = {
      weight: range(sizes[layer + 1]).map((row) => range(sizes[0]).map((column) => through(row, (k) => weight[k][column]))),
      bias: range(sizes[layer + 1]).map((row) => through(row, (k) => bias[k]) + (b?.[row] ?? 0)),
    };
    maps.push(below);
  }
  return maps;
}

/** @param {number} count */
const range = (count) => Array.from({ length: count }, (_, i) => i);
