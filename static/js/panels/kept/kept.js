// @ts-check
// Keep: the run as it stands goes into the list of this browser. Kept: that list in a sheet, each opened exactly where it was.

import { say } from '../../core/notices.js';
import { firstName } from './columns.js';
import { takeFile } from './files.js';
import { keptServer } from './kept_server.js';
import { createKeptSheet } from './sheet.js';

/** @typedef {import('../../core/store.js').Store} Store */

/**
 * @param {HTMLDialogElement} dialog
 * @param {{keep: HTMLElement, kept: HTMLElement, file: HTMLElement}} buttons  in the menu Save
 * @param {Store} store
 * @param {import('../../experiment/fresh_start.js').FreshStart} begin
 * @param {{opened: () => void, closeMenu: () => void}} page  opened: after an experiment is
 */
export function mountKept(dialog, buttons, store, begin, page) {
  const session = () => store.get('state')?.session ?? '';

  /** @param {import('./kept_server.js').Answer<any>} answer  to what has opened an experiment */
  function done(answer) {
    if (!answer.fault) {
      dialog.close();
      page.opened();
    }
    return answer;
  }

  const sheet = createKeptSheet(dialog, {
    session,
    open: (row) => new Promise((answered) => {
      const { spec, bug, steps_per_second } = row.summary;
      begin({ spec, bug, steps_per_second }, {}, async () => {
        const answer = done(await keptServer.open(session(), row));
        if (answer.fault) say(store, 'error', answer.fault.key, { values: answer.fault.values }); // which takes the start back
        answered(answer);
      });
    }),
    compare([first, ...others]) {
      store.set({ comparedKept: others.map(({ name, summary: { spec, bug, engine } }) => ({ name, bug, engine, spec: /** @type {import('../../wire/messages.js').Spec} */ (spec) })) });
      const { spec, bug, steps_per_second } = first.summary;
      begin({ spec, bug, steps_per_second }, { comparison: 'kept' });
      dialog.close();
      page.opened();
    },
    openFile: async (file) => done(await keptServer.openFile(session(), file)),
  });

  function show() {
    page.closeMenu();
    sheet.open();
  }

  buttons.keep.onclick = async () => {
    page.closeMenu();
    const { said, fault } = await keptServer.keep(session(), nameOf(store));
    if (fault) say(store, 'error', fault.key, { values: fault.values });
    else say(store, 'notice', 'kept.done', { values: { name: said.name }, offer: { key: 'kept.show', run: show } });
  };
  buttons.kept.onclick = show;
  /** @type {HTMLElement} */ (dialog.querySelector('.close')).onclick = () => dialog.close();
  buttons.file.onclick = () => takeFile(keptServer.sessionFileAddress(session(), nameOf(store)), nameOf(store));
  const stops = [
    store.watch(['language'], sheet.label),
    store.watch(['theme', 'profile'], () => requestAnimationFrame(sheet.paint)),
    () => dialog.close(),
  ];
  return () => stops.forEach((stop) => stop());
}

/** What the run is called at first. @param {Store} store */
function nameOf(store) {
  const state = store.get('state');
  return state ? firstName(state.spec.dataset, state.sizes, (store.get('frame') ?? state).step, store.get('preset') ?? undefined) : '–';
}
