// @ts-check
// The units in which a person's file has its numbers, where they were scaled to fill the plane.

import { namesFor } from './file_names.js';

/** @typedef {{zero: number, unit: number, name: string}} Unit  a number of the file is zero + unit · what it is here; name: of its column, '' where it has none */
/** @typedef {{x1: Unit, x2: Unit, label: Unit}} Units */

/** @param {Record<string, any>} spec @returns {Units} */
export function unitsOf(spec) {
  const own = spec.dataset.startsWith('own') ? spec.own_units : [];
  const names = namesFor(spec)?.columns ?? [];
  const [x1, x2, label] = [0, 1, 2].map((axis) => ({ zero: own[axis]?.[0] ?? 0, unit: own[axis]?.[1] ?? 1, name: names[axis] ?? '' }));
  return { x1, x2, label };
}

/** @param {Unit} unit */
export const isScaled = ({ zero, unit }) => zero !== 0 || unit !== 1;

/** @param {number} value  here @param {Unit} unit  @returns {number} in the file */
export const toFile = (value, { zero, unit }) => zero + unit * value;

/** @param {number} value  in the file @param {Unit} unit @returns {number} here */
export const fromFile = (value, { zero, unit }) => (value - zero) / unit;

const DIGITS = 3; // of what a step of the plane's hundredth is in the file

/** A number here as the file has it, to as many decimals as a hundredth of the plane's unit shows in. @param {number} value @param {Unit} unit */
export function inFile(value, unit) {
  const decimals = Math.min(8, Math.max(0, DIGITS - 1 - Math.floor(Math.log10(unit.unit))));
  const number = toFile(value, unit);
  if (Math.abs(number) >= 1e9 || decimals === 8) return number.toPrecision(DIGITS + 1).replace('-', '−');
  return (Number(number.toFixed(decimals)) + 0).toFixed(decimals).replace('-', '−');
}
