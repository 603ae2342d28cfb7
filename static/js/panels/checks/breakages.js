// @ts-check
// The break-it shelf, on top of the presets: runs that go wrong on one click, each with what to look at; and the bar that
// offers what mends it.

import { sameExperiment } from '../../experiment/compatibility.js';
import { t } from '../../core/i18n.js';

/** @typedef {{name: string, spec: Record<string, any>, repair: Record<string, any>, steps: number}} Breakage */

const SEPARATOR = ' · ';

/**
 * @param {HTMLElement} root  in the dialog of presets
 * @param {HTMLElement} bar
 * @param {import('../../core/store.js').Store} store
 * @param {(command: import('../../core/commands.js').Command) => void} send
 */
export function mountBreakages(root, bar, store, send) {
  const [title, shelf] = /** @type {HTMLElement[]} */ ([...root.children]);
  const [name, see, repair] = /** @type {HTMLElement[]} */ ([...bar.querySelectorAll('b, span, .repair')]);
  const close = /** @type {HTMLElement} */ (bar.querySelector('.close'));

  const breakages = () => /** @type {Breakage[]} */ (store.get('breakages') ?? []);

  function fill() {
    title.textContent = t('break.title');
    shelf.replaceChildren(...breakages().map((one) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'button small';
      button.dataset.testid = `break-${one.name}`;
      button.textContent = t(`break.${one.name}`);
      button.title = t(`break.${one.name}.see`);
      button.onclick = () => {
        store.set({ preset: null, broken: { name: one.name, repaired: false } });
        send({ type: 'configure', spec: one.spec });
        send({ type: 'play' });
        root.closest('dialog')?.close();
      };
      return button;
    }));
    show();
  }

  const chosen = () => breakages().find((one) => one.name === store.get('broken')?.name) ?? null;

  function show() {
    const one = chosen();
    const repaired = store.get('broken')?.repaired ?? false;
    const { spec, fields } = { spec: store.get('spec'), fields: store.get('fields') };
    const shown = one !== null && spec && fields && sameExperiment(fields, repaired ? { ...one.spec, ...one.repair } : one.spec, spec);
    bar.hidden = !shown;
    document.body.classList.toggle('broken', Boolean(shown));
    if (!shown) return;
    name.textContent = t(repaired ? 'break.mended' : `break.${one.name}`);
    const mends = Object.keys(one.repair).map((field) => t(`field.${field}`)).join(SEPARATOR);
    see.textContent = repaired ? t('break.mended_by', { fields: mends }) : t(`break.${one.name}.see`);
    repair.textContent = t('break.repair');
    repair.title = mends;
    repair.hidden = repaired;
  }

  repair.onclick = () => {
    const one = chosen();
    if (!one) return;
    store.set({ broken: { name: one.name, repaired: true } });
    send({ type: 'configure', spec: one.repair });
    send({ type: 'reset' }); // a rate alone would change live, and what has died stay dead
    send({ type: 'play' });
  };
  close.onclick = () => store.set({ broken: null });

  fill();
  const stops = [
    store.watch(['breakages', 'language'], fill),
    store.watch(['broken', 'spec', 'fields'], show),
    store.watch(['preset'], () => { if (store.get('preset') !== null) store.set({ broken: null }); }),
  ];
  return () => {
    stops.forEach((stop) => stop());
    shelf.replaceChildren();
  };
}
