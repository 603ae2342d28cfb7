// @ts-check
// What the sheet of studies and a study's panel ask of each other. Types, no code.

export {};

/**
 * @typedef {object} Context  what a study may use
 * @property {import('../../core/store.js').Store} store
 * @property {(command: import('../../core/command_queue.js').Command) => unknown} send
 * @property {(setUp: import('../../experiment/fresh_start.js').SetUp) => void} begin  a fresh run on the page, under the sheet
 * @property {(spec: import('../../wire/messages.js').Spec, steps: number) => void} openRun  as the run on the page, trained for so many steps; closes the sheet
 */
/**
 * @typedef {object} StudyPanel
 * @property {() => void} shown  whenever it comes into sight, or its size or the words or colors have changed
 * @property {() => void} [hidden]
 * @property {() => void} [saveTable]  gives its numbers as a file; without it the button CSV cannot be pressed
 */
/** @typedef {(root: HTMLElement, context: Context) => StudyPanel} MountStudy */
