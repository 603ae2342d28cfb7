// @ts-check
// The parts of the panel of the loss landscape.

/** @param {'x' | 'y'} axis */
const weight = (axis) => `
  <fieldset class="study-knob">
    <legend class="label" data-t="sweep.${axis}"></legend>
    <span class="range">
      <span class="select"><select data-testid="landscape-${axis}-tensor" data-t-label="sweep.${axis}"></select></span>
      <input type="number" min="1" step="1" value="1" data-testid="landscape-${axis}-to" data-t-label="landscape.to" data-t-title="landscape.to">
      <input type="number" min="1" step="1" value="${axis === 'x' ? 1 : 2}" data-testid="landscape-${axis}-source" data-t-label="landscape.source" data-t-title="landscape.source">
    </span>
  </fieldset>`;

/** @param {string} name */
const select = (name) => `<label class="study-knob"><span class="label" data-t="landscape.${name}"></span><span class="select"><select data-testid="landscape-${name}"></select></span></label>`;

export const LANDSCAPE_MARKUP = `
  <div class="panel study-main">
    <form class="study-knobs" data-testid="landscape-form">
      ${select('directions')}${select('samples')}
      <span class="study-weights" data-testid="landscape-weights" hidden>${weight('x')}${weight('y')}</span>
      <button type="button" class="button" data-testid="landscape-another" data-t="landscape.another"></button>
      <span class="grow"></span>
      <button type="button" class="button" data-testid="landscape-surface" aria-pressed="false" data-t="landscape.surface"></button>
      <button type="button" class="button" data-testid="landscape-undo" data-t="undo"></button>
    </form>
    <div class="study-map">
      <canvas data-testid="landscape" role="img" data-t-label="studies.landscape"></canvas>
      <div class="study-3d" data-testid="landscape-3d" hidden></div>
    </div>
    <div class="study-foot"><span data-testid="landscape-point" class="label"></span></div>
  </div>
  <div class="panel study-side">
    <h2 data-t="studies.landscape"></h2>
    <p class="study-number" data-testid="landscape-now"></p>
    <p data-testid="landscape-sentence" role="status"></p>
    <ul class="landscape-runs" data-testid="landscape-runs" hidden></ul>
    <p class="label" data-testid="landscape-enlarged"></p>
    <p class="label" data-t="landscape.legend"></p>
    <p class="label" data-t="landscape.hint"></p>
  </div>`;
