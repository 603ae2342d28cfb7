// @ts-check
// Words and numbers in the reader's language. Texts are in static/i18n/LANGUAGE.json, flat, the same keys in each; those of a part
// of the page that comes later are in a folder of its name.

import { scientific } from '../draw/base/numbers.js';

/** @type {Record<string, Record<string, string>>} */
const texts = {};
let current = 'en';
/** Folders of texts in use; '' is those of the whole page. @type {Set<string>} */
const folders = new Set(['']);
/** @type {Record<string, Promise<void>>} */
const loads = {};

/** Once each. @param {string} folder  with its / @param {string} language */
const load = (folder, language) => (loads[folder + language] ??= fetch(new URL(`../../i18n/${folder}${language}.json`, import.meta.url))
  .then((answer) => answer.json())
  .then((more) => { texts[language] = { ...texts[language], ...more }; })
  .catch((fault) => {
    delete loads[folder + language]; // it is tried anew when it is asked for again
    throw fault;
  }));

/**
 * Loads a language once and makes it the one `t` speaks.
 * @param {string} language
 */
export async function useLanguage(language) {
  await Promise.all([...folders].map((folder) => load(folder, language)));
  current = language;
}

/** Texts of a part of the page, from now on in each language. @param {string} folder  as graph/ */
export function useTexts(folder) {
  folders.add(folder);
  return load(folder, current);
}

/** @type {Record<string, Intl.PluralRules>} */
const plurals = {};
const pluralRules = () => (plurals[current] ??= new Intl.PluralRules(current));

/** @param {string} key */
export const hasText = (key) => texts[current]?.[key] !== undefined;

/**
 * The text of a key with {name} filled in; the key itself where there is none. {count:# step|# steps} is the form that goes
 * with the number `count`, one for each plural category of the language, # the number itself. Numbers given as such are written
 * in the language's way.
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const text = texts[current]?.[key] ?? key;
  return text.replace(/\{(\w+)(?::([^{}]*))?\}/g, (whole, name, forms) => {
    const value = values[name];
    if (value === undefined || value === null) return whole;
    if (forms !== undefined) return pluralForm(Number(value), forms.split('|')).replaceAll('#', asText(value));
    return Array.isArray(value) ? value.map(asText).join(t('list.comma')) : asText(value);
  });
}

/** @param {unknown} value */
const asText = (value) => (typeof value === 'number' ? formatNumber(value) : String(value));

/** @param {number} count @param {string[]} forms  in the order of the language's plural categories, as one and other */
function pluralForm(count, forms) {
  const rules = pluralRules();
  return forms[rules.resolvedOptions().pluralCategories.indexOf(rules.select(count))] ?? forms[forms.length - 1];
}

/**
 * Fills data-t (text), data-t-title (tooltip), data-t-label (name for screen readers) and data-t-placeholder under a root.
 * @param {ParentNode} root
 */
export function translate(root) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-t], [data-t-title], [data-t-label], [data-t-placeholder]'))) {
    const { t: text, tTitle, tLabel, tPlaceholder } = element.dataset;
    if (text) element.textContent = t(text);
    if (tTitle) element.title = t(tTitle);
    if (tLabel) element.setAttribute('aria-label', t(tLabel));
    if (tPlaceholder) element.setAttribute('placeholder', t(tPlaceholder));
  }
}

const SHORT = new Intl.NumberFormat('en', { notation: 'compact', minimumSignificantDigits: 3, maximumSignificantDigits: 3 }); // as 12.3K in each language: 万 is too wide for a reading
/** @type {Record<string, {plain: Intl.NumberFormat, whole: Intl.NumberFormat}>} */
const formats = {};
const numberFormats = () => (formats[current] ??= {
  plain: new Intl.NumberFormat(current, { maximumSignificantDigits: 15 }),
  whole: new Intl.NumberFormat(current, { maximumFractionDigits: 0 }),
});

/** With all its digits: 5,350; 0.00001. @param {number} value */
export const formatNumber = (value) => (Number.isFinite(value) ? numberFormats().plain.format(value).replace('-', '−') : scientific(value));

/**
 * 5,350; from `limit` on in short, 12.3K, so that it keeps within a fixed width.
 * @param {number} value
 * @param {number} [limit]
 */
export const formatCount = (value, limit = 1e6) => (Math.abs(value) < limit ? numberFormats().whole : SHORT).format(value);

/**
 * A loss, short: 0.038, 0.0038, 3.8·10⁻⁴, 12.35, 4.1·10⁷.
 * @param {number} value
 */
export function formatLoss(value) {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : '∞';
  if (size === 0) return '0.000';
  if (size < 0.001 || size >= 99999.5) return scientific(value);
  if (size < 0.00995) return value.toFixed(4);
  if (size < 9.9995) return value.toFixed(3);
  if (size < 99.995) return value.toFixed(2);
  return size < 999.95 ? value.toFixed(1) : value.toFixed(0);
}

/** A difference that may be rounding: 0, 3.1·10⁻⁸, 0.021. @param {number} size */
export const formatDifference = (size) => (size === 0 ? '0' : size < 0.001 ? scientific(size) : formatLoss(size));

/** 0.984 → 98.4%. @param {number} part @param {number} [digits] after the point */
export const formatPercent = (part, digits = 1) => `${(part * 100).toFixed(digits)}%`;

/** What a number may be, as a sentence. @param {{minimum?: number, above?: number, maximum?: number}} bounds */
export function formatRange({ minimum, above, maximum }) {
  if (maximum === undefined) return t('settings.range_from', { minimum });
  return t(above === undefined ? 'settings.range' : 'settings.range_above', { minimum: minimum ?? above, maximum });
}
