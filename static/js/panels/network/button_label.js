// @ts-check
// The accessible name of a button that may be disabled.

/** @param {HTMLButtonElement} button @param {string} name @param {string} reason  why it is disabled; '': it is not */
export function labelButton(button, name, reason) {
  button.setAttribute('aria-label', name);
  button.title = reason || name;
  button.disabled = reason !== '';
}
