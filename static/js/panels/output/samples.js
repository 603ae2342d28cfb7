// @ts-check
// In place of the plane, where targets are columns of values: for some samples what the network makes of them beside
// what it should, as pictures where they are pictures and as columns of colour where they are numbers.

import { contextOf, fitCanvas } from '../../draw/base/canvas.js';
import { colorOf, makeColormap } from '../../draw/base/colormap.js';
import { paintPicture } from '../../draw/plane/ink.js';
import { readPalette } from '../../draw/base/palette.js';
import { t } from '../../core/i18n.js';

const PICTURE = 64; // values of an 8×8 picture

/**
 * @param {HTMLElement} root  empty
 * @param {import('../../core/store.js').Store} store
 * @param {import('../../core/predictions.js').Follow} follow
 */
export function mountSamples(root, store, follow) {
  root.innerHTML = '<h2></h2><p class="note"></p><div class="samples"></div>';
  const [title, note, list] = /** @type {HTMLElement[]} */ ([...root.children]);
  /** @type {(number | null)[][]} */
  let made = [];
  let painting = 0;

  /** @returns {{inputs: number[][], targets: number[][]} | null} */
  const samples = () => {
    const { state, draft } = { state: store.get('state'), draft: store.get('draft') };
    return state?.kind && !state.kind.plane && state.kind.targets === 'values' && !draft ? store.get('samples') : null;
  };
  const soon = follow(() => {
    const inputs = samples()?.inputs;
    return inputs && inputs[0]?.length === store.get('state').sizes[0] ? inputs : null;
  }, ({ answers }) => {
    made = answers;
    repaint();
  });

  function fit() {
    const now = samples();
    root.hidden = !now;
    if (!now) return;
    const pictures = now.targets[0].length === PICTURE;
    title.textContent = t('boundary.output');
    note.textContent = t(pictures ? 'samples.pictures' : 'samples.values');
    list.classList.toggle('pictures', pictures);
    if (list.children.length !== now.targets.length) {
      list.replaceChildren(...now.targets.map((_, i) => {
        const figure = document.createElement('figure');
        figure.dataset.testid = `sample-${i}`;
        figure.innerHTML = '<canvas></canvas><canvas></canvas><figcaption></figcaption>';
        return figure;
      }));
    }
    repaint();
    soon();
  }

  function repaint() {
    painting ||= requestAnimationFrame(paint);
  }

  function paint() {
    painting = 0;
    const now = samples();
    if (!now) return;
    const palette = readPalette(root);
    const colormap = makeColormap(palette, 1);
    now.targets.forEach((target, i) => {
      const figure = /** @type {HTMLElement} */ (list.children[i]);
      const [canvas, other] = /** @type {HTMLCanvasElement[]} */ ([...figure.children]);
      const values = made[i]?.length === target.length ? made[i].map((value) => value ?? 0) : null;
      /** @type {HTMLElement} */ (figure.lastElementChild).textContent = String(i);
      [[canvas, values], [other, target]].forEach(([where, what]) => {
        const [box, shown] = /** @type {[HTMLCanvasElement, number[] | null]} */ ([where, what]);
        const [width, height] = [box.clientWidth || 20, box.clientHeight || 20];
        fitCanvas(box, width, height);
        const context = contextOf(box);
        if (target.length === PICTURE) paintPicture(context, shown ?? new Float32Array(PICTURE), width, { ink: palette.ink, ground: palette.fill });
        else paintColumn(context, shown ?? target.map(() => 0), width, height, colormap);
      });
      figure.title = values ? t('samples.error', { value: Math.sqrt(target.reduce((sum, value, k) => sum + (value - values[k]) ** 2, 0) / target.length).toFixed(3) }) : '';
    });
  }

  const observer = new ResizeObserver(repaint);
  observer.observe(root);
  fit();
  const undo = [
    store.watch(['state', 'samples', 'language', 'theme', 'profile', 'draft'], fit),
    store.watch(['frame'], () => samples() && soon()),
    () => observer.disconnect(),
    () => cancelAnimationFrame(painting),
    () => root.replaceChildren(),
  ];
  return () => undo.forEach((stop) => stop());
}

/** Values beside each other, each in its colour. @param {CanvasRenderingContext2D} context @param {number[]} values @param {number} width @param {number} height @param {import('../../draw/base/colormap.js').Colormap} colormap */
function paintColumn(context, values, width, height, colormap) {
  const part = width / values.length;
  values.forEach((value, i) => {
    context.fillStyle = colorOf(colormap, value);
    context.fillRect(i * part, 0, part + 0.5, height);
  });
}
