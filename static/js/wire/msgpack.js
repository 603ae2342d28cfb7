// @ts-check
// MessagePack to JavaScript values, as its specification on GitHub (msgpack/msgpack) has it; decoding only.
// Our own because the page reads one kind of message and a published package is eight modules, encoder and streams
// included. Byte strings come out as views into the message, not copies. Extension types are refused.

const text = new TextDecoder('utf-8', { fatal: true });

/**
 * @param {ArrayBuffer | Uint8Array} message
 * @returns {any} maps as objects, arrays, strings, numbers (64-bit integers too, exact up to 2⁵³), Uint8Array, null, booleans
 * @throws {RangeError | TypeError} for a message cut short, with bytes left over, or with a type it does not know
 */
export function decodeMessagePack(message) {
  const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
  const reader = new Reader(bytes);
  const value = reader.value();
  if (reader.at !== bytes.length) throw new RangeError(`MessagePack: ${bytes.length - reader.at} bytes left over`);
  return value;
}

class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  /** Moves past `count` bytes and returns where they began. @param {number} count */
  take(count) {
    const start = this.at;
    if (start + count > this.bytes.length) throw new RangeError('MessagePack: the message is cut short');
    this.at = start + count;
    return start;
  }

  /** A big-endian count of 1, 2 or 4 bytes. @param {number} size */
  unsigned(size) {
    const at = this.take(size);
    return size === 1 ? this.view.getUint8(at) : size === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  /** @param {number} size @returns {number} */
  signed(size) {
    const at = this.take(size);
    if (size === 8) return Number(this.view.getBigInt64(at));
    return size === 1 ? this.view.getInt8(at) : size === 2 ? this.view.getInt16(at) : this.view.getInt32(at);
  }

  /** @param {number} length */
  binary(length) {
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  /** @param {number} length */
  array(length) {
    const items = [];
    for (let i = 0; i < length; i++) items.push(this.value());
    return items;
  }

  /** @param {number} length */
  map(length) {
    /** @type {Record<string, any>} */
    const entries = Object.create(null);
    for (let i = 0; i < length; i++) {
      const key = this.value();
      entries[key] = this.value();
    }
    return entries;
  }

  /** @returns {any} */
  value() {
    const type = this.unsigned(1);
    if (type < 0x80) return type;
    if (type < 0x90) return this.map(type & 0x0f);
    if (type < 0xa0) return this.array(type & 0x0f);
    if (type < 0xc0) return text.decode(this.binary(type & 0x1f));
    if (type >= 0xe0) return type - 0x100;
    switch (type) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: case 0xc5: case 0xc6: return this.binary(this.unsigned(1 << (type - 0xc4)));
      case 0xca: return this.view.getFloat32(this.take(4));
      case 0xcb: return this.view.getFloat64(this.take(8));
      case 0xcc: case 0xcd: case 0xce: return this.unsigned(1 << (type - 0xcc));
      case 0xcf: return Number(this.view.getBigUint64(this.take(8)));
      case 0xd0: case 0xd1: case 0xd2: case 0xd3: return this.signed(1 << (type - 0xd0));
      case 0xd9: case 0xda: case 0xdb: return text.decode(this.binary(this.unsigned(1 << (type - 0xd9))));
      case 0xdc: case 0xdd: return this.array(this.unsigned(2 << (type - 0xdc)));
      case 0xde: case 0xdf: return this.map(this.unsigned(2 << (type - 0xde)));
      default: throw new TypeError(`MessagePack: type 0x${type.toString(16)} is not one this page reads`);
    }
  }
}
