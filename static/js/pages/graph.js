// @ts-check
// The page of the chain rule: where its parts meet.

import { createStore } from '../core/store.js';
import { useLanguage, useTexts } from '../core/i18n.js';
import { answerOtherTabs } from '../core/living_tabs.js';
import { enterSession, openSession, ownSession } from '../core/page_connection.js';
import { mountAppearance, preferred } from '../panels/top/appearance.js';
import { mountHelp } from '../panels/top/help.js';
import { mountKeys } from '../panels/top/keys.js';
import { mountGraph } from '../panels/graph/graph.js';
import { startState } from '../panels/graph/state.js';

/** @param {string} selector */
const find = (selector) => /** @type {HTMLElement} */ (document.querySelector(selector));

const store = createStore(startState(preferred()));
await Promise.all([enterSession(), useLanguage(store.get('language'))]);
await useTexts('graph/');
answerOtherTabs(openSession);
mountAppearance(find('#appearance'), store);
mountHelp(/** @type {HTMLDialogElement} */ (find('#help')), find('[data-testid=help]'));
mountKeys((testid) => find(`[data-testid="${testid}"]`) ?? undefined, async () => {});
mountGraph(
  { form: find('#asking'), graph: find('#graph'), steps: find('#moves'), check: find('[data-testid=checked]'), drawing: find('#picture'), table: find('#lines'), card: find('#card') },
  store,
  ownSession() ?? '',
);
for (const control of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(':disabled'))) control.disabled = false;
if (matchMedia('(any-pointer: coarse)').matches) import('../panels/top/touch_titles.js').then(({ mountTouchTitles }) => mountTouchTitles());
