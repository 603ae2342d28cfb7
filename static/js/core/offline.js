// @ts-check
// The browser keeps the page's files where it offers that: on this machine and over HTTPS (pages/service_worker.js).

const VERSION = /\/static\/(\w{12})\//.exec(import.meta.url)?.[1] ?? '';

/** To be called once the page has loaded all its parts. */
export async function keepForOffline() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  await serviceWorker.register(`service_worker.js?version=${VERSION}`);
  const { active } = await serviceWorker.ready;
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\/(static|vendor)\//.test(name));
  active?.postMessage({ keep: [new URL('./', document.baseURI).href, ...loaded] });
}
