import { createSweepMap } from '/static/js/panels/studies/sweep_map.js';
import { equal, test } from '../../harness.js';

const CELLS = 4;

const colors = document.head.appendChild(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/static/css/tokens.css' }));
await new Promise((loaded) => { colors.onload = loaded; });

/** A map of 4 × 4 cells, and what it says was asked of it. */
function makeMap() {
  const frame = document.createElement('div');
  frame.style.cssText = 'position:fixed; inset:0 auto auto 0; width:400px; height:300px';
  const canvas = frame.appendChild(document.createElement('canvas'));
  canvas.style.cssText = 'width:100%; height:100%';
  document.body.append(frame);
  const said = [];
  const at = ({ x, y }) => `${x} ${y}`;
  const tip = frame.appendChild(document.createElement('div'));
  const map = createSweepMap(canvas, tip, {
    point: (place) => said.push(place ? `point ${at(place)}` : 'point nothing'),
    open: (place) => said.push(`open ${at(place)}`),
    zoom: (from, to) => said.push(`zoom ${at(from)} to ${at(to)}`),
  });
  const values = Array.from({ length: CELLS }, (_, i) => i + 1);
  map.show({ map: { columns: CELLS, rows: CELLS, shade: () => 0.5, above: () => null }, axes: [{ name: 'x', values }, { name: 'y', values }], here: [null, null], range: null });
  canvas.setPointerCapture = () => {}; // there is no pointer of the browser's own
  const send = (kind, pointerType, { x, y }) => canvas.dispatchEvent(new PointerEvent(kind, { pointerType, clientX: x, clientY: y, bubbles: true }));
  return {
    said, tip, middle: (x, y) => map.middleOf({ x, y }), leave: () => frame.remove(),
    tap(pointerType, place) {
      for (const kind of ['pointerdown', 'pointerup', 'pointerleave', 'click']) send(kind, pointerType, place);
    },
    drag(pointerType, from, to) {
      send('pointerdown', pointerType, from);
      send('pointermove', pointerType, to);
      for (const kind of ['pointerup', 'pointerleave', 'click']) send(kind, pointerType, to);
    },
  };
}

test('a click of the mouse on a cell of the sweep map opens it, a drag zooms', () => {
  const { said, middle, tap, drag, leave } = makeMap();
  tap('mouse', middle(1, 2));
  equal(said.splice(0), ['point 1 2', 'point nothing', 'open 1 2']);
  drag('mouse', middle(0, 0), middle(2, 1));
  equal(said, ['point 2 1', 'point 2 1', 'zoom 0 0 to 2 1', 'point nothing']);
  leave();
});

test('the first tap of a finger on a cell of the sweep map points at it, the second opens it', () => {
  const { said, tip, middle, tap, drag, leave } = makeMap();
  tap('touch', middle(1, 2));
  tip.click(); // it came under the finger
  tap('touch', middle(3, 3));
  equal(said.splice(0), ['point 1 2', 'point 3 3']);
  tap('touch', middle(3, 3));
  equal(said.splice(0), ['point 3 3', 'open 3 3']);
  tip.dispatchEvent(new PointerEvent('pointerdown'));
  tip.click();
  equal(said.splice(0), ['open 3 3'], 'by its numbers');
  drag('touch', middle(0, 0), middle(2, 1));
  equal(said, ['point 2 1', 'point 2 1', 'zoom 0 0 to 2 1'], 'a drag zooms and opens nothing');
  leave();
});
