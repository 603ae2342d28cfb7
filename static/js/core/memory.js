// @ts-check
// What this tab remembers over a reload. Where the browser forbids storage, it remembers until then.

/** @type {Map<string, string>} */
const kept = new Map();

/** @param {string} key @returns {string | null} */
export function recall(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return kept.get(key) ?? null;
  }
}

/** @param {string} key */
export function forget(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    kept.delete(key);
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    kept.set(key, value);
  }
}
