// @ts-check
// The sheet of studies: its tabs, each a study with a panel of its own that is loaded when it is first shown. A new one is a
// line in TABS, and a module whose mount takes the panel and what it may use, and gives back what the sheet asks of it.

import { hasText, t, translate, useTexts } from '../../core/i18n.js';
import { say } from '../../core/notices.js';

/** @typedef {import('./study_panel.js').Context} Context */
/** @typedef {import('./study_panel.js').StudyPanel} StudyPanel */
/** @typedef {import('./study_panel.js').MountStudy} MountStudy */

/** @type {{name: string, load: () => Promise<MountStudy>}[]} */
const TABS = [
  { name: 'sweep', load: async () => (await import('./sweep.js')).mountSweep },
  { name: 'luck', load: async () => (await import('./luck.js')).mountLuck },
  { name: 'rate', load: async () => (await import('./rate_finder.js')).mountRateFinder },
  { name: 'landscape', load: async () => (await import('./landscape.js')).mountLandscape },
  { name: 'curvature', load: async () => (await import('./curvature.js')).mountCurvature },
];

const MARKUP = `
  <header class="panel studies-head">
    <h1 id="studies-title" data-t="studies"></h1>
    <div class="study-tabs" role="tablist" data-t-label="studies.tabs"></div>
    <span class="grow"></span>
    <p class="study-message" role="alert" data-testid="study-message"></p>
    <span class="chip plays-on" data-t="studies.plays_on" hidden></span>
    <button class="button" data-testid="study-csv" data-t="studies.csv" data-t-title="studies.csv.title"></button>
    <button class="button" data-testid="studies-close" data-t="close"></button>
  </header>
  <div class="study-panels"></div>`;

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} opener  its button
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => unknown} send
 * @param {import('../../experiment/fresh_start.js').FreshStart} begin
 * @param {() => void} opened  after a run of a study has become that of the page
 */
export function mountStudies(dialog, opener, store, send, begin, opened) {
  dialog.innerHTML = MARKUP;
  const of = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (dialog.querySelector(selector));
  const tabs = createTabs(dialog, {
    store,
    send(command) {
      if (store.get('message')?.kind === 'error') store.set({ message: null }); // it has been read
      return send(command);
    },
    begin: (setUp) => begin(setUp, {}),
    openRun(spec, steps) {
      begin({ spec }, {});
      send({ type: 'step', count: steps });
      dialog.close();
      opened();
    },
  });

  opener.onclick = async () => {
    try {
      await useTexts('studies/');
    } catch {
      say(store, 'error', 'part.missing');
      return;
    }
    dialog.showModal();
    tabs.showWords();
    tabs.show();
  };
  of('[data-testid=studies-close]').onclick = () => dialog.close();
  dialog.addEventListener('close', tabs.hide);
  const sized = new ResizeObserver(tabs.refresh);
  sized.observe(of('.study-panels'));
  const showPlaying = () => { of('.plays-on').hidden = !store.get('state')?.playing; };
  showPlaying();
  const undo = [
    store.watch(['state'], showPlaying),
    store.watch(['message'], () => showMessage(of('.study-message'), store.get('message'))), // that of the page waits below the sheet
    store.watch(['language'], tabs.showWords),
    store.watch(['theme', 'profile'], () => requestAnimationFrame(tabs.refresh)),
    () => sized.disconnect(),
    () => dialog.close(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** @param {HTMLElement} line @param {import('../../core/state.js').Message | null} message */
function showMessage(line, message) {
  line.textContent = message ? (hasText(message.key) ? t(message.key, message.values) : message.text ?? '') : '';
}

/** @param {HTMLDialogElement} dialog @param {Context} context */
function createTabs(dialog, context) {
  const [list, panels, csv] = /** @type {HTMLElement[]} */ (['.study-tabs', '.study-panels', '[data-testid=study-csv]'].map((part) => dialog.querySelector(part)));
  const tabs = TABS.map((tab) => ({ ...tab, ...elementsOf(tab.name), study: /** @type {StudyPanel | null} */ (null) }));
  let current = tabs[0];

  /** @param {typeof current} tab */
  async function show(tab) {
    current.study?.hidden?.();
    current = tab;
    for (const { button, panel } of tabs) {
      button.setAttribute('aria-selected', String(button === tab.button));
      button.tabIndex = button === tab.button ? 0 : -1;
      panel.hidden = panel !== tab.panel;
    }
    try {
      const mount = await tab.load();
      tab.study ??= mount(tab.panel, context); // once, though a second click came meanwhile
    } catch {
      say(context.store, 'error', 'part.missing');
      return;
    }
    refresh();
  }

  function refresh() {
    if (!dialog.open) return;
    /** @type {HTMLButtonElement} */ (csv).disabled = !current.study?.saveTable;
    current.study?.shown();
  }

  for (const tab of tabs) tab.button.onclick = () => show(tab);
  list.append(...tabs.map(({ button }) => button));
  panels.append(...tabs.map(({ panel }) => panel));
  list.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length];
    next.button.focus();
    show(next);
  };
  csv.onclick = () => current.study?.saveTable?.();

  return {
    refresh,
    show: () => show(current),
    hide: () => current.study?.hidden?.(),
    showWords() {
      if (!dialog.open) return;
      translate(dialog);
      for (const { name, button } of tabs) button.textContent = t(`studies.${name}`);
      refresh();
    },
  };
}

/** @param {string} name */
function elementsOf(name) {
  const button = Object.assign(document.createElement('button'), { type: 'button', role: 'tab', id: `study-tab-${name}` });
  button.dataset.testid = `study-tab-${name}`;
  button.setAttribute('aria-controls', `study-${name}`);
  const panel = Object.assign(document.createElement('section'), { id: `study-${name}`, role: 'tabpanel', className: `study ${name}`, hidden: true });
  panel.setAttribute('aria-labelledby', button.id);
  return { button, panel };
}
