// @ts-check
// A whole experiment in the address: after # come the fields that differ from the default Spec, its pace, bug and engine,
// as in #dataset=spiral&hidden=8,8:relu,8&learning_rate=0.1&steps_per_second=30 or #dataset=own&own_points=1,2,0;-1,0.5,1

import { readLayers, writeLayers } from './layers.js';

/** @typedef {import('../core/schema.js').Field} Field */

/** Fields with a notation of their own. @type {Record<string, {write: (value: any) => string, read: (text: string) => any}>} */
const NOTATIONS = {
  own_units: {
    write: (/** @type {number[][]} */ units) => units.map((unit) => unit.join(',')).join(';'),
    read: (text) => readNumbers(text, 2),
  },
  own_names: {
    write: (/** @type {string[]} */ names) => names.map(encodeURIComponent).join(','),
    read: (text) => (text === '' ? [] : text.split(',').map(decodeURIComponent)),
  },
  hidden: { write: writeLayers, read: readLayers },
  own_points: {
    write: (/** @type {number[][]} */ points) => points.map((point) => point.join(',')).join(';'),
    read: (text) => readNumbers(text, 3),
  },
};

/** @param {string} text @param {number} size  of each group of numbers */
function readNumbers(text, size) {
  const groups = text === '' ? [] : text.split(';').map((group) => group.split(',').map(readNumber));
  if (groups.some((group) => group.length !== size)) throw new RangeError(text);
  return groups;
}

/** @param {string} text */
function readNumber(text) {
  if (text.trim() === '' || !Number.isFinite(Number(text))) throw new RangeError(text);
  return Number(text);
}

/** @param {string} name @param {any} value */
function format(name, value) {
  if (value === null) return '';
  return NOTATIONS[name]?.write(value) ?? (Array.isArray(value) ? value.join(',') : String(value));
}

/**
 * @param {Record<string, any>} spec
 * @param {Record<string, Field>} fields
 */
export function toAddress(spec, fields) {
  return Object.entries(spec)
    .filter(([name, value]) => name in fields && format(name, value) !== format(name, fields[name].default))
    .map(([name, value]) => `${name}=${encodeURIComponent(format(name, value)).replace(/%2C|%3A|%3B/g, decodeURIComponent)}`)
    .join('&');
}

/**
 * @param {string} name
 * @param {string} text
 * @param {Field} field
 */
function parse(name, text, field) {
  if (NOTATIONS[name]) return NOTATIONS[name].read(text);
  if (field.kind === 'list') return text === '' ? [] : text.split(',');
  if (text === '' && field.optional) return null;
  if (field.kind === 'choice') return text;
  if (field.kind === 'switch') {
    if (text !== 'true' && text !== 'false') throw new RangeError(text);
    return text === 'true';
  }
  return readNumber(text);
}

/**
 * The whole Spec an address asks for; null where it asks for none. Throws RangeError naming the part that cannot be read;
 * whether a value is allowed is the server's to say.
 * @param {string} hash  with or without its #
 * @param {Record<string, Field>} fields
 * @returns {Record<string, any> | null}
 */
export function fromAddress(hash, fields) {
  const parts = [...new URLSearchParams(hash.replace(/^#/, ''))];
  if (!parts.length) return null;
  const spec = defaultsOf(fields);
  for (const [name, text] of parts) {
    if (!Object.hasOwn(fields, name)) throw new RangeError(name);
    spec[name] = readPart(name, text, () => parse(name, text, fields[name]));
  }
  return spec;
}

/** @param {Record<string, Field>} fields @returns {Record<string, any>} */
export const defaultsOf = (fields) => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));

const MOST_SHOWN = 60; // characters of a part that cannot be read

/** @param {string} name @param {string} text @param {() => any} read */
function readPart(name, text, read) {
  try {
    return read();
  } catch {
    throw new RangeError(`${name}=${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text}`);
  }
}

// What goes with a Spec

/** @typedef {import('./fresh_start.js').SetUp} SetUp */

/** @type {Record<string, (text: string) => any>} */
const BESIDE = { steps_per_second: (text) => (text === '' ? null : readNumber(text)), bug: (text) => text || null, engine: (text) => text || null };

/** @typedef {{steps_per_second: number | null, engine: string}} Usual */

/** The parts that are to be written. @param {Record<string, any>} spec @param {Record<string, Field>} fields @param {Usual & {bug: string | null}} beside @param {Usual} usual */
export function toWholeAddress(spec, fields, { steps_per_second: pace, bug, engine }, usual) {
  const parts = [
    toAddress(spec, fields),
    pace === usual.steps_per_second ? '' : `steps_per_second=${pace ?? ''}`,
    bug ? `bug=${bug}` : '',
    engine === usual.engine ? '' : `engine=${engine}`,
  ];
  return parts.filter(Boolean).join('&');
}

/** As `fromAddress`, with what goes with the Spec. @param {string} hash @param {Record<string, Field>} fields @returns {SetUp | null} */
export function fromWholeAddress(hash, fields) {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const found = Object.keys(BESIDE).filter((name) => parts.has(name));
  const beside = Object.fromEntries(found.map((name) => [name, readPart(name, parts.get(name) ?? '', () => BESIDE[name](parts.get(name) ?? ''))]));
  for (const name of found) parts.delete(name);
  const spec = fromAddress(String(parts), fields) ?? (found.length ? defaultsOf(fields) : null);
  return spec && { spec, ...beside };
}
