// @ts-check
// Children of an element by key. A child asked for again is kept, with its focus and its open list; one that is not is
// removed. The children are in the order they were asked for, which is the order of the Tab key.

/** @param {HTMLElement} root */
export function keyedChildren(root) {
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
      }
      return /** @type {T} */ (child);
    },
    end() {
      for (const [key, child] of kept) {
        if (asked.has(key)) continue;
        child.remove();
        kept.delete(key);
      }
      const children = new Set(kept.values());
      let place = [...root.children].find((child) => children.has(/** @type {HTMLElement} */ (child))) ?? null;
      for (const key of asked) {
        const child = /** @type {HTMLElement} */ (kept.get(key));
        if (child === place) place = place.nextElementSibling;
        else root.insertBefore(child, place); // children in their place are not moved: moving one takes its focus away
      }
    },
  };
}
