// @ts-check
// Questions about the weights of now, asked again while the run trains: the next one when the last is answered and the run
// has gone on, and no more than ten a second.

const BETWEEN = 100; // ms

/**
 * @param {import('./store.js').Store} store
 * @param {'landscape' | 'curvature'} kind  the key of its answers
 * @param {() => unknown} ask
 */
export function createQuestions(store, kind, ask) {
  let visible = false;
  let waiting = false;
  let due = true; // whether something else than a new step wants a new answer
  let asked = 0;
  let timer = 0;

  function next() {
    clearTimeout(timer);
    if (!visible || waiting || document.hidden || store.get('connection') !== 'open') return;
    const answer = store.get(kind);
    const frame = store.get('frame');
    if (!due && answer && frame && answer.step === frame.step && answer.revision === frame.revision) return;
    const rest = asked + BETWEEN - performance.now();
    if (rest > 0) {
      timer = window.setTimeout(next, rest);
      return;
    }
    asked = performance.now();
    waiting = true;
    due = false;
    ask();
  }

  /** The same question, once the last one has been answered. */
  function renew() {
    due = true;
    next();
  }

  /** What was asked may have been refused, and needs no answer any more. */
  function again() {
    due = true;
    waiting = false;
    next();
  }

  store.watch([kind], () => {
    waiting = false;
    next();
  });
  store.watch(['frame', 'timeline'], next);
  store.watch(['connection', 'began'], again);
  return {
    begin() {
      if (visible) return;
      visible = true;
      again();
    },
    end() {
      visible = false;
    },
    again,
    renew,
  };
}
