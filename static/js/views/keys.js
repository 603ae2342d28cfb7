// @ts-check
// Keys for the moves of the top row; each presses the button it stands for, so that both always do the same.

/** @type {Record<string, string>} */
const KEYS = { ' ': 'play', ArrowRight: 'step', e: 'epoch-step', r: 'reset', '?': 'help' };

/**
 * Whether the focused element needs this key itself.
 * @param {EventTarget | null} target
 * @param {string} key
 */
function isTaken(target, key) {
  if (!(target instanceof Element)) return false;
  if (target.closest('dialog, [popover]:not(.message)')) return true;
  if (target.matches('input[type=range]')) return key === 'ArrowRight';
  if (target.matches('input[type=checkbox]')) return key === ' ';
  if (target.matches('input, select, textarea, [contenteditable]')) return true;
  return key === ' ' && target.closest('button, a, summary, [role=button]') !== null; // the browser presses it
}

/** @param {HTMLElement} root */
export function mountKeys(root) {
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!name || event.ctrlKey || event.altKey || event.metaKey || isTaken(event.target, event.key)) return;
    event.preventDefault();
    if (event.repeat && name !== 'step') return;
    /** @type {HTMLElement} */ (root.querySelector(`[data-testid=${name}]`)).click();
  };
  document.addEventListener('keydown', press);
  return () => document.removeEventListener('keydown', press);
}
