// @ts-check
// What the page knows, by key; views watch the keys they show. Holds values, not rules: session.js decides what enters.

/**
 * @typedef {object} Store
 * @property {(key: string) => any} get
 * @property {(values: Record<string, any>) => void} set  a value identical to the old one is no change
 * @property {(keys: string[], run: (store: Store) => void) => () => void} watch  run once per batch of changes; gives its undo
 */

/**
 * @param {Record<string, any>} values  what it starts with
 * @returns {Store}
 */
export function createStore(values) {
  const held = new Map(Object.entries(values));
  /** @type {Set<{keys: string[], run: (store: Store) => void}>} */
  const watchers = new Set();
  /** @type {Set<string>} */
  let changed = new Set();

  function tell() {
    const batch = changed;
    changed = new Set();
    for (const watcher of [...watchers]) {
      if (watchers.has(watcher) && watcher.keys.some((key) => batch.has(key))) watcher.run(store);
    }
  }

  /** @type {Store} */
  const store = {
    get: (key) => held.get(key),
    set(next) {
      for (const [key, value] of Object.entries(next)) {
        if (Object.is(held.get(key), value)) continue;
        held.set(key, value);
        if (changed.size === 0) queueMicrotask(tell);
        changed.add(key);
      }
    },
    watch(keys, run) {
      const watcher = { keys, run };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
  return store;
}
