// @ts-check
// The inspector: a number that was clicked, as the arithmetic that computed it, in the training step that led to the frame
// shown; in slow motion, in the step that is walked through. Its terms lead on to other numbers. It is at the left, beside
// the network; on small screens below.

import { overlayIsOpen } from '../../core/elements.js';
import { createContent } from './content.js';
import { createHeader } from './header.js';
import { createVisitedSubjects } from './visited_subjects.js';
import { createRequest } from './request.js';

/** @typedef {import('../../wire/messages.js').Subject} Subject */

const MARKUP = `
    <header><button type="button" class="button small back" data-testid="inspector-back"><svg class="icon"><use href="#icon-back"/></svg></button>
      <h2 tabindex="-1"></h2><button type="button" class="button small close" data-testid="inspector-close"><svg class="icon"><use href="#icon-close"/></svg></button></header>
    <p class="of-step"></p><p class="of-loss" data-testid="which-loss" hidden></p><p class="of-file" data-testid="point-in-file" hidden></p>
    <div class="of-sample"><button type="button" class="button small" data-testid="sample-previous">‹</button><output data-testid="sample"></output><button type="button" class="button small" data-testid="sample-next">›</button></div>
    <div class="fields"></div>
    <p class="nothing" hidden></p><div class="others" hidden></div>
    <div class="scroll"><section class="health" data-testid="layer-health" hidden></section><div class="lines"></div></div>`;

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/command_queue.js').Command) => void} send
 * @param {(testid: string) => HTMLElement | undefined} elementOf  the page
 * @returns {() => void} undo
 */
export function mountInspector(root, store, send, elementOf) {
  root.innerHTML = MARKUP;
  const visited = createVisitedSubjects(store);
  const request = createRequest(store, send, visited.clear);
  const header = createHeader(root, store, visited);
  const content = createContent(root, store, send, visited.goTo);
  const focus = createFocusReturn(root, elementOf);
  /** @type {Subject | null} */
  let shown = null;

  function show() {
    const [subject, before] = [store.get('inspected'), shown];
    shown = subject;
    root.hidden = !subject;
    document.documentElement.classList.toggle('inspecting', Boolean(subject));
    request.update();
    if (!subject) {
      content.clear();
      visited.clear();
      store.set({ explanation: null, lit: null });
      if (before) focus.restore();
      return;
    }
    if (!before) focus.remember();
    visited.arrive(before !== null);
    header.show(subject, before);
    content.show();
  }

  header.labels();
  show();
  const undo = [
    store.watch(['inspected'], show),
    ...request.watch(),
    ...content.watch(),
    store.watch(['spec', 'language'], header.labels),
    listenToEscape(store),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** Escape closes the inspector. @param {import('../../core/store.js').Store} store @returns {() => void} undo */
function listenToEscape(store) {
  /** @param {KeyboardEvent} event */
  function close(event) {
    if (event.key !== 'Escape' || event.defaultPrevented || !store.get('inspected')) return;
    if (overlayIsOpen()) return; // Escape closes that one first
    event.preventDefault(); // and nothing else
    store.set({ inspected: null });
  }
  document.addEventListener('keydown', close);
  return () => document.removeEventListener('keydown', close);
}

/** When the inspector closes, the focus returns to the element that opened it. @param {HTMLElement} root @param {(testid: string) => HTMLElement | undefined} elementOf */
function createFocusReturn(root, elementOf) {
  /** @type {Element | null} */
  let opener = null;
  return {
    remember() {
      opener = document.activeElement;
    },
    restore() {
      if (!root.contains(document.activeElement)) return;
      const id = opener instanceof HTMLElement ? opener.dataset.testid : undefined;
      const element = opener?.isConnected ? opener : id && elementOf(id); // it may have been built anew
      if (element instanceof HTMLElement) element.focus();
    },
  };
}
