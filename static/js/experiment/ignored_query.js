// @ts-check
// What an address asks for after its ? and cannot have: a look or a language that is not there, or controls to hide that are none.
// pages/first-paint.js has followed the rest.

/** @type {[string, string[]][]} as pages/first-paint.js reads them */
const OFFERED = [['lang', ['en', 'zh']], ['profile', ['desk', 'projector']], ['theme', ['light', 'dark']]];

/**
 * @param {string} search  of the address
 * @param {(testid: string) => boolean} exists  whether the page has that control
 * @returns {string[]} the parts that were ignored, as they are written
 */
export function ignoredQuery(search, exists) {
  const asked = new URLSearchParams(search);
  const hidden = (asked.get('hide') ?? '').split(',').filter(Boolean);
  const unknown = hidden.filter((name) => !/^[a-z][\w-]*$/.test(name) || !exists(name)).map((name) => name.slice(0, 40));
  return [
    ...OFFERED.filter(([name, values]) => asked.has(name) && !values.includes(asked.get(name) ?? '')).map(([name]) => `${name}=${asked.get(name)?.slice(0, 40)}`),
    ...(unknown.length ? [`hide=${unknown.slice(0, 5).join(',')}${unknown.length > 5 ? ',…' : ''}`] : []),
  ];
}
