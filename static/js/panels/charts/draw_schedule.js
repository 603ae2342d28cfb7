// @ts-check
// When the two charts are drawn: a chart costs 15–33 ms, so they are drawn one after the other and then rest, on a slow
// machine ten times as long as the chart took.

import { hasPlotly } from '../../core/plotly.js';

const TURN = 300; // milliseconds for each chart
const REST = 10; // times the cost of a chart: of what the page has time for, pictures of the network get most
const MOST_REST = 3000; // milliseconds
const BREATH = 20; // milliseconds between the two: a picture of the network comes first

/** @typedef {{box: HTMLElement, draw: (range: [number, number]) => void}} Chart  range: of steps */

/**
 * @param {[Chart, Chart]} charts
 * @param {() => [number, number]} readRange  of steps, read once for both
 */
export function createDrawSchedule(charts, readRange) {
  const due = [true, true];
  let turn = 0; // the chart that comes next
  let timer = 0;
  let next = 0;
  let cost = 0; // milliseconds since the last rest
  /** @type {[number, number]} */
  let range = [0, 1];

  const schedule = () => {
    if (!timer && hasPlotly()) timer = window.setTimeout(drawOne, Math.max(0, next - performance.now()));
  };

  /** Whether it is out of date and can be seen. @param {number} i */
  const isWanted = (i) => due[i] && isSeen(charts[i]);

  function drawOne() {
    timer = 0;
    if (document.hidden) return; // visibilitychange wakes us
    const [chosen, other] = [turn, 1 - turn].filter(isWanted);
    if (chosen === undefined) return;
    if (turn === 0 || chosen === 0) range = readRange();
    due[chosen] = false;
    turn = chosen === 0 && other !== undefined ? 1 : 0;
    const began = performance.now();
    charts[chosen].draw(range);
    const now = performance.now();
    cost += now - began;
    next = now + (turn ? BREATH : Math.max(chosen === 1 ? 2 * TURN : TURN, Math.min(REST * cost, MOST_REST)));
    if (!turn) cost = 0;
    if (due.includes(true)) schedule();
  }

  /** Both are out of date. */
  function wake() {
    due.fill(true);
    schedule();
  }
  document.addEventListener('visibilitychange', wake);
  const observer = new ResizeObserver(wake);
  for (const { box } of charts) observer.observe(box);

  return {
    wake,
    /** One of them is out of date, by the person's own doing, and is drawn without a rest. @param {number} chart */
    wakeNow(chart) {
      next = 0;
      due[chart] = true;
      schedule();
    },
    stop() {
      document.removeEventListener('visibilitychange', wake);
      observer.disconnect();
      clearTimeout(timer);
    },
  };
}

/** @param {Chart} chart */
const isSeen = ({ box }) => box.clientWidth > 0 && box.clientHeight > 0;

/** Those that can be seen, at once. @param {Chart[]} charts @param {[number, number]} range  of steps */
export function drawNow(charts, range) {
  for (const { draw } of charts.filter(isSeen)) draw(range);
}
