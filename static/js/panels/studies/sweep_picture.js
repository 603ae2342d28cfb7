// @ts-check
// What the map shows of the cells of a sweep.

import { knobValue } from '../../experiment/study_spec.js';
import { rampOf, valueOf } from '../../experiment/sweep_cells.js';
import { knobName } from './sweep_controls.js';

const HIGHER_IS_BETTER = ['test_accuracy', 'train_accuracy'];

/**
 * @param {ReturnType<typeof import('../../experiment/sweep_cells.js').makeCells>} cells
 * @param {import('../../wire/messages.js').SweepPlan} plan
 * @param {import('../../wire/messages.js').Spec} spec  of the run on the page
 * @param {string} measure @param {number} level
 * @returns {import('./sweep_map.js').Shown}
 */
export function mapOf(cells, plan, spec, measure, level) {
  const values = cells.known().map((cell) => valueOf(cell, measure)).filter((value) => value !== null);
  const ramp = rampOf(/** @type {number[]} */ (values));
  return {
    axes: [plan.x, plan.y].map(({ knob, values: ticks }) => ({ name: knobName(knob), values: ticks })),
    here: [plan.x, plan.y].map(({ knob }) => knobValue(spec, knob)),
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
