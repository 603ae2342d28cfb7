// @ts-check
// Tells the server what the person looks at beside the pictures: what is off the screen need not be measured.

/** @typedef {'scores' | 'health'} Watched */

/**
 * @param {(command: {type: 'watch', what: Watched[]}) => void} send  over the connection there is now
 * @param {Record<Watched, Element[]>} places  where each is shown
 */
export function createWatching(send, places) {
  /** @type {Set<Element>} */
  const visible = new Set();
  /** @type {string | null} what the server was told over this connection; null: there was none yet */
  let told = null;

  function tell() {
    if (told === null) return;
    const what = /** @type {Watched[]} */ (Object.keys(places)).filter((name) => !document.hidden && places[name].some((place) => visible.has(place)));
    if (what.join() === told) return;
    told = what.join();
    send({ type: 'watch', what });
  }

  const observer = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) visible.add(target);
      else visible.delete(target);
    }
    tell();
  });
  Object.values(places).flat().forEach((place) => observer.observe(place));
  document.addEventListener('visibilitychange', tell);

  return {
    /** Over a new connection nothing is watched yet. */
    connectionOpened() {
      told = '';
      tell();
    },
    stop() {
      observer.disconnect();
      document.removeEventListener('visibilitychange', tell);
    },
  };
}
