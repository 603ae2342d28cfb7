// @ts-check
// The tool bar of the drawing: what to start from, classes or a value, tools, undo and redo, a hint below.

import { MARKS, markSvg } from '../../draw/plane/marks.js';
import { icon, write } from '../../core/elements.js';
import { t, translate } from '../../core/i18n.js';
import { whyUntrainable } from './point_history.js';

/** @type {{tool: import('./types.js').Tool, testid: string, title: string}[]} */
const TOOLS = [
  { tool: 'point', testid: 'tool-point', title: 'draw.point' },
  { tool: 'brush', testid: 'tool-brush', title: 'draw.brush' },
  { tool: 'erase', testid: 'erase', title: 'draw.erase' },
];

const iconButton = (/** @type {string} */ testid, /** @type {string} */ title, /** @type {string} */ image, classes = '') =>
  `<button type="button"${classes} data-testid="${testid}" data-t-title="${title}" data-t-label="${title}">${icon(image)}</button>`;
const SMALL = ' class="button small"';

const MARKUP = () => `
    <div class="start"><button class="button small" data-testid="draw-empty" data-t="draw.empty"></button><button class="button small" data-testid="draw-these"></button></div>
    <div class="pens" role="group">
      <span class="point-classes">${Array.from({ length: MARKS }, (_, n) => `<button type="button" data-testid="point-class-${n}">${markSvg(n)}</button>`).join('')}</span>
      <label class="point-value"><span data-t="draw.value"></span><input type="number" step="any" value="1" data-testid="point-value"></label>
      <span class="tools"><span class="seg">${TOOLS.map(({ tool, testid, title }) => iconButton(testid, title, tool)).join('')}</span>
        ${iconButton('draw-undo', 'draw.undo', 'undo', SMALL)}
        ${iconButton('draw-redo', 'draw.redo', 'redo', SMALL)}
        ${iconButton('clear-points', 'draw.clear', 'clear', SMALL)}
        <button type="button" class="button small done" data-testid="draw-done" data-t="draw.done"></button></span>
    </div>
    <p class="hint" role="status" data-testid="draw-hint"></p>`;

/** @param {HTMLElement} root  empty */
export function createPointToolbar(root) {
  root.innerHTML = MARKUP();
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const button = (/** @type {string} */ testid) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-testid=${testid}]`));
  const value = /** @type {HTMLInputElement} */ (root.querySelector('[data-testid=point-value]'));

  /** @param {import('./types.js').Drawing} drawing */
  function showTools({ history, values, tool, label }) {
    find('.point-classes').hidden = values;
    find('.point-value').hidden = !values;
    for (let n = 0; n < MARKS; n++) {
      const choice = button(`point-class-${n}`);
      choice.setAttribute('aria-pressed', String(n === label && tool !== 'erase'));
      choice.title = t('draw.class', { number: n + 1 });
      choice.setAttribute('aria-label', choice.title);
    }
    for (const { tool: name, testid } of TOOLS) button(testid).setAttribute('aria-pressed', String(name === tool));
    button('draw-undo').disabled = !history.canUndo;
    button('draw-redo').disabled = !history.canRedo;
    button('clear-points').disabled = !history.points.length;
  }

  /** @param {import('./types.js').Drawing} drawing */
  function showHint({ history: { points, most }, values, started, note }) {
    const why = whyUntrainable(points, values);
    const count = t('draw.count', { count: points.length, most });
    const hint = find('.hint');
    write(hint, !started ? t('draw.start') : note || (why ? t(`draw.${why}`) : count));
    hint.dataset.value = String(points.length);
  }

  return {
    value: () => value.valueAsNumber || 0,
    focus: () => button('draw-empty').focus(),

    /** @param {import('./point_editing.js').PointEditing} editing @param {{startEmpty: () => void, startFromData: () => void, leave: () => void}} mode */
    connect(editing, { startEmpty, startFromData, leave }) {
      button('draw-empty').onclick = startEmpty;
      button('draw-these').onclick = startFromData;
      button('draw-done').onclick = leave;
      button('draw-undo').onclick = editing.undo;
      button('draw-redo').onclick = editing.redo;
      button('clear-points').onclick = editing.clear;
      for (const { tool, testid } of TOOLS) button(testid).onclick = () => editing.chooseTool(tool);
      for (let n = 0; n < MARKS; n++) button(`point-class-${n}`).onclick = () => editing.chooseClass(n);
    },

    /** @param {import('./types.js').Drawing} drawing @param {{count: number, usable: boolean}} data  the data set to start from */
    show(drawing, { count, usable }) {
      translate(root);
      find('.start').hidden = drawing.started;
      find('.pens').hidden = !drawing.started;
      const fromData = button('draw-these');
      fromData.textContent = t('draw.these', { count: count });
      fromData.disabled = !usable;
      fromData.title = usable ? '' : t('draw.these_refused');
      showTools(drawing);
      showHint(drawing);
    },
  };
}
