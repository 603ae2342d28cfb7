// @ts-check
// Names of files of experiments.

import { fileName } from '/static/js/panels/kept/files.js';
import { equal, test } from '/js-tests/harness.js';

test('the name of a file is one word that can be typed', () => {
  equal(fileName('Two spirals, step 2,068'), 'Two-spirals-step-2068.playground');
  equal(fileName('../<b>双螺旋</b> 0.5'), '..-b-双螺旋-b-0.5.playground');
  equal(fileName('???'), 'experiment.playground');
});
