// @ts-check
// What the map shows of the cells of a sweep.

import { t } from '../../core/i18n.js';
import { shortNumber } from '../../draw/base/numbers.js';
import { placeOf } from '../../draw/chart/cell_map.js';
import { knobValue } from '../../experiment/study_spec.js';
import { rampOf, rampRange, valueOf } from '../../experiment/sweep_cells.js';
import { valueText } from './sweep_cell.js';
import { knobName } from './sweep_controls.js';

const HIGHER_IS_BETTER = ['test_accuracy', 'train_accuracy'];

/** What the colors and marks of a map mean. @param {import('./sweep_map.js').Shown | null} shown @param {string} measure */
export function legendOf(shown, measure) {
  if (!shown?.range) return '';
  const [best, worst] = shown.range.map((value) => valueText(value, measure));
  return [t('sweep.legend.colors', { best, worst }), ownRunText(shown), t('sweep.legend')].join(' · ');
}

/** Where the run on the page is, or why it is not on the map. @param {import('./sweep_map.js').Shown} shown */
function ownRunText({ axes, here }) {
  const beside = axes[here.indexOf(null)];
  if (!beside) return t('sweep.legend.ring');
  const { name: knob, own } = beside;
  return own === null ? t('sweep.legend.without', { knob }) : t('sweep.legend.elsewhere', { knob, value: shortNumber(own, 4) });
}

/**
 * @param {ReturnType<typeof import('../../experiment/sweep_cells.js').makeCells>} cells
 * @param {import('../../wire/messages.js').SweepPlan} plan
 * @param {import('../../wire/messages.js').Spec} spec  of the run on the page
 * @param {string} measure @param {number} level
 * @returns {import('./sweep_map.js').Shown}
 */
export function mapOf(cells, plan, spec, measure, level) {
  const values = cells.known().map((cell) => valueOf(cell, measure)).filter((value) => value !== null);
  const range = values.length ? rampRange(/** @type {number[]} */ (values)) : null;
  const ramp = rampOf(range ?? [0, 0]);
  return {
    axes: [plan.x, plan.y].map(({ knob, values: ticks }) => ({ name: knobName(knob), values: ticks, own: knobValue(spec, knob) })),
    here: [plan.x, plan.y].map(({ knob, values: ticks }) => placeOf(ticks, knobValue(spec, knob) ?? NaN)),
    range: range && (HIGHER_IS_BETTER.includes(measure) ? [range[1], range[0]] : range),
    map: {
      columns: cells.columns,
      rows: cells.rows,
      shade(x, y) {
        const cell = cells.shownAt(x, y);
        if (!cell || cell.diverged) return cell && 'diverged';
        const value = valueOf(cell, measure);
        if (value === null || value === undefined) return 'none';
        return HIGHER_IS_BETTER.includes(measure) ? 1 - ramp(value) : ramp(value);
      },
      above(x, y) {
        const cell = cells.shownAt(x, y);
        if (!cell || !Number.isFinite(level)) return null;
        return cell.diverged || (valueOf(cell, measure) ?? Infinity) > level;
      },
    },
  };
}
