// @ts-check
// Runs something at a limited rate, the newest request surely.

export const NUMBERS_EVERY = 100; // milliseconds: digits that change faster cannot be read

/** @param {number} interval  milliseconds between two runs at least @param {() => void} run */
export function createThrottle(interval, run) {
  let timer = 0;
  let last = 0; // performance.now() of the last run

  function runNow() {
    clearTimeout(timer);
    timer = 0;
    last = performance.now();
    run();
  }

  return {
    /** Without a rest before it. */
    runNow,
    request() {
      const wait = last + interval - performance.now();
      if (wait <= 0) runNow();
      else timer ||= window.setTimeout(runNow, wait);
    },
    /** The next request runs at once. */
    reset: () => (last = 0),
    stop: () => clearTimeout(timer),
  };
}

/**
 * Shows numbers that change with every picture: while it plays as often as they can be read, for each writing makes the browser
 * lay the page out and paint it; at once where it does not play, and where the state changes.
 * @param {import('./store.js').Store} store @param {() => void} show @returns {() => void} undo
 */
export function watchNumbers(store, show) {
  const throttle = createThrottle(NUMBERS_EVERY, show);
  const stops = [
    store.watch(['state'], throttle.runNow),
    store.watch(['frame'], () => (store.get('state')?.playing ? throttle.request : throttle.runNow)()),
    throttle.stop,
  ];
  return () => stops.forEach((stop) => stop());
}
