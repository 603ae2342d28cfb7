// @ts-check
// The losses of a landscape out of its message: float32 in base64, row by row, the lowest y first.

/** @param {string} packed @returns {Float32Array} */
export function lossesOf(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
