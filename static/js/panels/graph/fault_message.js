// @ts-check
// Why there is no graph: the server's sentence, the place it means in what is typed, and a way out where there is one.

import { hasText, t } from '../../core/i18n.js';

/**
 * @param {HTMLElement} root
 * @param {import('./state.js').Store} store
 * @param {() => void} showModules
 */
export function createFaultMessage(root, store, showModules) {
  return {
    show() {
      const fault = store.get('fault');
      root.hidden = fault === null;
      if (fault === null) return;
      const { code } = fault;
      explainFault(root, fault, store.get('view') === 'expression' ? store.get('expression') : '');
      if (code === 'graph_no_session') root.append(makeWayOut('a', 'graph.open_playground', { href: '.' }));
      if (code === 'graph_network_too_large') root.append(makeWayOut('button', 'graph.show_modules', { onclick: showModules }));
    },
  };
}

/** Its sentence and its place in what was typed. @param {HTMLElement} root @param {import('./state.js').Fault} fault @param {string} typed */
export function explainFault(root, { code, values, message = '' }, typed) {
  const key = code === 'unreachable' ? 'connection.unreachable' : `server.${code}`;
  root.textContent = hasText(key) ? t(key, values) : message;
  if (values.line && typed) root.append(markPlace(typed, values.line, values.column));
}

/** @param {string} tag @param {string} key @param {Record<string, unknown>} properties */
function makeWayOut(tag, key, properties) {
  const way = Object.assign(document.createElement(tag), properties, { textContent: t(key), className: 'button small' });
  way.dataset.testid = 'way-out';
  return way;
}

/** The line with its character at the column marked; both count from 1, in code points. @param {string} expression @param {number} line @param {number} column */
function markPlace(expression, line, column) {
  const text = [...expression.split('\n')[line - 1] ?? ''];
  const code = document.createElement('code');
  const before = document.createElement('span');
  const here = document.createElement('mark');
  before.textContent = text.slice(0, column - 1).join('');
  here.textContent = text[column - 1] ?? '\u00a0';
  code.append(before, here, text.slice(column).join(''));
  return code;
}
