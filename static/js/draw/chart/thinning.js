// @ts-check
// Long histories for a chart: fewer points, the same picture.

/**
 * Which points to keep: of each of `buckets` stretches of the line its lowest and its highest, and both ends. The peaks
 * of a curve stay where they are; nothing is averaged.
 * @param {ArrayLike<number | null>} values  what is not a finite number is left out
 * @param {number} buckets
 * @returns {number[]} indices, rising
 */
export function thinned(values, buckets) {
  const count = values.length;
  if (count <= 2 * buckets) return Array.from({ length: count }, (_, i) => i);
  const kept = [0];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = Math.floor(((bucket + 1) * count) / buckets);
    let [low, high] = [-1, -1];
    for (let i = Math.floor((bucket * count) / buckets); i < end; i++) {
      const value = values[i];
      if (value === null || !Number.isFinite(value)) continue;
      if (low < 0 || value < /** @type {number} */ (values[low])) low = i;
      if (high < 0 || value > /** @type {number} */ (values[high])) high = i;
    }
    for (const i of low < high ? [low, high] : [high, low]) if (i > kept[kept.length - 1]) kept.push(i);
  }
  if (kept[kept.length - 1] !== count - 1) kept.push(count - 1);
  return kept;
}
