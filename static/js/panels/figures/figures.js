// @ts-check
// The figure that belongs to a preset, in a popover that its caption opens: made when it is opened, gone when it is
// closed, and closed with the caption when the experiment is another.

import { t, translate } from '../../core/i18n.js';
import { shownPreset } from '../../experiment/shown_preset.js';
import { mountActivationPlots } from './activation_plots.js';
import { mountBiologicalNeuron } from './biological_neuron.js';
import { mountCollapsedNeuron } from './collapsed_neuron.js';

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {(root: HTMLElement, store: Store) => () => void} Mount  fills an empty element; returns its undo */

/** Preset → key of its figure's title, and the figure. @type {Record<string, [string, Mount]>} */
const FIGURES = {
  a1_neuron: ['figure.biology', mountBiologicalNeuron],
  a2_linear: ['figure.collapsed', mountCollapsedNeuron],
  d3_activations: ['figure.activations', mountActivationPlots],
};

/** @param {HTMLElement} popover @param {HTMLElement} opener  in the caption @param {Store} store @returns {() => void} undo */
export function mountFigures(popover, opener, store) {
  const title = /** @type {HTMLElement} */ (popover.querySelector('h2'));
  const body = /** @type {HTMLElement} */ (popover.querySelector('.figure-body'));
  let unmount = () => {};
  let preset = shownPreset(store);
  const figure = () => FIGURES[preset];

  function showOpener() {
    opener.hidden = !figure();
    if (!figure()) popover.hidePopover();
    else opener.textContent = title.textContent = t(figure()[0]);
  }

  function fill() {
    unmount();
    body.replaceChildren();
    const open = popover.matches(':popover-open');
    opener.setAttribute('aria-expanded', String(open));
    unmount = open && figure() ? figure()[1](body, store) : () => {};
    translate(popover);
    if (open) place(popover, opener);
  }

  function showPreset() {
    if (preset === shownPreset(store)) return;
    preset = shownPreset(store);
    showOpener();
    fill();
  }

  popover.addEventListener('toggle', fill);
  showOpener();
  const stops = [
    store.watch(['presets', 'preset', 'spec', 'fields'], showPreset),
    store.watch(['language', 'profile'], () => (showOpener(), fill())),
  ];
  return () => {
    stops.forEach((stop) => stop());
    unmount();
    popover.removeEventListener('toggle', fill);
    body.replaceChildren();
  };
}

const GAP = 6; // px

/** Under the caption and at its left, within the window: the plane, at the right, is seen where there is room. @param {HTMLElement} popover @param {HTMLElement} opener */
function place(popover, opener) {
  const { left, bottom } = /** @type {HTMLElement} */ (opener.parentElement).getBoundingClientRect();
  popover.style.left = `${Math.max(GAP, Math.min(left, innerWidth - popover.offsetWidth - GAP))}px`;
  popover.style.top = `${Math.max(GAP, Math.min(bottom + GAP, innerHeight - popover.offsetHeight - GAP))}px`;
}
