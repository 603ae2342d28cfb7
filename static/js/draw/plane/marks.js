// @ts-check
// One mark for each class, so that nothing depends on colour alone: triangle, circle, square, diamond, cross, triangle
// downwards, hexagon, star.

/** Corners of a polygon on a circle. @param {number} count @param {number} turn  of a whole turn, from the top @param {number} [radius] */
const polygon = (count, turn, radius = 1) =>
  Array.from({ length: count }, (_, i) => {
    const angle = 2 * Math.PI * (turn + i / count);
    return /** @type {[number, number]} */ ([radius * Math.sin(angle), -radius * Math.cos(angle)]);
  });

/** Corners by class, sized to look as large as a circle of radius 1; empty: the circle. @type {[number, number][][]} */
const CORNERS = [
  [[0, -1.25], [1.15, 0.85], [-1.15, 0.85]],
  [],
  polygon(4, 1 / 8, 1.27),
  polygon(4, 0, 1.32),
  [[-0.4, -1.15], [0.4, -1.15], [0.4, -0.4], [1.15, -0.4], [1.15, 0.4], [0.4, 0.4], [0.4, 1.15], [-0.4, 1.15], [-0.4, 0.4], [-1.15, 0.4], [-1.15, -0.4], [-0.4, -0.4]],
  [[0, 1.25], [1.15, -0.85], [-1.15, -0.85]],
  polygon(6, 1 / 12, 1.14),
  polygon(5, 0, 1.45).flatMap((tip, i) => [tip, polygon(5, 1 / 10, 0.66)[i]]),
];

export const MARKS = CORNERS.length;

/** @param {CanvasRenderingContext2D} context @param {number} number of the class @param {number} x @param {number} y middle @param {number} radius px */
export function traceMark(context, number, x, y, radius) {
  const corners = CORNERS[number % MARKS];
  if (!corners.length) context.arc(x, y, radius, 0, 2 * Math.PI);
  corners.forEach(([right, down], i) => (i ? context.lineTo(x + right * radius, y + down * radius) : context.moveTo(x + right * radius, y + down * radius)));
  if (corners.length) context.closePath();
}

/** The same as an SVG path around 0, 0 of radius 1. @param {number} number of the class */
export function markPath(number) {
  const corners = CORNERS[number % MARKS];
  if (!corners.length) return 'M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0Z';
  return `M${corners.map((place) => place.map((part) => part.toFixed(2)).join(' ')).join('L')}Z`;
}

/** A small drawing of a class's mark in its colour. @param {number} number of the class @returns {string} SVG */
export function markSvg(number) {
  const color = number < 2 ? ['--neg', '--pos'][number] : `--class-${number % MARKS}`;
  return `<svg class="class-mark" viewBox="-1.5 -1.5 3 3" aria-hidden="true"><path d="${markPath(number)}" fill="var(${color})"/></svg>`;
}
