// @ts-check
// The runs that are compared with this page's: started, added and removed, and told now and then to follow it.

import { Follower } from './comparison_run.js';

const EVERY = 200; // milliseconds between two looks: a few readings a second of each run are enough for its curve
const MOST = 7; // eight runs with this page's own

/** @typedef {import('../wire/messages.js').SpecChange} SpecChange */

/**
 * @param {import('./store.js').Store} store  `comparisonRuns` in it are theirs; null: there are none
 * @param {typeof import('./connection.js').connect} connect
 * @param {string} address  of the server's socket
 */
export function createComparisonRuns(store, connect, address) {
  /** @type {Follower[]} */
  let followers = [];
  let timer = 0;

  const publish = () => store.set({ comparisonRuns: followers.length ? followers.map(({ run }) => ({ ...run })) : null });

  /** @param {SpecChange} change */
  const follow = (change) => new Follower(store, connect, address, change);

  store.watch(['points'], () => followers.forEach((one) => one.restart())); // this page's run stands at a start again

  function stop() {
    clearInterval(timer);
    followers.forEach((one) => one.close());
    followers = [];
    publish();
  }

  return {
    most: MOST,
    stop,
    /** @param {SpecChange[]} changes  one for each run */
    start(changes) {
      stop();
      followers = changes.slice(0, MOST).map(follow);
      timer = window.setInterval(() => {
        followers.forEach((one) => one.follow());
        publish();
      }, EVERY);
      publish();
    },
    /** @param {SpecChange} change */
    add(change) {
      if (followers.length < MOST) followers.push(follow(change));
      publish();
    },
    /** @param {number} index */
    remove(index) {
      followers[index].close();
      followers.splice(index, 1);
      publish();
    },
  };
}
