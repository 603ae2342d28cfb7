// @ts-check
// The runs that are compared with this page's: started, added and removed, and told now and then to follow it.

import { Follower, setUpOf } from './comparison_run.js';

const EVERY = 200; // milliseconds between two looks: a few readings a second of each run are enough for its curve
export const MOST_OTHERS = 7; // eight runs with this page's own

/** @typedef {import('./state.js').SetUp} SetUp */
/** @typedef {import('./state.js').Difference} Difference */

/**
 * @param {import('./store.js').Store} store  `comparisonRuns` in it are theirs; null: there are none
 * @param {typeof import('./connection.js').connect} connect
 * @param {string} address  of the server's socket
 * @param {(setUp: SetUp, difference: Difference, choices: import('../wire/messages.js').Choices) => SetUp} withDifference
 */
export function createComparisonRuns(store, connect, address, withDifference) {
  /** @type {Follower[]} */
  let followers = [];
  let timer = 0;

  const publish = () => store.set({ comparisonRuns: followers.length ? followers.map(({ run }) => ({ ...run })) : null });

  /** @param {Difference} difference */
  const follow = (difference) => new Follower(store, connect, address, difference, () => {
    const [own, choices] = [setUpOf(store.get('state')), store.get('choices')];
    return own && choices && withDifference(own, difference, choices);
  });

  store.watch(['points'], () => followers.forEach((one) => one.restart())); // this page's run stands at a start again

  function stop() {
    clearInterval(timer);
    followers.forEach((one) => one.close());
    followers = [];
    publish();
  }

  return {
    most: MOST_OTHERS,
    stop,
    /** @param {Difference[]} differences  one for each run */
    start(differences) {
      stop();
      followers = differences.slice(0, MOST_OTHERS).map(follow);
      timer = window.setInterval(() => {
        followers.forEach((one) => one.follow());
        publish();
      }, EVERY);
      publish();
    },
    /** @param {Difference} difference */
    add(difference) {
      if (followers.length < MOST_OTHERS) followers.push(follow(difference));
      publish();
    },
    /** With the last one the comparison ends. @param {number} index */
    remove(index) {
      followers[index].close();
      followers.splice(index, 1);
      publish();
      if (!followers.length) store.set({ comparison: null });
    },
  };
}

/** On the wall: they are the desk's, which tells of them and starts and ends them. @type {ReturnType<typeof createComparisonRuns>} */
export const runsOfTheDesk = { most: MOST_OTHERS, stop() {}, start() {}, add() {}, remove() {} };
