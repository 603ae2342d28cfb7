// @ts-check
// Children that are kept while they are asked for again, so that focus and an open list survive a new arrangement.

/** @param {HTMLElement} root */
export function keyed(root) {
  /** @type {Map<string, HTMLElement>} */
  const kept = new Map();
  /** @type {Set<string>} */
  let asked = new Set();
  return {
    begin: () => (asked = new Set()),
    /** @template {HTMLElement} T @param {string} key @param {() => T} make @returns {T} */
    get(key, make) {
      asked.add(key);
      let child = kept.get(key);
      if (!child) {
        child = make();
        kept.set(key, child);
        root.append(child);
      }
      return /** @type {T} */ (child);
    },
    end() {
      for (const [key, child] of kept) {
        if (asked.has(key)) continue;
        child.remove();
        kept.delete(key);
      }
    },
  };
}
