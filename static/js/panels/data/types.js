// @ts-check
// Types that the parts of drawing share.

/** @typedef {'point' | 'brush' | 'erase'} Tool */
/** @typedef {{units: [number, number][], names: string[]}} OfFile  of the file that the points began as, as in a Spec; none for others */
/**
 * @typedef {object} Drawing  the state all parts share
 * @property {import('./point_history.js').PointHistory} history
 * @property {boolean} values   labels are values, not classes
 * @property {OfFile['units']} units
 * @property {OfFile['names']} names
 * @property {boolean} started  the points to start from are chosen
 * @property {Tool} tool
 * @property {number} label     the class of the next point
 * @property {[number, number] | null} cursor  x1, x2; moved by keys
 * @property {string} note      of the last change, in place of the count
 */
/**
 * @typedef {object} Plane  what is drawn on; it belongs to another panel
 * @property {(handlers: import('../../draw/plane/plane.js').PlaneHandlers) => () => void} listen  gives its undo
 * @property {(focusable: boolean) => void} setFocusable
 * @property {() => void} focus
 * @property {() => void} scrollIntoView
 * @property {(px: number) => number} toCoordinates  a length
 */

export {};
