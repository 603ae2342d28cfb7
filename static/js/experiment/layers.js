// @ts-check
// Hidden layers as short text, typed by a person or in an address: 8,8:relu,4:gelu:bn:d0.2:res

/** @typedef {import('../wire/messages.js').Layer} Layer */

const [NORM, RESIDUAL] = ['bn', 'res'];

/** @param {Layer} layer */
function writeLayer({ width, activation, dropout, batch_norm: norm, residual }) {
  return [width, activation, norm && NORM, dropout && `d${dropout}`, residual && RESIDUAL].filter(Boolean).join(':');
}

/** @param {Layer[]} layers */
export const writeLayers = (layers) => layers.map(writeLayer).join(',');

/** @param {string} text @returns {Layer} */
function readLayer(text) {
  const [width, ...parts] = text.trim().split(':');
  if (!/^\d+$/.test(width)) throw new RangeError(text);
  /** @type {Layer} */
  const layer = { width: Number(width), activation: null, dropout: 0, batch_norm: false, residual: false };
  for (const part of parts) {
    if (part === NORM) layer.batch_norm = true;
    else if (part === RESIDUAL) layer.residual = true;
    else if (/^d[\d.]+$/.test(part)) layer.dropout = Number(part.slice(1));
    else if (/^[a-z_]+$/.test(part) && layer.activation === null) layer.activation = part;
    else throw new RangeError(text);
  }
  if (Number.isNaN(layer.dropout)) throw new RangeError(text);
  return layer;
}

/**
 * Throws RangeError with the layer that cannot be read; whether its values are allowed is the server's to say.
 * @param {string} text
 */
export const readLayers = (text) => (text.trim() === '' ? [] : text.split(',').map(readLayer));
