// @ts-check
// Other tabs of this browser: whether one of them has a session open. A tab that was duplicated remembers the session of the
// tab it was made from, and that one is there to say so; one that comes back after a crash finds nobody.

const CHANNEL = 'playground-sessions';
const ANSWER_WAIT = 500; // milliseconds: an answer takes a few, and a start that needs one is rare

/** @typedef {{asked?: string, open?: string, followed?: string}} Said  the key of a session */

/**
 * From now on this tab answers.
 * @param {() => string | null} own  the session it has open, if it has
 * @param {boolean} onWall  whether it is a window on another tab's, which it does not keep from that tab
 */
export function answerOtherTabs(own, onWall) {
  if (!('BroadcastChannel' in globalThis)) return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (/** @type {MessageEvent<Said>} */ { data }) => {
    if (data.asked && data.asked === own()) channel.postMessage(onWall ? { followed: data.asked } : { open: data.asked });
  };
}

/** Which other tabs have this session open: one of its own, windows on the wall only, or none that says so. @param {string} session @returns {Promise<'own' | 'wall' | 'none'>} */
export function whoElseHasOpen(session) {
  if (!('BroadcastChannel' in globalThis)) return Promise.resolve('none');
  const channel = new BroadcastChannel(CHANNEL);
  let isFollowed = false;
  return new Promise((/** @type {(who: 'own' | 'wall' | 'none') => void} */ answered) => {
    channel.onmessage = (/** @type {MessageEvent<Said>} */ { data }) => {
      if (data.open === session) answered('own');
      if (data.followed === session) isFollowed = true;
    };
    setTimeout(() => answered(isFollowed ? 'wall' : 'none'), ANSWER_WAIT);
    channel.postMessage({ asked: session });
  }).finally(() => channel.close());
}
