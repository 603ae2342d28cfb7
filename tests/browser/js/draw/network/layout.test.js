// @ts-check
import { layerCenters, layoutNetwork, tileAt, tileBox } from '/static/js/draw/network/layout.js';
import { assert, equal, test } from '/js-tests/harness.js';

const BOXES = [[800, 300, 13], [460, 300, 13], [500, 290, 13], [1300, 620, 13], [350, 330, 13], [890, 270, 20], [560, 270, 20]];
const SHAPES = [[], [1], [4, 2], [8, 8, 8], [1, 32, 1], Array(6).fill(8), Array(8).fill(32)];

/** @param {(layout: import('/static/js/draw/network/layout.js').NetworkLayout, what: string, box: number[]) => void} check */
function everywhere(check) {
  for (const box of BOXES) {
    const [width, height, text] = box;
    for (const shape of SHAPES) check(layoutNetwork({ width, height, counts: [7, ...shape, 1], text }), `${shape.join('-') || 'no hidden layer'} at ${width}×${height}`, box);
  }
}

test('tiles do not lie on each other', () => {
  everywhere(({ columns, tile }, what) => {
    for (const { left, top } of columns) {
      for (let a = 0; a < left.length; a++) {
        for (let b = 0; b < a; b++) {
          const apart = Math.abs(left[a] - left[b]) >= tile - 0.01 || Math.abs(top[a] - top[b]) >= tile - 0.01;
          assert(apart, `${what}: ${a} and ${b} of ${left.length}, tiles of ${tile}`);
        }
      }
    }
  });
});

test('tiles stand within the picture, below the controls, and can be seen', () => {
  everywhere(({ columns, tile, headHeight, width, height }, what, box) => {
    assert(tile >= 10, `${what}: tiles of ${tile} px`);
    assert(width >= box[0], what);
    for (const { left, top } of columns) {
      assert(Math.min(...top) >= headHeight - 0.5, `${what}: under the controls`);
      assert(Math.max(...top) + tile <= height + 0.5, `${what}: below the picture by ${Math.max(...top) + tile - height}`);
      assert(Math.min(...left) >= 40 && Math.max(...left) + tile <= width, `${what}: beside the picture`);
    }
  });
});

test('between two columns there is room for links', () => {
  everywhere(({ columns, tile }, what) => {
    columns.slice(1).forEach(({ left }, i) => {
      const room = Math.min(...left) - Math.max(...columns[i].left) - tile;
      assert(room >= 8, `${what}: ${room} px`);
    });
  });
});

test('eight layers of 32 need no scrolling at 1024 px', () => equal(layoutNetwork({ width: 472, height: 300, counts: [7, ...Array(8).fill(32), 1], text: 13 }).width, 472));

test('columns stand as far apart as they must, and otherwise evenly', () => {
  const box = { width: 800, height: 300, counts: [7, 8, 8, 1], text: 13 };
  const apart = (/** @type {import('/static/js/draw/network/layout.js').NetworkLayout} */ { columns }) => columns.slice(1).map(({ center }, i) => center - columns[i].center);
  const [even] = apart(layoutNetwork(box));
  const [first, wide, last] = apart(layoutNetwork({ ...box, distances: [0, 400, 0] }));
  assert(Math.abs(wide - 400) < 0.01 && Math.abs(first - last) < 0.01 && Math.abs(first + wide + last - 3 * even) < 0.01, `${first}, ${wide}, ${last}`);
  equal(layoutNetwork({ ...box, distances: [300, 300, 300] }).width > 900, true, 'wider than the box where it must be');
});

test('inputs stand in one line, whatever the room', () => {
  everywhere(({ columns }, what) => equal(new Set(columns[0].left).size, 1, what));
});

test('the same box and shape give the same places', () => {
  const box = { width: 700, height: 300, counts: [7, 8, 6, 1], text: 13 };
  equal(layoutNetwork(box), layoutNetwork({ ...box }));
});

test('a place is told its tile', () => {
  const layout = layoutNetwork({ width: 800, height: 300, counts: [7, 4, 1], text: 13 });
  const { left, top } = layout.columns[1];
  equal(tileAt(layout, left[2] + 3, top[2] + 3), { column: 1, index: 2 });
  equal(tileAt(layout, left[2] - 3, top[2] + 3), null);
});

test('the box of a tile has its corners, and a layer its centre between two columns', () => {
  const layout = layoutNetwork({ width: 800, height: 300, counts: [7, 4, 1], text: 13 });
  const [inputs, hidden, output] = layout.columns;
  equal(tileBox(layout, 1, 2), { left: hidden.left[2], right: hidden.left[2] + layout.tile, top: hidden.top[2], bottom: hidden.top[2] + layout.tile });
  equal(layerCenters(layout), [(inputs.center + hidden.center) / 2, (hidden.center + output.center) / 2]);
});
