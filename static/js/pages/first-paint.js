// Before anything is painted: the theme and profile asked for by the address or remembered, so that nothing flashes.
// A classic script, because modules run after the first paint. panels/top/appearance.js does the rest.
(() => {
  const asked = new URLSearchParams(location.search);
  const read = (/** @type {string} */ key) => {
    try {
      return asked.get(key) ?? localStorage.getItem(key);
    } catch {
      return asked.get(key); // storage is switched off
    }
  };
  document.documentElement.classList.toggle('dark', read('theme') === 'dark');
  document.documentElement.classList.toggle('projector', read('profile') === 'projector');
})();
