// @ts-check
// The words for what one run has other than another.

import { hasText, t } from '../core/i18n.js';

/** What one value of an aspect is called: “Adam”, “without L2”, “the activation’s slope forgotten”. @param {string} aspect @param {any} value */
export function aspectName(aspect, value) {
  if (aspect === 'kept' && value) return value.name;
  if (!value && hasText(`comparison.without.${aspect}`)) return t(`comparison.without.${aspect}`);
  if (hasText(`comparison.with.${aspect}`)) return t(`comparison.with.${aspect}`, { value });
  return hasText(`${aspect}.${value}`) ? t(`${aspect}.${value}`) : `${t(`field.${aspect}`)} ${value}`;
}
