// @ts-check
import { layoutNetwork, tileAt } from '/static/js/draw/network/layout.js';
import { makeLinks, nearestLink } from '/static/js/draw/network/links.js';
import { allHaveHandles, linksInto, placeHandles } from '/static/js/draw/network/handles.js';
import { assert, equal, test } from '/js-tests/harness.js';

/** @param {number[]} counts @param {number} [width] */
function network(counts, width = 780) {
  const layout = layoutNetwork({ width, height: 320, counts, text: 13 });
  return { layout, links: makeLinks(layout, Array.from({ length: counts[0] }, (_, i) => i)) };
}
const SHAPES = [[2, 4, 2, 1], [7, 8, 8, 8, 1], [2, 1], [3, 12, 4]];

/** @param {ReturnType<typeof network>} drawn @param {number[]} some @param {string} what */
function check({ links, layout }, some, what) {
  const handles = placeHandles(links, some);
  equal(handles.map(({ link }) => link), some, what);
  handles.forEach((handle, n) => {
    assert(nearestLink(links, handle.x, handle.y, 6) >= 0, `${what}: it lies on a link`);
    equal(tileAt(layout, handle.x, handle.y), null, `${what}: on no neuron`);
    for (const other of handles.slice(n + 1)) {
      const apart = Math.max(Math.abs(other.x - handle.x), Math.abs(other.y - handle.y));
      assert(apart > Math.min(handle.size, other.size) / 2, `${what}: ${n} is hidden under another, ${apart} px`);
    }
  });
}

/** @param {import('/static/js/draw/network/links.js').Links} links @param {number} layer */
const linksOf = ({ starts }, layer) => Array.from({ length: starts[layer + 1] - starts[layer] }, (_, i) => starts[layer] + i);

test('every link of a narrow layer has a handle on it, at a distance from the others', () => {
  for (const counts of SHAPES) {
    const drawn = network(counts);
    for (let layer = 0; layer + 1 < counts.length; layer++) {
      assert(allHaveHandles(drawn.links, layer), counts.join('-'));
      check(drawn, linksOf(drawn.links, layer), counts.join('-'));
    }
  }
});

test('of a wider layer only the links into one neuron have handles', () => {
  const drawn = network([2, 32, 32, 1]);
  equal([0, 1, 2].map((layer) => allHaveHandles(drawn.links, layer)), [true, false, true]);
  for (let to = 0; to < 32; to++) {
    const some = linksInto(drawn.links, 1, to);
    equal(some.map((n) => [drawn.links.layer[n], drawn.links.to[n], drawn.links.from[n]]), Array.from({ length: 32 }, (_, from) => [1, to, from]));
    check(drawn, some, `into ${to}`);
  }
});
