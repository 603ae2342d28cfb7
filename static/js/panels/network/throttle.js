// @ts-check
// Runs something at a limited rate, the newest request surely.

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
