// @ts-check
// Style sheets of parts of the page that are loaded after its first picture.

/** @type {Map<string, Promise<void>>} */
const loading = new Map();

/** Once each; when it resolves, the styles are there. @param {string} address @returns {Promise<void>} */
export function loadStyle(address) {
  const begun = loading.get(address) ?? new Promise((done, failed) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: address, onload: () => done(), onerror: () => (loading.delete(address), failed(new Error(address))) });
    document.head.append(link);
  });
  loading.set(address, begun);
  return begun;
}
