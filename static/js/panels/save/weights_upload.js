// @ts-check
// Sends a file of weights to the server, for the network that is on the page.

const MEGABYTE = 1 << 20;

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {{key: string, values: Record<string, any>, text?: string}} Fault  why the file was not taken */

/** @param {File} file @param {Store} store @returns {Promise<Fault | null>} null: it is taken */
export async function sendWeights(file, store) {
  const most = store.get('choices')?.model_bytes ?? Infinity;
  if (file.size > most) return { key: 'save.too_large', values: { size: (file.size / MEGABYTE).toFixed(1), most: Number((most / MEGABYTE).toPrecision(2)) } };
  const request = { method: 'POST', body: file, headers: { 'content-type': 'application/octet-stream' } };
  const answer = await fetch(`api/sessions/${store.get('state')?.session}/model`, request).catch(() => null);
  const body = await answer?.json().catch(() => null);
  if (answer?.ok) return null;
  return body?.code ? { key: `server.${body.code}`, values: body.values, text: body.message } : { key: 'upload.unreachable', values: {} };
}
