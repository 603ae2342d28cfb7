// @ts-check
import { formatCount, formatNumber, formatPercent, t, useLanguage } from '/static/js/core/i18n.js';
import { equal, test } from '/js-tests/harness.js';

const COUNTS = [0, 1, 2, 5, 1000];

/** @param {string} language @param {() => void} body */
async function inLanguage(language, body) {
  await useLanguage(language);
  try {
    body();
  } finally {
    await useLanguage('en');
  }
}

test('English counts in singular and plural', () => inLanguage('en', () => {
  equal(COUNTS.map((count) => t('speed.words', { count })), ['0 steps/s', '1 step/s', '2 steps/s', '5 steps/s', '1,000 steps/s']);
  equal(COUNTS.map((limit) => t('close.4002', { limit }).split(',', 1)[0]), ['0 windows', '1 window', '2 windows', '5 windows', '1'].map((words) => `This experiment is open in ${words}`));
  equal(COUNTS.map((count) => t('boundary.outside', { count }).split(';')[0]), ['0 points lie outside', '1 point lies outside', '2 points lie outside', '5 points lie outside', '1,000 points lie outside']);
  equal(t('metric.samples', { value: '12.3K', count: 12345 }), '12.3K samples', 'a number written in short');
}));

test('Chinese counts in one form', () => inLanguage('zh', () => {
  equal(COUNTS.map((count) => t('network.layer_count', { count })), ['0', '1', '2', '5', '1,000'].map((number) => `${number} 个隐藏层`));
  equal(COUNTS.map((count) => t('metric.samples', { value: count, count })), ['0', '1', '2', '5', '1,000'].map((number) => `${number} 个样本`));
}));

test('numbers are grouped in both languages and keep their digits', async () => {
  for (const language of ['en', 'zh']) {
    await inLanguage(language, () => {
      equal([0, 1, 1000, 1234567, -2.5, 1e-7, 0.1 + 0.2, NaN].map(formatNumber), ['0', '1', '1,000', '1,234,567', '−2.5', '0.0000001', '0.3', 'NaN']);
      equal([0, 1, 2, 5, 1000, 1234567].map((value) => formatCount(value)), ['0', '1', '2', '5', '1,000', '1.23M']);
      equal([0.984, 1, 0].map((part) => formatPercent(part)), ['98.4%', '100.0%', '0.0%']);
    });
  }
});
