// @ts-check
// The check chip: whether torch and finite differences find the same numbers.

import { scientific } from '../../draw/base/numbers.js';
import { t } from '../../core/i18n.js';

/** @typedef {import('./state.js').Check} Check */

/** @param {HTMLElement} root @param {import('./state.js').Store} store @returns {() => void} undo */
export function mountTorchCheck(root, store) {
  function show() {
    const [check, failed] = [store.get('check'), store.get('checkFailed')];
    root.hidden = check === null && store.get('view') === 'modules';
    const wrong = check && wrongOf(check);
    root.dataset.state = check ? (wrong ? 'red' : 'green') : '';
    root.dataset.value = check ? String(check.torch.largest) : '';
    root.textContent = check ? verdict(check) : store.get('fault') ? '–' : t(failed ? 'graph.not_checked' : 'graph.checking');
    root.title = check
      ? t('graph.checked_title', {
        torch: scientific(check.torch.largest),
        differences: differencesOf(check),
      })
      : failed ? t('graph.not_checked_title') : '';
  }
  const stop = store.watch(['check', 'checkFailed', 'fault', 'language', 'view'], show);
  show();
  return stop;
}

/** What differences say, and of which variables they say nothing. @param {Check} check */
function differencesOf({ differences, unsure }) {
  const found = differences ? scientific(differences.largest) : '';
  const silent = unsure.length ? t('graph.unsure', { names: unsure.join(', ') }) : '';
  return [found, silent].filter(Boolean).join('; ') || '–';
}

/** What disagrees; null: nothing. @param {Check} check */
const wrongOf = ({ torch, differences }) => [torch, differences].find((compared) => compared && !compared.same) ?? null;

/** @param {Check} check */
function verdict(check) {
  const wrong = wrongOf(check);
  if (wrong) return `✕ ${t('graph.differs', { node: wrong.node, size: scientific(wrong.largest) })}`;
  return `✓ ${t('graph.checked', { size: scientific(check.torch.largest) })}`;
}
