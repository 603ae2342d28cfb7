// @ts-check
// Theme, language and projector profile: first as pages/first-paint.js has found them, then as they are chosen.

import { t, translate, useLanguage } from '../../core/i18n.js';

/** Remembers a choice, and takes what the address asked for out of it. @param {string} key @param {string} value */
function remember(key, value) {
  const address = new URL(location.href);
  address.searchParams.delete(key === 'language' ? 'lang' : key);
  history.replaceState(null, '', address);
  try {
    localStorage.setItem(key, value);
  } catch {
    // storage is switched off: the choice lasts as long as the page
  }
}

/** What the page starts with. @returns {import('../../core/state.js').Appearance} */
export function preferred() {
  const { classList, dataset } = document.documentElement;
  return {
    theme: classList.contains('dark') ? 'dark' : 'light',
    language: dataset.language ?? 'en',
    profile: classList.contains('projector') ? 'projector' : 'desk',
  };
}

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store<import('../../core/state.js').Appearance>} store
 */
export function mountAppearance(root, store) {
  const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-testid=${id}]`));
  const [language, theme, projector] = [button('language'), button('theme'), button('projector')];
  const page = document.documentElement;

  /** @param {string} key @param {string} value */
  function choose(key, value) {
    remember(key, value);
    store.set({ [key]: value });
  }
  theme.onclick = () => choose('theme', store.get('theme') === 'dark' ? 'light' : 'dark');
  projector.onclick = () => choose('profile', store.get('profile') === 'projector' ? 'desk' : 'projector');
  language.onclick = async () => {
    const next = store.get('language') === 'zh' ? 'en' : 'zh';
    await useLanguage(next);
    choose('language', next);
  };

  function show() {
    const dark = store.get('theme') === 'dark';
    page.classList.toggle('dark', dark);
    theme.setAttribute('aria-pressed', String(dark));
    const large = store.get('profile') === 'projector';
    page.classList.toggle('projector', large);
    projector.setAttribute('aria-pressed', String(large));
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', getComputedStyle(page).getPropertyValue('--page').trim());
  }

  function showLanguage() {
    const now = store.get('language');
    page.lang = now === 'zh' ? 'zh-Hans' : 'en';
    document.title = t('title');
    // The button names the other language, in that language.
    language.textContent = now === 'zh' ? 'EN' : '中文';
    language.lang = now === 'zh' ? 'en' : 'zh-Hans';
    language.setAttribute('aria-label', now === 'zh' ? 'English' : '中文');
    translate(document);
  }

  show();
  showLanguage();
  const stops = [store.watch(['theme', 'profile'], show), store.watch(['language'], showLanguage)];
  return () => stops.forEach((stop) => stop());
}
