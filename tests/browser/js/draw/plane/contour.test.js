// @ts-check
import { isTwoValued, makeContour, smoothMap, traceContour } from '/static/js/draw/plane/contour.js';
import { assert, blankCanvas, equal, near, pixelAt, test } from '/js-tests/harness.js';

const SIDE = 40;

/** @param {(x: number, y: number) => number} value of a place, 0 … 1 each @param {number} [side] */
function field(value, side = SIDE) {
  return Float32Array.from({ length: side * side }, (_, i) => value(((i % side) + 0.5) / side, (Math.floor(i / side) + 0.5) / side));
}

/** @param {number[]} points @returns {[number, number][]} */
const places = (points) => Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i], points[2 * i + 1]]);

test('a straight line goes from border to border', () => {
  const [path, ...others] = makeContour(SIDE)(field((x) => x - 0.3), 0);
  equal(others.length, 0);
  equal(path.closed, false);
  for (const [x] of places(path.points)) near(x, 0.3, 1e-5);
  const ys = places(path.points).map(([, y]) => y);
  assert(Math.min(...ys) <= 0 && Math.max(...ys) >= 1, 'it stops before the border');
});

test('the line of a step is straight where the step is, not the stairs of the cells', () => {
  const side = 100;
  const soft = new Float32Array(side * side);
  const away = (/** @type {ArrayLike<number>} */ values, /** @type {number} */ level, /** @type {number} */ slope) =>
    Math.max(...makeContour(side)(values, level).flatMap(({ points }) => places(points)).filter(([x]) => x > 0.06 && x < 0.94).map(([x, y]) => Math.abs(y - 0.4 - slope * (x - 0.5)) * side));
  for (const slope of [0.05, 0.27, 0.5, 0.9]) {
    const map = field((x, y) => (y - 0.4 >= slope * (x - 0.5) ? 1 : 0), side);
    assert(isTwoValued(map), 'two values');
    const [stairs, found] = [map, smoothMap(map, 0.5, side, soft)].map((values) => away(values, 0.5, slope));
    assert(found < Math.min(0.35, 0.75 * stairs), `${found} cells beside a slope of ${slope}, ${stairs} on the stairs`);
  }
});

test('what is a few cells thin keeps its line and its colour, and no cell changes its side', () => {
  const side = 100;
  const soft = new Float32Array(side * side);
  const shapes = Object.fromEntries([1, 2, 3, 4, 6].flatMap((width) => [
    [`${width} cells across`, field((_, y) => +(Math.abs(y - 0.5 + (width % 2) / 200) < width / 200), side)],
    [`${width} cells at the border`, field((x) => +(x < width / 100), side)],
    [`${width} cells aslant`, field((x, y) => +(Math.abs(y - 0.3 - 0.5 * x) < width / 200), side)],
    [`a disc of ${width} cells`, field((x, y) => +(Math.hypot(x - 0.505, y - 0.505) < width / 200), side)],
  ]));
  for (const [name, shape] of Object.entries(shapes)) {
    for (const map of [shape, shape.map((value) => 1 - value)]) {
      const found = smoothMap(map, 0.5, side, soft);
      assert(found === soft, `${name}: not averaged`);
      equal(map.findIndex((value, i) => value > 0.5 !== found[i] > 0.5), -1, `${name}: a cell on the other side`);
      const [raw, kept] = [map, found].map((values) => makeContour(side)(values, 0.5));
      if (!name.endsWith('aslant') || map === shape) equal(kept.length, raw.length, name); // of a pale line the cells meet at corners, where dark joins
      else assert(kept.length <= raw.length, `${name}: fragments`);
    }
  }
});

test('a map that goes over slowly stays as it is', () => {
  const map = field((x, y) => Math.tanh(6 * (y - x)));
  assert(smoothMap(map, 0, SIDE, new Float32Array(SIDE * SIDE)) === map, 'it was averaged');
  assert(!isTwoValued(map) && !isTwoValued(field(() => 1)), 'more values, or one');
});

test('a level is crossed where it is', () => {
  const [path] = makeContour(SIDE)(field((x) => x), 0.62);
  for (const [x] of places(path.points)) near(x, 0.62, 1e-5);
});

test('a circle is one closed path, in order', () => {
  const paths = makeContour(SIDE)(field((x, y) => Math.hypot(x - 0.5, y - 0.5) - 0.3), 0);
  equal(paths.map(({ closed }) => closed), [true]);
  const around = places(paths[0].points);
  for (const [x, y] of around) near(Math.hypot(x - 0.5, y - 0.5), 0.3, 0.5 / SIDE / 10);
  around.forEach(([x, y], i) => {
    const [px, py] = around.at(i - 1) ?? [0, 0];
    assert(Math.hypot(x - px, y - py) < 2 / SIDE, 'neighbours lie apart');
  });
});

test('two islands are two paths', () => {
  const islands = field((x, y) => Math.min(Math.hypot(x - 0.25, y - 0.5), Math.hypot(x - 0.75, y - 0.5)) - 0.15);
  equal(makeContour(SIDE)(islands, 0).map(({ closed }) => closed), [true, true]);
});

test('nothing is drawn where nothing turns', () => {
  equal(makeContour(SIDE)(field(() => 0), 0), []);
  equal(makeContour(SIDE)(field(() => -1), 0), []);
  equal(makeContour(SIDE)(field(() => NaN), 0), []);
});

test('at a saddle the lines do not cross, and the mean says which corners are joined', () => {
  for (const [corner, joined] of [[1, true], [0.2, false]]) {
    const paths = makeContour(2)(Float32Array.of(+corner, -0.5, -0.5, +corner), 0);
    equal(paths.length, 2);
    for (const { points } of paths) {
      const onTheRight = places(points).filter(([x]) => x > 0.5).length;
      const below = places(points).filter(([, y]) => y > 0.5).length;
      // joined: each line cuts off one negative corner, upper right or lower left; else a positive one
      equal(Math.sign(onTheRight - points.length / 4) === -Math.sign(below - points.length / 4), joined, `corner ${corner}`);
    }
  }
});

test('a contour made once gives the same again', () => {
  const contour = makeContour(SIDE);
  const circle = field((x, y) => Math.hypot(x - 0.4, y - 0.5) - 0.2);
  const first = JSON.stringify(contour(circle, 0));
  contour(field((x, y) => x * y - 0.3), 0);
  equal(JSON.stringify(contour(circle, 0)), first);
});

test('the painted line lies where the map turns', () => {
  const context = blankCanvas(200, 200);
  context.beginPath();
  traceContour(context, makeContour(SIDE)(field((x, y) => Math.hypot(x - 0.5, y - 0.5) - 0.3), 0), 200);
  context.lineWidth = 2;
  context.stroke();
  for (let angle = 0; angle < 6.28; angle += 0.1) {
    const at = (/** @type {number} */ r) => pixelAt(context, Math.floor(100 + r * Math.cos(angle)), Math.floor(100 + r * Math.sin(angle)))[3];
    assert(at(60) > 60, `no line at ${angle}`);
    equal([at(52), at(68)], [0, 0], `beside the line at ${angle}`);
  }
});

test('a straight line of a map that was rounded is straight, and each cell stays on its side', () => {
  const side = 100;
  for (const slope of [0.05, 0.27, 0.5, 3]) {
    const exact = field((x, y) => Math.tanh(y - 0.41 - slope * (x - 0.53)), side);
    const rounded = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
    const map = exact.map((value) => (Math.round(value / rounded) || Math.sign(value)) * rounded);
    const away = (/** @type {{points: number[]}[]} */ paths) => Math.max(...paths.flatMap(({ points }) => places(points))
      .filter((place) => Math.min(...place) > 0.02 && Math.max(...place) < 0.98).map(([x, y]) => Math.abs(y - 0.41 - slope * (x - 0.53)) / Math.hypot(1, slope) * side));
    const contour = makeContour(side);
    const [ragged, straight] = [contour(map, 0), contour(map, 0, rounded)];
    assert(away(straight) < Math.min(0.2, 0.8 * away(ragged)), `${away(straight)} cells beside a slope of ${slope}, ${away(ragged)} before`);
    equal(straight[0].points.length, ragged[0].points.length);
    straight[0].points.slice(2, -2).forEach((part, i) => assert(Math.abs(part - ragged[0].points[i + 2]) * side < 1, 'a point has left its edge'));
  }
});
