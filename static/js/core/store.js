// @ts-check
// A page's state by key, and who is told when a key changes. Which keys there are says the state's own type (state.js);
// what may enter them is session.js's to say.

/**
 * @template {object} [State=import('./state.js').PageState]
 * @typedef {object} Store
 * @property {<Key extends keyof State>(key: Key) => State[Key]} get
 * @property {(values: Partial<State>) => void} set  a value identical to the old one is no change
 * @property {(keys: readonly (keyof State)[], run: () => void) => () => void} watch  run once per batch of changes; gives its undo
 */

/**
 * @template {object} State
 * @param {State} values  what it starts with
 * @returns {Store<State>}
 */
export function createStore(values) {
  const held = { ...values };
  /** @type {Set<{keys: readonly (keyof State)[], run: () => void}>} */
  const watchers = new Set();
  /** @type {Set<keyof State>} */
  let changed = new Set();

  function notify() {
    const batch = changed;
    changed = new Set();
    for (const watcher of [...watchers]) {
      if (watchers.has(watcher) && watcher.keys.some((key) => batch.has(key))) tell(watcher.run);
    }
  }

  /** One that fails keeps no other from being told. @param {() => void} run */
  function tell(run) {
    try {
      run();
    } catch (fault) {
      console.error(fault);
    }
  }

  /** @template {keyof State} Key @param {Key} key @param {State[Key]} value */
  function put(key, value) {
    if (Object.is(held[key], value)) return;
    held[key] = value;
    if (changed.size === 0) queueMicrotask(notify);
    changed.add(key);
  }

  return {
    get: (key) => held[key],
    set(values) {
      for (const key of /** @type {(keyof State)[]} */ (Object.keys(values))) put(key, /** @type {State[typeof key]} */ (values[key]));
    },
    watch(keys, run) {
      const watcher = { keys, run };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}
