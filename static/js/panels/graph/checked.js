// @ts-check
// The light: do torch and finite differences find the same numbers?

import { t } from '../../core/i18n.js';
import { scientific } from '../../draw/base/numbers.js';

/** @param {HTMLElement} root @param {import('./state.js').Store} store */
export function mountChecked(root, store) {
  function show() {
    const check = store.get('check');
    root.hidden = check === null && store.get('view') === 'modules';
    const [torch, differences] = [check?.torch, check?.differences];
    const right = torch?.same && (differences?.same ?? true);
    root.dataset.state = check ? (right ? 'green' : 'red') : '';
    root.dataset.value = check ? String(torch.largest) : '';
    const wrong = check && !right ? (torch.same ? differences : torch) : null;
    root.textContent = check ? (wrong ? `✕ ${t('graph.differs', { node: wrong.node, size: scientific(wrong.largest) })}` : `✓ ${t('graph.checked', { size: scientific(torch.largest) })}`) : store.get('fault') ? '–' : t('graph.checking');
    root.title = check
      ? t('graph.checked_title', {
        torch: scientific(torch.largest),
        differences: differences ? scientific(differences.largest) : t('graph.no_differences'),
      })
      : '';
  }
  const stop = store.watch(['check', 'fault', 'language', 'view'], show);
  show();
  return stop;
}
