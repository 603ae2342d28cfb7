// @ts-check
// A window opened on the wall: shows what the desk shows, tells it what is looked at here, and says so when the desk closes.

import { useLanguage } from '../../core/i18n.js';
import { say } from '../../core/notices.js';
import { createSharedView, openChannel } from './view_channel.js';

const CLOSED = 'wall.desk_closed';
const CRASH_EVERY = 2000; // milliseconds between two looks whether the desk is still there: one that crashes says nothing
/** Buttons of what only the desk does; it presses them. */
const RELAYED = '#slow-motion button, #slow-strip button:not([data-testid=phase-code]), [data-testid=race], [data-testid=race-close], [data-testid=list-next], [data-testid=list-previous]';

/** @param {import('../../core/store.js').Store} store @param {() => string | null} session @returns {() => void} undo */
export function mountWallWindow(store, session) {
  const listening = new AbortController();
  const channel = openChannel('wall', session, async (said) => {
    if (said.here || said.view) reopened();
    if (said.here) channel.say({ asks: true });
    if (said.view?.language) await useLanguage(said.view.language);
    if (said.view) view.take(said.view);
    if (said.leaves) say(store, 'error', CLOSED);
    if (said.moved) follow(said.moved);
  });
  const view = createSharedView(store, 'wall', (changed) => channel.say({ view: changed }));
  const reopened = () => { if (store.get('message')?.key === CLOSED) store.set({ message: null }); };

  /** @param {MouseEvent} click */
  function relayClick(click) {
    const button = click.target instanceof Element ? click.target.closest(RELAYED) : null;
    if (button instanceof HTMLElement) relay(click, button.dataset.testid ?? '');
  }
  /** @param {KeyboardEvent} key */
  function relayKey(key) {
    if (!store.get('phase') || key.ctrlKey || key.altKey || key.metaKey || (key.target instanceof Element && key.target.closest('dialog, [popover]:not(.message), input, select'))) return;
    if (key.key === 'ArrowRight' || key.key === 'ArrowLeft') relay(key, key.key === 'ArrowRight' ? 'phase-next' : 'phase-back');
  }
  /** @param {Event} event @param {string} testid */
  function relay(event, testid) {
    event.preventDefault();
    event.stopImmediatePropagation();
    channel.say({ press: testid });
  }
  addEventListener('click', relayClick, { capture: true, signal: listening.signal });
  addEventListener('keydown', relayKey, { capture: true, signal: listening.signal });
  const timer = setInterval(() => {
    if (!/** @type {Window | null} */ (opener)?.closed) return;
    clearInterval(timer);
    say(store, 'error', CLOSED);
  }, CRASH_EVERY);
  channel.say({ asks: true });
  return () => {
    listening.abort();
    clearInterval(timer);
    view.stop();
    channel.close();
  };
}

/** The desk has another session, as after a restart of the server. @param {string} session */
function follow(session) {
  const address = new URL(location.href);
  address.searchParams.set('session', session);
  location.replace(address);
}
