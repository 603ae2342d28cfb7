// @ts-check
// The runs of Compare on a landscape: which are asked for, how they are drawn, and their names beside the map.

import { formatPercent, t } from '../../core/i18n.js';
import { readPalette } from '../../draw/base/palette.js';
import { runLook } from '../../draw/base/run_look.js';
import { aspectName } from '../../experiment/aspect_name.js';

/** @typedef {import('../../wire/messages.js').LandscapeMessage} LandscapeMessage */

const FURTHEST = 100; // times the way to the edge: beyond it a line, and its dashes, would be drawn for nothing

/**
 * A path as it can be drawn, and whether it leaves the map.
 * @param {number[][]} path @param {number[]} reach  from now to the edges, along x and y
 */
export function shortened(path, reach) {
  const far = path.map((point) => Math.max(...point.map((value, axis) => Math.abs(value) / reach[axis])));
  return {
    path: path.map((point, i) => point.map((value) => value * Math.min(1, FURTHEST / far[i]))),
    leaves: far.some((times) => times > 1),
  };
}

/**
 * @param {HTMLElement} list  of their names
 * @param {import('../../core/store.js').Store} store
 * @param {() => void} moved  one of them has gone on, or is another
 */
export function createLandscapeRuns(list, store, moved) {
  let asked = '';
  const runs = () => (store.get('comparisonRuns') ?? []).map((run, number) => ({ ...run, number })).filter(({ session }) => session);
  const placesOf = () => runs().map(({ session, step }) => `${session} ${step}`).join();

  store.watch(['comparisonRuns'], () => { if (placesOf() !== asked) moved(); });
  return {
    /** The keys of their sessions. */
    ask() {
      asked = placesOf();
      return runs().map(({ session }) => session);
    },
    /** Those that are compared still. @param {LandscapeMessage} message */
    drawn({ others, x, y }) {
      const palette = readPalette(/** @type {HTMLElement} */ (list.parentElement));
      const reach = [x, y].map(([from, to]) => Math.max(-from, to));
      return others.flatMap(({ session, path, share }) => {
        const run = runs().find((one) => one.session === session);
        return run && path.length ? [{ ...shortened(path, reach), share, name: aspectName(run.change.aspect, run.change.value), ...runLook(palette, run.number) }] : [];
      });
    },
    /** @param {ReturnType<ReturnType<typeof createLandscapeRuns>['drawn']>} drawn */
    name(drawn) {
      list.hidden = !drawn.length;
      list.replaceChildren(Object.assign(document.createElement('li'), { textContent: t('landscape.others') }), ...drawn.map(({ name, share, leaves, color, dashes }) => {
        const [row, line] = [document.createElement('li'), document.createElement('i')];
        line.style.borderTop = `3px ${dashes.length ? 'dashed' : 'solid'} ${color}`;
        row.append(line, share === null ? name : t(leaves ? 'landscape.leaves' : 'landscape.other', { name, share: formatPercent(share) }));
        return row;
      }));
    },
  };
}
