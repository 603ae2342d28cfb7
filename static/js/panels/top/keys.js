// @ts-check
// Keys for the moves of the top row; each presses the button it stands for, so that both always do the same.

/** @type {Record<string, string>} */
const KEYS = { ' ': 'play', ArrowRight: 'step', e: 'epoch-step', r: 'reset', '?': 'help' };

/** @type {Element | null} the button the mouse has pressed last, as long as it keeps the focus: Space is the run's then */
let clicked = null;

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
  const pressed = target.closest('button, a, summary, [role=button]'); // the browser presses it
  return key === ' ' && pressed !== null && pressed !== clicked;
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
  /** @param {MouseEvent} event */
  const note = (event) => {
    if (event.detail > 0 && event.target instanceof Element) clicked = event.target.closest('button');
  };
  /** @param {FocusEvent} event */
  const move = (event) => {
    if (event.target !== clicked) clicked = null;
  };
  document.addEventListener('keydown', press);
  document.addEventListener('click', note);
  document.addEventListener('focusin', move);
  return () => {
    document.removeEventListener('keydown', press);
    document.removeEventListener('click', note);
    document.removeEventListener('focusin', move);
  };
}
