// @ts-check
// The file that a person's points come from: what it calls its columns and classes, and the units of its numbers, where
// they were scaled to fill the plane. Both stand in the Spec.

const COLUMNS = 3; // x1, x2 and the label stand first among the names, then the classes by number

/** @param {{columns: string[], classes: string[]}} file @param {number} longest  letters of a name @returns {string[]} as a Spec has them */
export const namesInSpec = ({ columns, classes }, longest) => [...columns, ...classes].map((name) => [...name].slice(0, longest).join(''));

/** The names of the classes; none where they have none. @param {Record<string, any>} spec @returns {string[]} */
export const classNamesOf = ({ dataset, own_names: names }) => (dataset === 'own' ? names.slice(COLUMNS) : []);

/** @typedef {{zero: number, unit: number, name: string}} Unit  a number of the file is zero + unit · what it is here; name: of its column, '' where it has none */
/** @typedef {{x1: Unit, x2: Unit, label: Unit}} Units */

/** @param {Record<string, any>} spec @returns {Units} */
export function unitsOf(spec) {
  const [own, names] = spec.dataset.startsWith('own') ? [spec.own_units, spec.own_names] : [[], []];
  const [x1, x2, label] = [0, 1, 2].map((axis) => ({ zero: own[axis]?.[0] ?? 0, unit: own[axis]?.[1] ?? 1, name: names[axis] ?? '' }));
  return { x1, x2, label };
}

/** As everything is that comes from no file. @type {Units} */
export const PLAIN = unitsOf({ dataset: '' });

/** @param {Unit} unit */
export const isScaled = ({ zero, unit }) => zero !== 0 || unit !== 1;

const MOST_LETTERS = 14; // of a column's name where there is little room

/** @param {Unit} unit */
export const shortName = ({ name }) => (name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name);

/** @param {number} value  here @param {Unit} unit  @returns {number} in the file */
export const toFile = (value, { zero, unit }) => zero + unit * value;

/** @param {number} value  in the file @param {Unit} unit @returns {number} here */
export const fromFile = (value, { zero, unit }) => (value - zero) / unit;

const ROUNDED = 0.0006; // by which the points that the server tells may differ from those of the Spec

/** A point of the training set with the decimals that the Spec has. @param {number[]} point @param {Record<string, any>} spec @returns {number[]} */
export function exactPoint(point, { dataset, own_points: points }) {
  const [x1, x2] = point;
  const found = points.find((/** @type {number[]} */ [a, b]) => Math.abs(a - x1) < ROUNDED && Math.abs(b - x2) < ROUNDED);
  return found ? [found[0], found[1], dataset === 'own_values' ? found[2] : point[2]] : point;
}

const PLACED = 5; // decimals of a coordinate that were kept when it was scaled

/** A coordinate or label of a point, without the decimals that scaling has added. @param {number} value @param {Unit} unit */
export function pointInFile(value, unit) {
  const decimals = Math.min(12, Math.max(0, PLACED - Math.ceil(Math.log10(unit.unit))));
  return String(Number(toFile(value, unit).toFixed(decimals))).replace('-', '−');
}

const DIGITS = 3; // of what a step of the plane's hundredth is in the file

/** A number here as the file has it, to as many decimals as a hundredth of the plane's unit shows in. @param {number} value @param {Unit} unit */
export function inFile(value, unit) {
  const decimals = Math.min(8, Math.max(0, DIGITS - 1 - Math.floor(Math.log10(unit.unit))));
  const number = toFile(value, unit);
  if (Math.abs(number) >= 1e9 || decimals === 8) return number.toPrecision(DIGITS + 1).replace('-', '−');
  return (Number(number.toFixed(decimals)) + 0).toFixed(decimals).replace('-', '−');
}
