import { createStore } from '/static/js/core/store.js';
import { createRunPictures } from '/static/js/panels/studies/run_pictures.js';
import { equal, test } from '../../harness.js';

test('a picture belongs to the run it was asked for, wherever the pointer is when it comes', async () => {
  const store = createStore({ runPicture: null });
  const sent = [];
  const pictures = createRunPictures(store, (command) => sent.push(command), () => {});
  const [first, second] = [{}, {}];
  const trained = () => ({ spec: {}, steps: 3 });
  equal(pictures.pictureOf(first, trained), null);
  while (!sent.length) await new Promise(requestAnimationFrame);
  pictures.pictureOf(second, trained);
  store.set({ runPicture: { number: sent[0].number, picture: 'of the first' } });
  await null; // the store tells of it
  equal([pictures.pictureOf(second, trained), pictures.pictureOf(first, trained)], [null, 'of the first']);
});
