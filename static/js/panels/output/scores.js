// @ts-check
// All metrics of the run on the training and the test set, in a popover of the panel that shows the main ones.

import { translate } from '../../core/i18n.js';
import { readOutput } from '../../experiment/output.js';
import { createScoreMarks } from './score_marks.js';
import { showScores } from './scores_content.js';
import { SCORES_MARKUP } from './scores_markup.js';

const SHOW_EVERY = 120; // milliseconds: digits that change faster cannot be read
const GAP = 6; // px

/**
 * @param {HTMLElement} root  a popover
 * @param {HTMLElement} opener
 * @param {HTMLElement} panel  the popover stands beside it
 * @param {import('../../core/store.js').Store} store
 */
export function mountScores(root, opener, panel, store) {
  root.querySelector('.scores-body')?.remove();
  root.insertAdjacentHTML('beforeend', SCORES_MARKUP);
  const marks = createScoreMarks(root, store);
  const isOpen = () => root.matches(':popover-open');
  let timer = 0;
  let shownAt = 0;

  function show() {
    clearTimeout(timer);
    timer = 0;
    if (!isOpen()) return;
    shownAt = performance.now();
    const output = readOutput(store);
    if (!output) return;
    showScores(root, store.get('frame'), store.get('scores'), output);
    marks.show();
  }

  function place() {
    if (!isOpen()) return;
    opener.setAttribute('aria-expanded', 'true');
    show();
    placeBeside(root, panel, opener);
  }

  function showWords() {
    translate(root);
    place();
  }

  root.addEventListener('toggle', () => {
    opener.setAttribute('aria-expanded', String(isOpen()));
    if (!isOpen()) marks.leave();
    place();
  });
  addEventListener('resize', place);
  showWords();
  const undo = [
    store.watch(['frame', 'scores'], () => { timer ||= window.setTimeout(show, Math.max(0, shownAt + SHOW_EVERY - performance.now())); }),
    store.watch(['markWrong', 'markPredicted', 'preset'], show),
    store.watch(['language', 'profile'], showWords),
    store.watch(['state'], place), // another data set has another table
    () => removeEventListener('resize', place),
    () => clearTimeout(timer),
  ];
  return () => undo.forEach((stop) => stop());
}

/** Beside a panel where there is room, else below the opener; within the window. @param {HTMLElement} root @param {HTMLElement} panel @param {HTMLElement} opener */
function placeBeside(root, panel, opener) {
  const { left, bottom } = opener.getBoundingClientRect();
  const { left: panelLeft, top: panelTop } = panel.getBoundingClientRect();
  const { width, height } = root.getBoundingClientRect();
  const beside = panelLeft - GAP - width;
  const hasRoom = beside >= GAP;
  root.style.left = `${hasRoom ? beside : Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  root.style.top = `${Math.max(GAP, Math.min(hasRoom ? panelTop : bottom + GAP, innerHeight - height - GAP))}px`;
}
