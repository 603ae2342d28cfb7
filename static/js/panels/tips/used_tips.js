// @ts-check
// Which tips are over on this device.

const USED = 'tips'; // in localStorage: their names

/** @param {string[]} all  names */
export function recallUsedTips(all) {
  /** @type {Set<string>} */
  let used;
  try {
    used = new Set((localStorage.getItem(USED) ?? '').split(' '));
  } catch {
    used = new Set(all); // rather none than the same ones each time
  }
  return {
    has: (/** @type {string} */ name) => used.has(name),
    add(/** @type {string} */ name) {
      used.add(name);
      try {
        localStorage.setItem(USED, [...used].filter(Boolean).join(' '));
      } catch {
        // storage is full: it is over for as long as the page is open
      }
    },
  };
}
