// @ts-check
// While a run goes on, the file of a picture is named by the step that is painted in it.

import { startState } from '/static/js/core/state.js';
import { createStore } from '/static/js/core/store.js';
import { createPictures } from '/static/js/panels/save/pictures.js';
import { equal, test } from '/js-tests/harness.js';

const nextTask = () => new Promise((done) => { setTimeout(done); });

/** A map whose canvas has the frame's step as its red, painted as the page's panels do it. */
function openMap() {
  const root = document.createElement('div');
  root.innerHTML = '<div class="pictures"></div><div class="map"><div class="plane"><canvas width="10" height="10"></canvas></div></div>';
  document.body.append(root);
  const [menu, map] = /** @type {HTMLElement[]} */ ([...root.children]);
  const store = createStore(startState({ theme: 'light', language: 'en', profile: 'desk' }));
  const context = /** @type {CanvasRenderingContext2D} */ (map.querySelector('canvas')?.getContext('2d'));
  let asked = 0;
  const stop = store.watch(['frame', 'printed'], () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      context.fillStyle = `rgb(${store.get('frame')?.step}, 0, 0)`;
      context.fillRect(0, 0, 10, 10);
    });
  });
  createPictures(menu, { network: map, map, charts: map }, store).update();
  return { root, store, stop, button: /** @type {HTMLButtonElement} */ (menu.querySelector('[data-testid=picture-map-svg]')) };
}

/** The red in the only image of an SVG. @param {string} svg */
async function redOf(svg) {
  const image = new Image();
  image.src = new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('image')?.getAttribute('href') ?? '';
  await image.decode();
  const context = new OffscreenCanvas(10, 10).getContext('2d');
  context?.drawImage(image, 0, 0);
  return context?.getImageData(5, 5, 1, 1).data[0];
}

test('a picture of a run that goes on is of the step in its name', async () => {
  const { root, store, stop, button } = openMap();
  const [{ click }, { createObjectURL }] = [HTMLAnchorElement.prototype, URL];
  let saved = new Blob();
  URL.createObjectURL = (/** @type {Blob} */ blob) => createObjectURL(saved = blob);
  /** @type {{step: number, svg: Promise<string>}[]} */
  const files = [];
  HTMLAnchorElement.prototype.click = function taken() {
    files.push({ step: Number(/step-(\d+)-map\.svg/.exec(this.download)?.[1]), svg: saved.text() });
  };
  try {
    for (let step = 1; files.length < 10; step += 1) {
      store.set({ frame: /** @type {any} */ ({ step: step % 256 }) });
      if (step % 8 === 0) button.click();
      await nextTask();
    }
  } finally {
    HTMLAnchorElement.prototype.click = click;
    URL.createObjectURL = createObjectURL;
    stop();
    root.remove();
  }
  for (const { step, svg } of files) equal(await redOf(await svg), step);
});
