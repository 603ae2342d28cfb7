// @ts-check
// A whole set-up in the address: after # stand the fields that differ from the default Spec,
// as in #dataset=spiral&hidden=8,8:relu,8&learning_rate=0.1

/** @typedef {import('./schema.js').Field} Field */

/** @param {any} value */
function written(value) {
  if (value === null) return '';
  if (!Array.isArray(value)) return String(value);
  return value.map((item) => (typeof item === 'object' ? (item.activation ? `${item.width}:${item.activation}` : item.width) : item)).join(',');
}

/**
 * @param {Record<string, any>} spec
 * @param {Record<string, Field>} fields
 */
export function toAddress(spec, fields) {
  return Object.entries(spec)
    .filter(([name, value]) => name in fields && written(value) !== written(fields[name].default))
    .map(([name, value]) => `${name}=${encodeURIComponent(written(value)).replaceAll('%2C', ',').replaceAll('%3A', ':')}`)
    .join('&');
}

/**
 * @param {string} text
 * @param {any} example  the field's default, which tells its kind
 * @param {Field} field
 */
function read(text, example, field) {
  if (Array.isArray(example)) {
    const items = text === '' ? [] : text.split(',');
    if (typeof example[0] !== 'object') return items;
    return items.map((item) => {
      const [width, activation] = item.split(':');
      if (!/^\d+$/.test(width)) throw new RangeError(text);
      return { width: Number(width), activation: activation ?? null };
    });
  }
  if (field.options.length) return text;
  if (text === '' && field.optional) return null;
  if (text.trim() === '' || !Number.isFinite(Number(text))) throw new RangeError(text);
  return Number(text);
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
  const spec = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));
  for (const [name, text] of parts) {
    if (!Object.hasOwn(fields, name)) throw new RangeError(name);
    try {
      spec[name] = read(text, fields[name].default, fields[name]);
    } catch {
      throw new RangeError(`${name}=${text}`);
    }
  }
  return spec;
}
