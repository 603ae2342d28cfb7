// Before anything is painted: the theme, the profile, the language and the controls to hide asked for by the address or remembered, so that nothing
// flashes and the words are on their way. A classic script, because modules run after the first paint; what it finds is
// read by panels/top/appearance.js, which does the rest.
(() => {
  const asked = new URLSearchParams(location.search);
  /** What is asked for, else what is remembered; where it is one of those offered (experiment/ignored_query.js says what is none). @param {string} key @param {string[]} offered @param {string} [parameter] */
  const read = (key, offered, parameter = key) => {
    const wish = asked.get(parameter) ?? '';
    if (offered.includes(wish)) return wish;
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off
    }
  };
  const page = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  page.classList.toggle('dark', (read('theme', ['light', 'dark']) ?? system) === 'dark');
  page.classList.toggle('projector', read('profile', ['desk', 'projector']) === 'projector');
  const language = read('language', ['en', 'zh'], 'lang') ?? '';
  page.dataset.language = ['en', 'zh'].includes(language) ? language : navigator.language.startsWith('zh') ? 'zh' : 'en';

  page.dataset.letterKeys = read('letter-keys', []) ?? 'on';

  // ?hide=presets,save: controls by their data-testid, with the name that stands at them
  const hidden = (asked.get('hide') ?? '').split(',').filter((name) => /^[a-z][\w-]*$/.test(name));
  page.dataset.hidden = hidden.join(' '); // their keys are off, too
  if (hidden.length) {
    const style = new CSSStyleSheet();
    for (const control of hidden.map((name) => `[data-testid="${name}"]`)) style.insertRule(`:is(${control}, :is(.knob, .slider):has(${control})) { display: none !important; }`);
    document.adoptedStyleSheets = [style];
  }

  const words = document.createElement('link');
  Object.assign(words, { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous' });
  const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
  words.href = new URL(`../../i18n/${page.dataset.language}.json`, src).href;
  document.head.append(words);
})();
