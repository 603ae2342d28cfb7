// @ts-check
// The subjects looked at one after another, so that one can go back.

const MOST_KEPT = 50; // subjects that can be gone back to

/** @typedef {import('../../wire/messages.js').Subject} Subject */

/** @param {import('../../core/store.js').Store} store */
export function createVisitedSubjects(store) {
  /** @type {Subject[]} */
  let earlier = [];
  let isOwnMove = false; // `inspected` was set from within the inspector

  return {
    get isEmpty() {
      return earlier.length === 0;
    },
    clear() {
      earlier = [];
    },
    /** @param {Subject} subject */
    goTo(subject) {
      const before = store.get('inspected');
      if (before) earlier = [...earlier, before].slice(-MOST_KEPT);
      isOwnMove = true;
      store.set({ inspected: subject, ...sampleFor(subject, before, store.get('explanation')?.batch ?? []) });
    },
    goBack() {
      const subject = earlier.at(-1);
      if (!subject) return;
      earlier = earlier.slice(0, -1);
      isOwnMove = true;
      store.set({ inspected: subject });
    },
    /** `inspected` has changed; what is chosen elsewhere on the page starts anew. @param {boolean} wasOpen */
    arrive(wasOpen) {
      if (!isOwnMove && wasOpen) earlier = [];
      isOwnMove = false;
    },
  };
}

/** From or to a point, the sample of the batch becomes that point. @param {Subject} subject @param {Subject | null} before @param {number[]} batch */
function sampleFor(subject, before, batch) {
  const point = subject.kind === 'point' ? subject : before?.kind === 'point' ? before : null;
  const place = point ? batch.indexOf(point.index) : -1;
  return place >= 0 ? { sample: place } : {};
}
