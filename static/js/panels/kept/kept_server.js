// @ts-check
// The experiments of this browser that the server keeps: what is asked of it, and why something cannot be.

/** @typedef {import('./columns.js').KeptRow} KeptRow */
/** @typedef {{key: string, values: Record<string, any>}} Fault  a sentence */
/** @typedef {{rows: KeptRow[], has_store: boolean, limit: number}} KeptList */
/** @template T @typedef {{said: T, fault: null} | {said: null, fault: Fault}} Answer */

/** @template T @param {string} method @param {string} path @param {any} [body] @returns {Promise<Answer<T>>} */
async function ask(method, path, body) {
  const request = { method, body: body === undefined || body instanceof Blob ? body : JSON.stringify(body) };
  const answer = await fetch(`api/${path}`, request).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (answer?.ok && said) return { said, fault: null };
  return { said: null, fault: said?.code ? { key: `server.${said.code}`, values: said.values } : { key: 'upload.unreachable', values: {} } };
}

export const keptServer = {
  /** @returns {Promise<Answer<KeptList>>} */
  list: () => ask('GET', 'kept'),
  /** The run of a session as it stands. @param {string} session @param {string} name @returns {Promise<Answer<KeptRow>>} */
  keep: (session, name) => ask('POST', `kept?session=${session}`, { name }),
  /** Its run becomes the experiment. @param {string} session @param {string} id @returns {Promise<Answer<{revision: number}>>} */
  open: (session, id) => ask('POST', `kept/${id}/open?session=${session}`),
  /** @param {string} id @param {{name?: string, note?: string}} words @returns {Promise<Answer<KeptRow>>} */
  change: (id, words) => ask('PATCH', `kept/${id}`, words),
  /** @param {string} id @param {string} name @returns {Promise<Answer<KeptRow>>} */
  copy: (id, name) => ask('POST', `kept/${id}/copy`, { name }),
  /** @param {string} id @returns {Promise<Answer<{}>>} */
  remove: (id) => ask('DELETE', `kept/${id}`),
  /** What was removed lately. @param {string} id @returns {Promise<Answer<{}>>} */
  restore: (id) => ask('POST', `kept/${id}/restore`),
  /** @param {File} file @returns {Promise<Answer<KeptRow>>} */
  read: (file) => ask('POST', 'kept/file', file),
  /** Where nothing is kept: the run becomes the experiment of the file. @param {string} session @param {File} file @returns {Promise<Answer<{revision: number, name: string}>>} */
  openFile: (session, file) => ask('POST', `sessions/${session}/experiment`, file),
  /** @param {string} id @returns {Promise<Answer<any>>} */
  picture: (id) => ask('GET', `kept/${id}/picture`),
  /** @param {string} id */
  fileAddress: (id) => `api/kept/${id}/file`,
  /** Of the run as it stands. @param {string} session @param {string} name */
  sessionFileAddress: (session, name) => `api/sessions/${session}/experiment.playground?name=${encodeURIComponent(name)}`,
};
