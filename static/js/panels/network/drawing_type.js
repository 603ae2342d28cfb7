// @ts-check
// The type of what the network's canvas shows, for the parts that paint it and lie on it.

/**
 * @typedef {object} Drawing  one arrangement of the network
 * @property {import('./shape.js').Shape} shape
 * @property {import('../../draw/network/layout.js').NetworkLayout} layout
 * @property {import('../../draw/network/number_labels.js').LabelLayout | null} labels  null: links have no number labels
 * @property {import('../../draw/network/links.js').Links} links
 * @property {import('../../draw/base/palette.js').Palette} palette
 * @property {import('../../draw/base/colormap.js').Colormap} colormap
 * @property {ReturnType<typeof import('../../draw/network/residual_arcs.js').residualPairs>} residuals
 * @property {Path2D} usedInputs @property {Path2D} unusedInputs @property {Path2D} neurons  outlines of tiles
 */

export {};
