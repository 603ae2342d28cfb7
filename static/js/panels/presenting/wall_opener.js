// @ts-check
// The desk's side of the window on the wall: opens it, on the other screen where the browser says which that is, and tells
// it what is shown here.

import { say } from '../../core/notices.js';
import { createSharedView, openChannel } from './view_channel.js';

/** @typedef {{left: number, top: number, width: number, height: number}} Place  px */

/**
 * @param {HTMLElement} opener
 * @param {import('../../core/store.js').Store} store
 * @param {() => string | null} session  this tab's
 * @param {(testid: string) => void} press  a button of the page
 * @returns {() => void} undo
 */
export function mountWallOpener(opener, store, session, press) {
  let isFollowed = false;
  let known = session();
  const channel = openChannel('desk', session, (said) => {
    if (said.asks) {
      isFollowed = true;
      channel.say({ view: view.read() });
    }
    if (said.view) view.take(said.view);
    if (said.press) press(said.press);
  });
  const view = createSharedView(store, 'desk', (changed) => { if (isFollowed) channel.say({ view: changed }); });

  function followSession() {
    const now = session();
    if (known && now && now !== known) channel.say({ moved: now }, known);
    known = now ?? known;
  }
  const leave = () => channel.say({ leaves: true });
  addEventListener('pagehide', leave);
  channel.say({ here: true });

  opener.onclick = async () => {
    const place = await otherScreen();
    const features = place ? `popup,left=${place.left},top=${place.top},width=${place.width},height=${place.height}` : 'popup,width=1024,height=768';
    if (!open(wallAddress(session()), `wall-${session()}`, features)) say(store, 'error', 'wall.blocked');
  };
  const stop = store.watch(['state'], followSession);
  return () => {
    stop();
    view.stop();
    removeEventListener('pagehide', leave);
    channel.close();
  };
}

/** @param {string | null} session */
function wallAddress(session) {
  const address = new URL(document.baseURI);
  address.search = `?${new URLSearchParams({ session: session ?? '', wall: '', profile: 'projector' })}`;
  address.hash = '';
  return address.href;
}

/** A screen this window is not on; null where there is none, or the browser or the person does not say. @returns {Promise<Place | null>} */
async function otherScreen() {
  if (!('getScreenDetails' in globalThis) || !(/** @type {any} */ (screen).isExtended)) return null;
  try {
    const { screens, currentScreen } = await /** @type {any} */ (globalThis).getScreenDetails();
    const other = screens.find((/** @type {unknown} */ one) => one !== currentScreen);
    return other ? { left: other.availLeft, top: other.availTop, width: other.availWidth, height: other.availHeight } : null;
  } catch {
    return null; // not allowed: it opens as a plain window
  }
}
