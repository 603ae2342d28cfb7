// @ts-check
import { layoutNetwork } from '/static/js/draw/layout.js';
import { makeLinks, nearestLink } from '/static/js/draw/links.js';
import { figurePlaces, holdsOf } from '/static/js/draw/spots.js';
import { assert, equal, test } from './harness.js';

/** @param {number[]} counts @param {number} [width] */
function network(counts, width = 780) {
  const layout = layoutNetwork({ width, height: 320, counts, text: 13 });
  return { layout, links: makeLinks(layout, Array.from({ length: counts[0] }, (_, i) => i)) };
}
const SHAPES = [[2, 4, 2, 1], [7, 8, 8, 8, 1], [2, 1], [3, 12, 4]];
const BOX = { width: 26, height: 10 };

test('every link of narrow layers has a hold on it, at a distance from the others', () => {
  for (const counts of SHAPES) {
    const { links } = network(counts);
    const holds = holdsOf(links);
    equal(holds.length, links.count, counts.join('-'));
    holds.forEach((hold, n) => {
      equal([hold.layer, hold.to, hold.from], [links.layer[n], links.to[n], links.from[n]]);
      assert(nearestLink(links, hold.x, hold.y, 6) >= 0, 'it lies on a link');
      for (const other of holds.slice(n + 1)) {
        const apart = Math.max(Math.abs(other.x - hold.x), Math.abs(other.y - hold.y));
        assert(apart > Math.min(hold.size, other.size) / 2, `${counts}: ${n} is hidden under another, ${apart} px`);
      }
    });
  }
});

test('links of layers wider than twelve have none', () => {
  const { links } = network([2, 16, 16, 1]);
  equal(new Set(holdsOf(links).map(({ layer }) => layer)), new Set([0, 2]));
});

test('numbers of links up to eight wide lie apart, before the neuron they lead to', () => {
  for (const [counts, width] of /** @type {[number[], number][]} */ ([[[2, 4, 2, 1], 780], [[7, 8, 8, 8, 1], 780], [[2, 8, 8, 8, 1], 780], [[2, 4, 2, 1], 600]])) {
    const { links, layout } = network(counts, width);
    const places = figurePlaces(links, layout, BOX, []);
    places.forEach((place, n) => {
      assert(place, `${counts.join('-')}: link ${n} has no room`);
      if (!place) return;
      assert(place.x < links.ends[4 * n + 2] && place.x - BOX.width > links.ends[4 * n], 'between the two columns');
      places.slice(n + 1).forEach((other) => {
        assert(!other || Math.abs(other.x - place.x) >= BOX.width - 0.01 || Math.abs(other.y - place.y) >= BOX.height - 0.01, `${counts.join('-')}: ${n} over another`);
      });
    });
  }
});

test('where they are too many only the chosen ones have places', () => {
  const { links, layout } = network([2, 32, 32, 1]);
  const chosen = Array.from({ length: 32 }, (_, i) => links.starts[1] + 5 * 32 + i);
  const places = figurePlaces(links, layout, { width: 26, height: 9 }, chosen);
  const shown = places.map((place, n) => (place && links.layer[n] === 1 ? n : -1)).filter((n) => n >= 0);
  equal(shown, chosen);
});
