// @ts-check
// Where each message of the server goes.

import { createRestartNote, showSentence } from './notices.js';

/** @typedef {import('../wire/messages.js').Sentence} Sentence */
/** @typedef {import('../wire/messages.js').StudyMessage} StudyMessage */
/** @typedef {{type: string} & Record<string, any>} ServerMessage */

/**
 * @param {import('./store.js').Store} store
 * @param {import('./session.js').Session} session
 * @param {import('./predictions.js').Predictions} predictions
 * @param {(message: import('../wire/messages.js').StateMessage) => void} receiveState
 * @returns {(message: ServerMessage) => void}
 */
export function createMessageReceiver(store, session, predictions, receiveState) {
  const showRestart = createRestartNote(store);

  /** @param {import('../wire/messages.js').Scores} scores */
  function receiveScores(scores) {
    if (scores.revision === store.get('state')?.revision) store.set({ scores });
  }

  /** @param {Sentence} notice */
  function receiveNotice(notice) {
    if (notice.code === 'restarted' && notice.own) showRestart();
    else showSentence(store, notice);
  }

  /** @param {Sentence} error */
  function receiveError(error) {
    if (error.code.startsWith('subject_') && store.get('sample')) store.set({ sample: 0 }); // the last batch may be smaller
    else if (error.code === 'no_such_neuron') session.receiveRefusal(); // only drawn ones are asked for: the network has changed meanwhile
    else {
      session.receiveRefusal();
      showSentence(store, error);
    }
  }

  /** @type {Record<string, (message: any) => void>} */
  const receivers = {
    state: receiveState,
    scores: receiveScores,
    history: session.receiveHistory,
    entries: session.receiveEntries,
    health: session.receiveHealth,
    prediction: predictions.receive,
    timeline: (timeline) => store.set({ timeline }),
    checked: (checked) => store.set({ checked }),
    peeked: (peeked) => store.set({ peeked }),
    explanation: (explanation) => store.set({ explanation }),
    opened: (opened) => store.set({ opened }),
    study: (study) => store.set({ study: study.plan ? study : withNews(store.get('study'), study) }),
    landscape: (landscape) => store.set({ landscape }),
    curvature: (curvature) => store.set({ curvature }),
    run_picture: (runPicture) => store.set({ runPicture }),
    study_cost: (studyCost) => store.set({ studyCost }),
    notice: receiveNotice,
    error: receiveError,
  };
  return (message) => receivers[message.type]?.(message);
}

/** @param {StudyMessage | null} study @param {StudyMessage} news @returns {StudyMessage | null} */
const withNews = (study, news) => study && { ...study, ...news, parts: [...study.parts, ...news.parts] };
