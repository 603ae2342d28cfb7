// @ts-check
// How the expression was read where it could be meant otherwise, and which gradients do not exist at these values.

import { t } from '../../core/i18n.js';

const KINDS = ['product', 'constant', 'word', 'softmax'];

/** @param {HTMLElement} root @param {import('./state.js').Store} store */
export function createReadings(root, store) {
  return {
    show() {
      const { readings = [], undefined: withoutGradient = [] } = store.get('answer') ?? {};
      const said = KINDS.flatMap((kind) => {
        const texts = readings.filter((reading) => reading.kind === kind).map((reading) => reading.text);
        return texts.length ? [t(`graph.reading.${kind}`, { text: texts.join('; ') })] : [];
      });
      if (withoutGradient.length) said.push(t('graph.reading.undefined', { text: withoutGradient.join(', ') }));
      root.hidden = store.get('fault') !== null || !said.length;
      root.textContent = said.join(' ');
    },
  };
}
