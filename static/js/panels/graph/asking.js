// @ts-check
// What is asked: a preset, an expression with the values of its variables, or a sample of the tab's network.

import { hasText, t } from '../../core/i18n.js';

/** @typedef {import('./state.js').Store} Store */

/** Ready expressions; open: the node whose card opens with it. @type {Record<string, {expression: string, values: Record<string, number>, open?: string}>} */
export const PRESETS = {
  autograd: { expression: 'c = a·b; d = c + 1; L = mean(d)', values: { a: 2, b: 3 } },
  flat: {
    expression: 'p0 = w0·x0; p1 = w1·x1; s = p0 + p1; z = s + w2; L = sigmoid(z)',
    values: { w0: 2, x0: -1, w1: -3, x1: -2, w2: -3 },
  },
  gates: { expression: 's = a + b; m = max(b, c); L = s·m', values: { a: -4, b: 3, c: -1 } },
  custom: { expression: 'p = x·y; L = p^2', values: { x: 3, y: -2 }, open: 'p' },
  neuron: {
    expression: 'z = sum(w1·x1, w2·x2, w3·x3, b); rate = sigmoid(z)',
    values: { w1: 0.5, x1: 1.2, w2: -1, x2: 0.4, w3: 0.8, x3: -0.3, b: 0.1 },
  },
};

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {{refresh: (how?: {anew?: boolean, soon?: boolean}) => void, choosePreset: (name: string) => void}} act
 */
export function mountAsking(root, store, act) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const text = /** @type {HTMLTextAreaElement} */ (find('textarea'));
  const point = /** @type {HTMLInputElement} */ (find('#point'));
  const [values, sample, typed, fault, of, notes, naming] = ['.values', '.sample', '.typed', '.fault', '.of', '.notes', '.naming'].map(find);
  const presets = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('[data-preset]')]);
  const views = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('[data-view]')]);

  presets.forEach((button) => {
    button.onclick = () => act.choosePreset(button.dataset.preset ?? '');
  });
  views.forEach((button) => {
    button.onclick = () => see(button.dataset.view);
  });
  text.oninput = () => {
    store.set({ expression: text.value });
    grow();
    act.refresh({ anew: true, soon: true });
  };
  point.oninput = () => {
    store.set({ point: point.value === '' ? 0 : Number(point.value) });
    act.refresh({ soon: true });
  };
  find('[data-testid=refresh]').onclick = () => act.refresh();

  /** As high as what is typed, up to four lines. */
  function grow() {
    text.style.height = 'auto';
    text.style.height = `${text.scrollHeight + 2}px`;
  }

  function showFields() {
    const found = Object.entries(store.get('view') === 'expression' ? store.get('fault')?.variables ?? store.get('answer')?.values ?? {} : {});
    const shown = [...values.querySelectorAll('input')].map((input) => input.dataset.name);
    if (shown.join() !== found.map(([name]) => name).join()) values.replaceChildren(...found.map(([name]) => field(name)));
    for (const [name, value] of found) {
      const input = /** @type {HTMLInputElement} */ (values.querySelector(`[data-name="${CSS.escape(name)}"]`));
      if (document.activeElement !== input) input.value = String(value);
    }
  }

  /** @param {string} name */
  function field(name) {
    const label = document.createElement('label');
    const input = document.createElement('input');
    Object.assign(input, { type: 'number', step: 'any' });
    Object.assign(input.dataset, { name, testid: `value-${name}` });
    input.oninput = () => {
      const value = input.valueAsNumber;
      input.setAttribute('aria-invalid', String(!Number.isFinite(value)));
      if (!Number.isFinite(value)) return;
      store.set({ given: { ...store.get('answer')?.values, ...store.get('fault')?.variables, ...store.get('given'), [name]: value } });
      act.refresh({ soon: true });
    };
    label.append(name, input);
    return label;
  }

  function show() {
    const view = store.get('view');
    const answer = store.get('answer');
    typed.hidden = view !== 'expression';
    sample.hidden = view === 'expression';
    naming.hidden = view === 'modules';
    views.forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.view === view)));
    presets.forEach((button) => {
      const here = view === 'expression' && PRESETS[button.dataset.preset ?? ''].expression === store.get('expression');
      button.setAttribute('aria-pressed', String(here));
    });
    if (text.value !== store.get('expression')) text.value = store.get('expression');
    grow();
    if (document.activeElement !== point) point.value = String(store.get('point'));
    if (answer?.points) {
      point.max = String(answer.points - 1);
      of.textContent = t('graph.point_of', { last: answer.points - 1, step: answer.step });
    }
    notes.replaceChildren(...(answer?.notes ?? []).map((/** @type {string} */ name) => {
      const note = Object.assign(document.createElement('li'), { textContent: t(`graph.note.${name}`) });
      note.dataset.testid = `note-${name}`;
      return note;
    }));
    showFields();
  }

  function showFault() {
    const said = store.get('fault');
    fault.hidden = said === null;
    text.setAttribute('aria-invalid', String(said !== null && store.get('view') === 'expression'));
    if (said === null) return;
    const key = said.code === 'unreachable' ? 'connection.unreachable' : `server.${said.code}`;
    fault.textContent = hasText(key) ? t(key, said.values) : said.message;
    if (said.values.line && typed.hidden === false) mark(said.values.line, said.values.column);
    if (said.code === 'graph_no_session') fault.append(wayOut('a', 'graph.open_playground', { href: '/' }));
    if (said.code === 'graph_network_too_large') fault.append(wayOut('button', 'graph.show_modules', { onclick: () => see('modules') }));
  }

  /** @param {string} tag @param {string} key @param {Record<string, unknown>} properties */
  function wayOut(tag, key, properties) {
    const way = Object.assign(document.createElement(tag), properties, { textContent: t(key), className: 'button small' });
    way.dataset.testid = 'way-out';
    return way;
  }

  /** @param {string | undefined} view */
  function see(view) {
    if (store.get('view') === view) return;
    store.set({ view });
    act.refresh({ anew: true });
  }

  /** Shows the place in what is typed, as a caret under it. @param {number} line @param {number} column */
  function mark(line, column) {
    const typedLine = store.get('expression').split('\n')[line - 1] ?? '';
    const spot = document.createElement('code');
    const before = document.createElement('span');
    const here = document.createElement('mark');
    before.textContent = typedLine.slice(0, column - 1);
    here.textContent = typedLine[column - 1] ?? '\u00a0';
    spot.append(before, here, typedLine.slice(column));
    fault.append(spot);
  }

  const stops = [
    store.watch(['view', 'answer', 'fault', 'expression', 'language', 'point', 'profile'], show),
    store.watch(['fault', 'language'], showFault),
  ];
  show();
  return () => stops.forEach((stop) => stop());
}
