// @ts-check
// The experiments of this browser that the server keeps: what is asked of it, and why something cannot be.

/** @typedef {import('./columns.js').KeptRow} KeptRow */
/** @typedef {{key: string, values: Record<string, any>}} Fault  a sentence */
/** @typedef {{rows: KeptRow[], recent: KeptRow[], has_store: boolean, limit: number}} KeptList  recent: runs of this tab that ended or were replaced */
/** @typedef {Pick<KeptRow, 'id' | 'tab'>} Named */
/** @template T @typedef {{said: T, fault: null} | {said: null, fault: Fault}} Answer */

/** @template T @param {string} method @param {string} path @param {any} [body] @returns {Promise<Answer<T>>} */
async function ask(method, path, body) {
  const request = { method, body: body === undefined || body instanceof Blob ? body : JSON.stringify(body) };
  const answer = await fetch(`api/${path}`, request).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (answer?.ok && said) return { said, fault: null };
  return { said: null, fault: said?.code ? { key: `server.${said.code}`, values: said.values } : { key: 'upload.unreachable', values: {} } };
}

/** @param {Named} row @param {string} deed */
const placeOf = ({ id, tab }, deed) => `kept/${id}/${deed}?${tab ? `tab=${tab}&` : ''}`;

export const keptServer = {
  /** @param {string} session @returns {Promise<Answer<KeptList>>} */
  list: (session) => ask('GET', `kept?tab=${session}`),
  /** The run of a session as it stands. @param {string} session @param {string} name @returns {Promise<Answer<KeptRow>>} */
  keep: (session, name) => ask('POST', `kept?session=${session}`, { name }),
  /** Its run becomes the experiment. @param {string} session @param {Named} row @returns {Promise<Answer<{revision: number}>>} */
  open: (session, row) => ask('POST', `${placeOf(row, 'open')}session=${session}`),
  /** @param {string} id @param {{name?: string, note?: string}} words @returns {Promise<Answer<KeptRow>>} */
  change: (id, words) => ask('PATCH', `kept/${id}`, words),
  /** One more, which is kept. @param {Named} row @param {string} name @returns {Promise<Answer<KeptRow>>} */
  copy: (row, name) => ask('POST', placeOf(row, 'copy'), { name }),
  /** @param {string} id @returns {Promise<Answer<{}>>} */
  remove: (id) => ask('DELETE', `kept/${id}`),
  /** What was removed lately. @param {string} id @returns {Promise<Answer<{}>>} */
  restore: (id) => ask('POST', `kept/${id}/restore`),
  /** @param {File} file @returns {Promise<Answer<KeptRow>>} */
  read: (file) => ask('POST', 'kept/file', file),
  /** Where nothing is kept: the run becomes the experiment of the file. @param {string} session @param {File} file @returns {Promise<Answer<{revision: number, name: string}>>} */
  openFile: (session, file) => ask('POST', `sessions/${session}/experiment`, file),
  /** @param {Named} row @returns {Promise<Answer<any>>} */
  picture: (row) => ask('GET', placeOf(row, 'picture')),
  /** @param {Named} row */
  fileAddress: (row) => `api/${placeOf(row, 'file')}`,
  /** Of the run as it stands. @param {string} session @param {string} name */
  sessionFileAddress: (session, name) => `api/sessions/${session}/experiment.playground?name=${encodeURIComponent(name)}`,
};
