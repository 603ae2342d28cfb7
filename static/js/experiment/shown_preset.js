// @ts-check
// Whether the experiment of the chosen preset is still the one that is shown.

import { hasText } from '../core/i18n.js';
import { sameExperiment } from './compatibility.js';

/** The chosen preset, if it is the experiment that is shown and has a line; '' else. To be asked anew at `presets`, `preset`, `spec`, `fields`. @param {import('../core/store.js').Store} store */
export function shownPreset(store) {
  const preset = store.get('presets')?.find(({ name }) => name === store.get('preset'));
  const [spec, fields] = [store.get('spec'), store.get('fields')];
  const isShown = preset?.spec && spec && fields && sameExperiment(fields, preset.spec, spec);
  return isShown && hasText(`preset.${preset.name}.see`) ? preset.name : '';
}
