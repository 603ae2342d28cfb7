// @ts-check
// The types of a control, of what it is shown with, and of whom it tells of a change.

/** @typedef {(change: import('../../wire/messages.js').SpecChange) => void} Configure */
/** @typedef {(value: any) => void} Change */
/** @typedef {{spec: import('../../wire/messages.js').Spec, choices: import('../../wire/messages.js').Choices | null, store: import('../../core/store.js').Store}} Context */
/**
 * @typedef {object} Control
 * @property {HTMLElement} beside  the name
 * @property {HTMLElement | null} below  the name
 * @property {(value: any, context: Context) => void} show
 * @property {(disabled: boolean) => void} disable
 * @property {(show: (fault: string) => void) => void} [onFault]
 */

export {};
