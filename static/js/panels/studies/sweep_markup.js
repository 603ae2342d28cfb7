// @ts-check
// The parts of the panel of the sweep map.

/** @param {'x' | 'y'} axis */
const knob = (axis) => `
  <fieldset class="study-knob" data-axis="${axis}">
    <legend class="label" data-t="sweep.${axis}"></legend>
    <span class="select"><select data-testid="sweep-${axis}" data-t-label="sweep.${axis}"></select></span>
    <span class="range">
      <input type="number" step="any" data-testid="sweep-${axis}-low" data-t-label="sweep.low"><span aria-hidden="true">…</span>
      <input type="number" step="any" data-testid="sweep-${axis}-high" data-t-label="sweep.high">
      <label class="tick"><input type="checkbox" data-testid="sweep-${axis}-log"><span data-t="sweep.log"></span></label>
    </span>
  </fieldset>`;

/** @param {string} name @param {string} control */
const choice = (name, control) => `<label class="study-knob"><span class="label" data-t="sweep.${name}"></span>${control}</label>`;

/** @param {string} name */
const select = (name) => choice(name, `<span class="select"><select data-testid="sweep-${name}"></select></span>`);

export const SWEEP_MARKUP = `
  <div class="panel study-main">
    <form class="study-knobs">
      ${knob('x')}${knob('y')}${select('cells')}${select('measure')}
      ${choice('epochs', '<input type="number" min="1" step="1" data-testid="sweep-epochs">')}${select('seeds')}
      ${choice('target', '<input type="number" min="0" step="any" data-testid="sweep-target">')}
      <span class="grow"></span>
      <span class="study-start"><button type="submit" class="play" data-testid="sweep-start"></button><output class="label" data-testid="sweep-cost"></output></span>
    </form>
    <div class="study-map">
      <canvas data-testid="sweep-map" tabindex="0" role="img" data-t-label="studies.sweep" data-cells="0" data-done="0"></canvas>
      <div class="study-tip" data-testid="sweep-cell" role="status" hidden></div>
      <p class="study-hint" data-t="sweep.hint"></p>
    </div>
    <div class="study-foot">
      <progress data-testid="sweep-progress" data-value="0" max="1" value="0" data-t-label="sweep.progress"></progress>
      <span class="study-time" data-testid="sweep-time"></span>
      <span class="grow"></span>
      <label class="label"><span data-t="sweep.level"></span> <input type="number" step="any" data-testid="sweep-level"></label>
      <button type="button" class="button small" data-testid="sweep-zoom-out" data-t="sweep.zoom_out" hidden></button>
      <button type="button" class="button small" data-testid="sweep-closer" data-t="sweep.closer" data-t-title="sweep.closer.title" hidden></button>
      <button type="button" class="button small" data-testid="sweep-border" data-t="sweep.border" data-t-title="sweep.border.title"></button>
      <span class="label" data-testid="sweep-legend"></span>
    </div>
  </div>
  <div class="panel study-side">
    <h2 data-t="sweep.section"></h2>
    <p class="label study-section-words"></p>
    <canvas data-testid="sweep-section" role="img" data-t-label="sweep.section"></canvas>
  </div>`;
