// @ts-check
// How a run that is compared with this page's is drawn wherever it is: in a color of its own, every second one dashed. Pure.

/** @param {import('./palette.js').Palette} palette @param {number} number  of the run, from 0 @returns {{color: string, dashes: number[]}} */
export const runLook = (palette, number) => ({
  color: palette.runs[number % palette.runs.length], dashes: number % 2 ? [5 * palette.link, 3 * palette.link] : [],
});
