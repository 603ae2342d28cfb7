// @ts-check
// The knobs of a sweep: what is swept, from where to where, how finely, and what the color tells; as a command.

import { hasText, t } from '../../core/i18n.js';
import { offer } from '../../experiment/choice_options.js';
import { KNOBS, companionsOf, knobsOf } from '../../experiment/study_spec.js';

/** @typedef {import('../../experiment/study_spec.js').Range} Range */

export const MEASURES = ['test_loss', 'train_loss', 'gap', 'test_accuracy', 'train_accuracy', 'steps_to', 'largest_gradient'];
const CELLS = [9, 17, 25, 33, 50, 65, 100];
const SEEDS = [1, 3, 5, 9];
const FIRST = { x: 'learning_rate', y: 'init_std', cells: 33, epochs: 100, target: 0.1 };

/** The name of a knob in the reader's language. @param {string} knob */
export const knobName = (knob) => t(hasText(`sweep.knob.${knob}`) ? `sweep.knob.${knob}` : `field.${knob}`);

/** @typedef {{select: HTMLSelectElement, low: HTMLInputElement, high: HTMLInputElement, log: HTMLInputElement}} Axis */

/**
 * @param {HTMLElement} root
 * @param {import('../../core/store.js').Store} store
 * @param {(change: 'runs' | 'color') => void} changed  what of the study is another now
 */
export function createSweepControls(root, store, changed) {
  const of = (/** @type {string} */ name) => /** @type {any} */ (root.querySelector(`[data-testid=sweep-${name}]`));
  /** @type {Axis[]} */
  const axes = ['x', 'y'].map((axis) => ({ select: of(axis), low: of(`${axis}-low`), high: of(`${axis}-high`), log: of(`${axis}-log`) }));
  const [cells, measure, epochs, seeds, target] = ['cells', 'measure', 'epochs', 'seeds', 'target'].map(of);
  const showTarget = () => { target.closest('label').hidden = measure.value !== 'steps_to'; };
  const ranges = () => axes.map(({ select, low, high, log }) => ({ knob: select.value, low: low.valueAsNumber, high: high.valueAsNumber, log: log.checked }));

  function showWords() {
    showKnobs(axes, store);
    offer(cells, CELLS.map((side) => [String(side), `${side} × ${side}`]), String(FIRST.cells));
    offer(seeds, SEEDS.map((count) => [String(count), String(count)]));
    offer(measure, MEASURES.map((name) => [name, t(`sweep.measure.${name}`)]));
    showTarget();
  }

  showWords();
  axes.forEach((axis) => setRange(axis, KNOBS[axis.select.value]));
  [epochs.value, target.value] = [FIRST.epochs, FIRST.target];
  axes.forEach((axis, number) => axis.select.addEventListener('change', () => chooseKnob(axis, axes[1 - number])));
  root.querySelector('form')?.addEventListener('change', (event) => {
    showTarget();
    changed(event.target === measure ? 'color' : 'runs');
  });

  return {
    showWords,
    ranges,
    measure: () => measure.value,
    command() {
      const [x, y] = ranges().map((range) => ({ ...range, count: Number(cells.value) }));
      return {
        type: 'sweep', x, y, epochs: epochs.valueAsNumber, seeds: Number(seeds.value), target: target.valueAsNumber,
        measure: measure.value === 'gap' ? 'test_loss' : measure.value, fields: companionsOf([x.knob, y.knob]),
      };
    },
    /** @param {(Range & {knob: string})[]} wanted */
    setRanges(wanted) {
      wanted.forEach((range, number) => {
        axes[number].select.value = range.knob;
        setRange(axes[number], range);
      });
    },
    /** @param {Record<string, string | number>} values  of the other controls */
    set(values) {
      for (const [name, value] of Object.entries(values)) of(name).value = value;
    },
  };
}

/** @param {Axis} axis @param {Range} range */
function setRange(axis, { low, high, log }) {
  const digits = Math.min(17, 4 + Math.ceil(Math.log10(Math.max(1, Math.abs(high) / (high - low))))); // so that a narrow range keeps its ends apart
  [axis.low.value, axis.high.value] = [low, high].map((value) => String(Number(value.toPrecision(digits))));
  axis.log.checked = log;
}

/** Another knob: its usual range; both axes never have the same. @param {Axis} axis @param {Axis} other */
function chooseKnob(axis, other) {
  setRange(axis, KNOBS[axis.select.value]);
  if (other.select.value !== axis.select.value) return;
  other.select.value = axis.select.value === FIRST.x ? FIRST.y : FIRST.x;
  setRange(other, KNOBS[other.select.value]);
}

/** @param {Axis[]} axes @param {import('../../core/store.js').Store} store */
function showKnobs(axes, store) {
  const spec = store.get('spec');
  if (!spec) return;
  const offered = knobsOf(spec, store.get('choices'));
  axes.forEach(({ select }, number) => {
    const chosen = select.value || (number ? FIRST.y : FIRST.x);
    const names = offered.includes(chosen) ? offered : [chosen, ...offered];
    offer(select, names.map((name) => [name, knobName(name)]), chosen);
  });
}
