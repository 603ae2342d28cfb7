// @ts-check
// Which tips are over on this device.

const USED = 'tips'; // in localStorage: the keys of their texts

/** @param {string[]} all  keys */
export function recallUsedTips(all) {
  /** @type {Set<string>} */
  let used;
  try {
    used = new Set((localStorage.getItem(USED) ?? '').split(' '));
  } catch {
    used = new Set(all); // rather none than the same ones each time
  }
  return {
    has: (/** @type {string} */ key) => used.has(key),
    add(/** @type {string} */ key) {
      used.add(key);
      try {
        localStorage.setItem(USED, [...used].filter(Boolean).join(' '));
      } catch {
        // storage is full: it is over for as long as the page is open
      }
    },
  };
}
