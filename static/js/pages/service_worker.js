// @ts-check
// Keeps the page's files in the browser, so that a reload while the server is away shows the page, which says so and goes on
// when the server is back. While the server answers, the page itself always comes from it.

const worker = /** @type {any} */ (self); // TypeScript's names for a page are not those of a worker
/** @type {string} */
const scope = worker.registration.scope; // ends in /, under whatever path a proxy serves it
const OURS = `playground ${scope} `;
const CACHE = OURS + new URL(location.href).searchParams.get('version');
const PAGES = ['', 'graph'];
const FILES = ['static/', 'vendor/'];

worker.addEventListener('install', () => worker.skipWaiting());

worker.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil((async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
  await worker.clients.claim();
})()));

worker.addEventListener('message', (/** @type {any} */ event) => event.waitUntil(keepAll(event.data.keep)));

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  /** @type {Request} */
  const request = event.request;
  const path = pathOf(request.url);
  if (request.method !== 'GET' || path === null) return;
  if (PAGES.includes(path)) event.respondWith(fromServer(request, path));
  else if (FILES.some((folder) => path.startsWith(folder))) event.respondWith(fromCache(request));
});

/** Below the playground's own path; null: it is none of ours. @param {string} url */
const pathOf = (url) => (url.startsWith(scope) ? url.slice(scope.length).split(/[?#]/)[0] : null);

/** A page, whatever its address asks for; kept only as the server gives it to whoever may see it. @param {Request} request @param {string} path */
async function fromServer(request, path) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.status === 200) await cache.put(scope + path, answer.clone());
    return answer;
  } catch (fault) {
    const kept = await cache.match(scope + path, { ignoreVary: true });
    if (kept) return kept;
    throw fault;
  }
}

/** A file whose address names its content never changes. @param {Request} request */
async function fromCache(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200 && (answer.headers.get('cache-control') ?? '').includes('immutable')) await cache.put(request, answer.clone());
  return answer;
}

/** What the page has loaded before it had a worker; nearly all of it is in the browser's own cache. @param {string[]} urls */
async function keepAll(urls) {
  const cache = await caches.open(CACHE);
  for (const url of urls) {
    const path = pathOf(url);
    if (path === null || await cache.match(url, { ignoreVary: true })) continue;
    const request = new Request(url);
    await (PAGES.includes(path) ? fromServer(request, path) : fromCache(request)).catch(() => {}); // the next page that opens tries again
  }
}
