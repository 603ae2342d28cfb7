// @ts-check
// Keys for buttons of the top row; each presses its button, so that both always do the same. Of a button that the address hides
// there is no key, and keys of one character can be switched off in the help.

/** Key → data-testid of its button. @type {Record<string, string>} */
const KEYS = { ' ': 'play', ArrowRight: 'step', e: 'epoch-step', r: 'reset', k: 'keep', p: 'projector', c: 'wall-controls', f: 'fullscreen', g: 'presets', w: 'wall-window', l: 'list', b: 'blank', '.': 'blank', m: 'pointer-ring', v: 'phase-back', n: 'phase-next', PageDown: 'list-next', PageUp: 'list-previous', '?': 'help' };

/** Whose button F presses: the panel that fills the screen, that has the focus by key, that is under the pointer; else the network. */
const FILLED_BY_KEY = ['.filled', '.panel:has(:focus-visible)', '.panel:hover', '#network'];
const fullScreenButton = () => FILLED_BY_KEY.map((panel) => /** @type {HTMLElement | null} */ (document.querySelector(`${panel} [data-testid^=fullscreen]`))).find(Boolean);

/**
 * Whether the focused element needs this key itself.
 * @param {EventTarget | null} target
 * @param {string} key
 * @param {Element | null} clicked  the button pressed by the mouse that still has the focus: Space plays and pauses the run then
 */
function isTaken(target, key, clicked) {
  if (!(target instanceof Element)) return false;
  if (target.closest('dialog, [popover]:not(.message)')) return true;
  if (target.matches('input[type=range]')) return key === 'ArrowRight';
  if (target.matches('input[type=checkbox]')) return key === ' ';
  if (key.startsWith('Page') && target.closest('[tabindex="0"]:not(button)')) return true; // it scrolls
  if (target.matches('input, select, textarea, [contenteditable]')) return true;
  const pressed = target.closest('button, a, summary, [role=button]'); // the browser presses it
  return key === ' ' && pressed !== null && pressed !== clicked;
}

/** Space is no character in this sense (WCAG 2.1.4). @param {string} key @param {string} name  of its button */
function isOff(key, name) {
  const { letterKeys, hidden = '' } = document.documentElement.dataset; // as pages/first-paint.js has found them
  return hidden.split(' ').includes(name) || (letterKeys === 'off' && key.length === 1 && key !== ' ');
}

/** Buttons that stand in a part of the page that comes late. */
const LATE = ['blank', 'pointer-ring'];

/** @param {(testid: string) => HTMLElement | undefined} buttonOf @param {() => Promise<unknown>} loadLate  the part with the buttons of LATE */
export function mountKeys(buttonOf, loadLate) {
  /** @type {Element | null} */
  let clicked = null;
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!name || event.ctrlKey || event.altKey || event.metaKey || isOff(event.key, name) || isTaken(event.target, event.key, clicked)) return;
    const button = name === 'fullscreen' ? fullScreenButton() : buttonOf(name);
    if (!button && !LATE.includes(name)) return; // this page has none, or not yet
    if (name.startsWith('list-') && button?.matches(':disabled')) return; // without a list the page scrolls
    event.preventDefault();
    if (event.repeat && name !== 'step') return;
    if (button) button.click();
    else loadLate().then(() => buttonOf(name)?.click());
  };
  /** @param {MouseEvent} event */
  const rememberClick = (event) => {
    if (event.detail > 0 && event.target instanceof Element) clicked = event.target.closest('button');
  };
  /** @param {FocusEvent} event */
  const forgetClick = (event) => {
    if (event.target !== clicked) clicked = null;
  };
  document.addEventListener('keydown', press);
  document.addEventListener('click', rememberClick);
  document.addEventListener('focusin', forgetClick);
  return () => {
    document.removeEventListener('keydown', press);
    document.removeEventListener('click', rememberClick);
    document.removeEventListener('focusin', forgetClick);
  };
}
