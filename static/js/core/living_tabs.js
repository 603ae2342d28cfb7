// @ts-check
// Other tabs of this browser: whether one of them has a session open. A tab that was duplicated remembers the session of the
// tab it was made from, and that one is there to say so; one that comes back after a crash finds nobody.

const CHANNEL = 'playground-sessions';
const ANSWER_WAIT = 500; // milliseconds: an answer takes a few, and a start that needs one is rare

/** @typedef {{asked?: string, open?: string}} Said  the key of a session */

/** From now on this tab answers. @param {() => string | null} own  the session it has open, if it has */
export function answerOtherTabs(own) {
  if (!('BroadcastChannel' in globalThis)) return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = (/** @type {MessageEvent<Said>} */ { data }) => {
    if (data.asked && data.asked === own()) channel.postMessage({ open: data.asked });
  };
}

/** Whether another tab says that it has this session open. @param {string} session @returns {Promise<boolean>} */
export function isOpenInAnotherTab(session) {
  if (!('BroadcastChannel' in globalThis)) return Promise.resolve(false);
  const channel = new BroadcastChannel(CHANNEL);
  return new Promise((/** @type {(open: boolean) => void} */ answered) => {
    channel.onmessage = (/** @type {MessageEvent<Said>} */ { data }) => { if (data.open === session) answered(true); };
    setTimeout(() => answered(false), ANSWER_WAIT);
    channel.postMessage({ asked: session });
  }).finally(() => channel.close());
}
