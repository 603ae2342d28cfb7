// @ts-check
// Frame bytes to numbers: the browser's half of app/wire/frames.py, where the bytes are described.

const VERSION = 3;
const HEADER_BYTES = 96;
const DRAWN = 1; // the first number of that command

/** The command `drawn` in binary. @param {number} frame */
export const drawnCommand = (frame) => new Uint32Array([DRAWN, frame]);

/** @typedef {{side: number, scale: number, values: Float32Array}} Grid  values row by row: row 0 is the top (the largest x2), column 0 the left (the least x1); scale = max |value| */
/** @typedef {Record<string, Float32Array>} Tensors  by PyTorch name: "layers.0.weight" (out·in, row by row), "layers.0.bias" (out), … */
/** @typedef {{side: number, winners: Uint8Array, strength: Uint8Array}} Classes  which class wins a cell, and what speaks for it: 255 = all */
/** @typedef {Grid & {layer: number, neuron: number}} Focus */
/**
 * What a frame says of a run in single numbers.
 * @typedef {object} Readings
 * @property {number} revision
 * @property {number} frame
 * @property {number} step
 * @property {number} epoch
 * @property {number} samples  sent forward in order to learn
 * @property {number} steps_per_second
 * @property {number} learning_rate  of the next step, its schedule counted in
 * @property {number} train_loss
 * @property {number} test_loss
 * @property {number | null} epoch_loss  of the last finished epoch, as its batches saw it
 * @property {number | null} train_accuracy
 * @property {number | null} test_accuracy
 * @property {number} penalty
 * @property {string | null} stopped  the stop rule that ended the run
 */
/**
 * @typedef {object} Contents
 * @property {number[]} sizes  inputs, hidden…, outputs
 * @property {number[][] | null} drawn  for each of these columns the neurons that are drawn; null: all
 * @property {[string, number[]][]} tensors  names and shapes; of large networks rows and columns of drawn neurons only
 * @property {Tensors} parameters
 * @property {Tensors} gradients
 * @property {Tensors} updates
 * @property {number[]} gradient_norms  by linear layer, of all its weights
 * @property {Grid | null} boundary  output 0, or how far class 1 is ahead of class 0; with classes the winners
 * @property {number | null} threshold  of the boundary: above it, class 1 of two
 * @property {Classes | null} classes  where there are three or more
 * @property {Grid[][] | null} maps  by linear layer, then drawn neuron; null where inputs are not of the plane
 * @property {Grid[] | null} weights  of the first layer's drawn neurons, where inputs are pictures
 * @property {Float32Array[] | null} ranges  by layer that has maps or weights: of each drawn neuron the least and the largest value
 * @property {Focus | null} focus
 */
/** @typedef {Readings & Contents} Frame */
/** @typedef {import('./messages.js').Layout} Layout */
/** @typedef {import('./messages.js').Section} Section */

/**
 * @param {ArrayBuffer} data
 * @param {Layout | null} layout  the message of the frame's revision
 * @returns {Promise<Frame>}  its tensors are views into the data
 * @throws {Error} for a frame of another version, one without its layout or with that of another revision, and one cut short
 */
export async function decodeFrame(data, layout) {
  const { readings, gridsBytes, focus } = readHeader(data, layout);
  const { sizes, drawn, tensors, threshold, sections, raw_bytes, maps } = /** @type {Layout} */ (layout);
  const gridsAt = HEADER_BYTES + raw_bytes;
  const focusAt = gridsAt + gridsBytes;
  const packed = sections.filter(({ offset }) => offset >= raw_bytes);
  const [grids, focusGrid] = await Promise.all([
    gridsBytes ? unpack(new Uint8Array(data, gridsAt, gridsBytes), packed.map(({ shape }) => shape)) : [],
    focus ? unpack(new Uint8Array(data, focusAt), [[focus.side, focus.side]]) : [],
  ]);
  /** @type {Map<string, Uint8Array>} */
  const cells = new Map(packed.map(({ name }, i) => [name, grids[i]]));
  const raw = readRaw(data, /** @type {Layout} */ (layout));
  const { boundary, classes } = readPlane(cells, raw, packed);
  return {
    ...readings,
    sizes, drawn, tensors, boundary, classes, threshold,
    parameters: readTensors('parameters', raw, tensors),
    gradients: readTensors('gradients', raw, tensors),
    updates: readTensors('updates', raw, tensors),
    gradient_norms: Array.from(raw.gradient_norms),
    ...readMaps(cells.get('maps'), raw, maps, drawn?.map((column) => column.length) ?? sizes),
    focus: focus && { ...focus, values: valuesOf(focusGrid[0], focus.scale) },
  };
}

/**
 * What the curves take from a frame that is not drawn.
 * @param {ArrayBuffer} data @param {Layout | null} layout
 * @throws {Error} as decodeFrame
 */
export function readCurveEntry(data, layout) {
  const { readings } = readHeader(data, layout);
  return { ...readings, gradient_norms: Array.from(readRaw(data, /** @type {Layout} */ (layout)).gradient_norms) };
}

/**
 * The readings alone, which are not packed.
 * @param {ArrayBuffer} data @param {Layout | null} layout
 * @throws {Error} as decodeFrame
 */
export function readHeader(data, layout) {
  if (data.byteLength < HEADER_BYTES) throw new Error(`A frame has ${HEADER_BYTES} bytes at least, and ${data.byteLength} came`);
  const view = new DataView(data);
  const uint = (/** @type {number} */ at) => view.getUint32(at, true);
  const float = (/** @type {number} */ at) => view.getFloat32(at, true);
  const double = (/** @type {number} */ at) => view.getFloat64(at, true);
  const known = (/** @type {number} */ value) => (Number.isNaN(value) ? null : value);
  const [version, revision, frame, flags] = new Uint32Array(data, 0, 4);
  if (version !== VERSION) throw new Error(`This page reads frames of version ${VERSION} and the server sent version ${version}; reload the page`);
  if (!layout) throw new Error(`Frame ${frame} came without the layout of revision ${revision}; reload the page`);
  if (layout.revision !== revision) throw new Error(`Frame ${frame} is of revision ${revision} and the layout of revision ${layout.revision}; reload the page`);
  const gridsBytes = uint(76);
  const focusBytes = uint(80);
  if (data.byteLength !== HEADER_BYTES + layout.raw_bytes + gridsBytes + focusBytes) throw new Error(`Frame ${frame} has ${data.byteLength} bytes, which is not what its header says`);
  return {
    readings: {
      revision, frame, step: double(16), epoch: double(24),
      train_loss: float(32), test_loss: float(36), train_accuracy: known(float(40)), test_accuracy: known(float(44)),
      samples: double(48), learning_rate: double(56),
      penalty: float(64), epoch_loss: known(float(68)), steps_per_second: float(72),
      stopped: layout.stop_rules[(flags & 255) - 1] ?? null,
    },
    gridsBytes,
    focus: focusBytes ? { layer: view.getUint16(84, true), neuron: view.getUint16(86, true), side: uint(88), scale: float(92) } : null,
  };
}

/** The sections that are not packed, by name. @param {ArrayBuffer} data @param {Layout} layout @returns {Record<string, Float32Array>} */
function readRaw(data, { sections, raw_bytes }) {
  /** @type {Record<string, Float32Array>} */
  const raw = {};
  for (const { name, kind, shape, offset } of sections) {
    if (offset >= raw_bytes) continue;
    const at = HEADER_BYTES + offset;
    raw[name] = kind === '<f2' ? halves(new Uint16Array(data, at, countOf(shape))) : new Float32Array(data, at, countOf(shape));
  }
  return raw;
}

const countOf = (/** @type {number[]} */ shape) => shape.reduce((a, b) => a * b, 1);

/** @param {Map<string, Uint8Array>} cells @param {Record<string, Float32Array>} raw @param {Section[]} packed  @returns {{boundary: Grid | null, classes: Classes | null}} */
function readPlane(cells, raw, packed) {
  const boundary = cells.get('boundary');
  const side = packed[0]?.shape[0];
  if (boundary) return { boundary: { side, scale: raw.boundary_scale[0], values: valuesOf(boundary, raw.boundary_scale[0]) }, classes: null };
  const both = cells.get('classes');
  if (!both) return { boundary: null, classes: null };
  const winners = both.map((cell) => cell >> 5);
  const classes = { side, winners, strength: both.map((cell) => Math.round(((cell & 31) * 255) / 31)) };
  return { boundary: { side, scale: winners.reduce((a, b) => Math.max(a, b), 0), values: Float32Array.from(winners) }, classes };
}

/**
 * @param {Uint8Array | undefined} cells @param {Record<string, Float32Array>} raw @param {Layout['maps']} kind
 * @param {number[]} widths  of all columns, as drawn
 * @returns {Pick<Frame, 'maps' | 'weights' | 'ranges'>}
 */
function readMaps(cells, raw, kind, widths) {
  if (!cells) return { maps: null, weights: null, ranges: null };
  const area = cells.length / raw.map_scales.length;
  const side = Math.sqrt(area);
  const grids = Array.from(raw.map_scales, (scale, i) => ({ side, scale, values: valuesOf(cells.subarray(i * area, (i + 1) * area), scale) }));
  const layers = kind === 'plane' ? widths.slice(1) : widths.slice(1, 2);
  let at = 0;
  const parts = layers.map((width) => ({ from: at, to: (at += width) }));
  return {
    maps: kind === 'plane' ? parts.map(({ from, to }) => grids.slice(from, to)) : null,
    weights: kind === 'weights' ? grids : null,
    ranges: parts.map(({ from, to }) => raw.map_ranges.subarray(2 * from, 2 * to)),
  };
}

/** @param {string} name  of the section @param {Record<string, Float32Array>} raw @param {[string, number[]][]} shapes @returns {Tensors} */
function readTensors(name, raw, shapes) {
  const flat = raw[name];
  const scales = raw[`${name}_scales`];
  /** @type {Tensors} */
  const named = {};
  let at = 0;
  shapes.forEach(([tensor, shape], number) => {
    const values = flat.subarray(at, (at += countOf(shape)));
    named[tensor] = scales ? values.map((part) => part * scales[number]) : values;
  });
  return named;
}

/** int8 q → q/127·scale. @param {Uint8Array} bytes @param {number} scale @returns {Float32Array} */
function valuesOf(bytes, scale) {
  const levels = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const values = new Float32Array(bytes.length);
  const unit = scale / 127;
  for (let i = 0; i < values.length; i++) values[i] = levels[i] * unit;
  return values;
}

/**
 * Grids, each (side, side) or (count, side, side), out of one zlib stream of differences of differences.
 * @param {Uint8Array<ArrayBuffer>} bytes @param {number[][]} shapes @returns {Promise<Uint8Array[]>}
 */
async function unpack(bytes, shapes) {
  const all = await inflate(bytes);
  const wanted = shapes.reduce((sum, shape) => sum + countOf(shape), 0);
  if (all.length !== wanted) throw new Error(`The maps of this frame have ${wanted} cells, and ${all.length} came`);
  let at = 0;
  return shapes.map((shape) => {
    const grids = all.subarray(at, (at += countOf(shape)));
    const side = shape[shape.length - 1];
    for (let start = 0; start < grids.length; start += side * side) addUp(grids, start, side);
    return grids;
  });
}

/** Undoes the differences of a grid, in place: down its columns, then along its rows. @param {Uint8Array} cells @param {number} start @param {number} side */
function addUp(cells, start, side) {
  const end = start + side * side;
  for (let i = start + side; i < end; i++) cells[i] += cells[i - side];
  for (let row = start; row < end; row += side) {
    for (let i = row + 1; i < row + side; i++) cells[i] += cells[i - 1];
  }
}

/** By the browser, written at once: as a Blob it takes five times as long. @param {Uint8Array<ArrayBuffer>} bytes @returns {Promise<Uint8Array>} */
async function inflate(bytes) {
  const stream = new DecompressionStream('deflate');
  const writer = stream.writable.getWriter();
  try {
    const [inflated] = await Promise.all([new Response(stream.readable).arrayBuffer(), writer.write(bytes), writer.close()]);
    return new Uint8Array(inflated);
  } catch {
    throw new Error('The maps of this frame cannot be unpacked; reload the page');
  }
}

const HALVES = new Float32Array(1 << 16); // every half there is; filled when the first frame has halves

/** @param {Uint16Array} bits @returns {Float32Array} */
function halves(bits) {
  if (!HALVES[1]) for (let half = 0; half < HALVES.length; half++) HALVES[half] = valueOfHalf(half);
  return Float32Array.from(bits, (half) => HALVES[half]);
}

/** IEEE 754: a sign, five bits of exponent, ten of fraction. @param {number} half */
function valueOfHalf(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
