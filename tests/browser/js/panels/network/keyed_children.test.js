// @ts-check
import { keyedChildren } from '/static/js/panels/network/keyed_children.js';
import { equal, test } from '/js-tests/harness.js';

/** @param {ReturnType<typeof keyedChildren>} children @param {string[]} keys */
function arrange(children, keys) {
  children.begin();
  for (const key of keys) children.get(key, () => Object.assign(document.createElement('button'), { textContent: key }));
  children.end();
}

test('children stand in the order they are asked for, and only they', () => {
  const root = document.createElement('div');
  root.append(document.createElement('span'));
  const children = keyedChildren(root);
  for (const keys of [['b', 'd'], ['a', 'b', 'c', 'd'], ['d', 'a'], [], ['x', 'a']]) {
    arrange(children, keys);
    equal([...root.children].map((child) => child.textContent), ['', ...keys]);
  }
});

test('a child that stays is the same and keeps its focus', () => {
  const root = document.createElement('div');
  document.body.append(root);
  const children = keyedChildren(root);
  arrange(children, ['b', 'c']);
  const kept = /** @type {HTMLElement} */ (root.children[1]);
  kept.focus();
  arrange(children, ['a', 'b', 'c', 'd']);
  equal([root.children[2] === kept, document.activeElement === kept], [true, true]);
  root.remove();
});
