// @ts-check
// A biological neuron and an artificial one, part by part beside each other, the artificial one with the numbers of the run.

import { featureLabel, fixed } from '../../draw/base/numbers.js';
import { write } from '../../core/elements.js';
import { t } from '../../core/i18n.js';
import { watchNumbers } from '../../core/throttle.js';

/** Keys of each part's words, of the biological and of the artificial neuron. */
const PARTS = [
  ['figure.part.dendrite', 'figure.part.dendrite.artificial'],
  ['figure.part.synapse', 'figure.part.synapse.artificial'],
  ['figure.part.body', 'figure.part.body.artificial'],
  ['figure.part.firing', 'figure.part.firing.artificial'],
  ['figure.part.axon', 'figure.part.axon.artificial'],
];

/** A part's number in a drawing. @param {number} number @param {number} x @param {number} y */
const mark = (number, x, y) => `<g class="part"><circle cx="${x}" cy="${y}" r="9"/><text x="${x}" y="${y + 4}">${number}</text></g>`;

const BIOLOGICAL = `<svg viewBox="0 0 420 190" role="img" aria-labelledby="figure-title">
  <path class="cell" d="M108 92C88 84 74 60 40 52M74 68C66 50 60 36 48 22M112 108C84 112 66 118 28 112M70 115C58 128 48 136 30 142M122 124C106 142 94 156 78 172M124 78C120 58 112 40 104 20"/>
  <path class="body" d="M108 92C112 80 120 76 130 76C146 74 160 82 168 92C176 97 188 98 200 98V106C188 106 178 108 168 114C158 126 144 128 128 124C116 122 106 112 108 92Z"/><circle class="nucleus" cx="138" cy="101" r="10"/>
  <path class="axon" d="M200 102C240 102 270 100 330 102"/><path class="sheath" d="M206 102H232M240 102H266M274 101H300"/>
  <path class="cell" d="M330 102C352 100 366 84 388 74M330 102C352 104 366 104 392 104M330 102C352 108 366 122 386 134"/>
  <g class="ends"><circle cx="390" cy="73" r="4"/><circle cx="395" cy="104" r="4"/><circle cx="389" cy="136" r="4"/><circle cx="38" cy="51" r="4"/><circle cx="46" cy="20" r="4"/><circle cx="26" cy="112" r="4"/><circle cx="28" cy="143" r="4"/></g>
  ${mark(1, 84, 46)}${mark(2, 22, 36)}${mark(3, 148, 146)}${mark(4, 194, 78)}${mark(5, 318, 78)}</svg>`;
const ARTIFICIAL = `<svg viewBox="0 0 420 190" role="img" aria-labelledby="figure-title">
  <path class="cell" d="M58 52L206 96M58 142L206 108M250 102H296M340 102H382"/><path d="M374 96L384 102L374 108"/>
  <g class="tile"><rect x="10" y="34" width="48" height="36" rx="9"/><rect x="10" y="124" width="48" height="36" rx="9"/><circle cx="228" cy="102" r="22"/><rect x="296" y="80" width="44" height="44" rx="9"/></g>
  <text class="name" x="34" y="58" data-input="0"></text><text class="name" x="34" y="148" data-input="1"></text><text class="name" x="228" y="109">Σ</text><text class="name" x="399" y="108">o</text>
  <path class="curve" d="M303 116C314 116 315 112 318 102C321 92 322 88 333 88"/>
  <text x="138" y="56" data-value="0"></text><text x="138" y="152" data-value="1"></text><text x="228" y="70" data-value="2"></text>
  ${mark(1, 34, 20)}${mark(2, 104, 100)}${mark(3, 228, 146)}${mark(4, 318, 146)}${mark(5, 362, 78)}</svg>`;

/** @param {HTMLElement} root  empty @param {import('../../core/store.js').Store} store @returns {() => void} undo */
export function mountBiologicalNeuron(root, store) {
  root.innerHTML = `
    <div class="neurons" data-testid="biology"><figure><figcaption data-t="figure.biological"></figcaption>${BIOLOGICAL}</figure><figure><figcaption data-t="figure.artificial"></figcaption>${ARTIFICIAL}</figure></div>
    <table><tbody>${PARTS.map(([biological, artificial], i) => `<tr><th>${i + 1}</th><td>${t(biological)}</td><td>${t(artificial)}</td></tr>`).join('')}</tbody></table>
    <p class="hint" data-t="figure.biology.help"></p>`;
  const values = /** @type {SVGElement[]} */ ([...root.querySelectorAll('[data-value]')]);
  const names = /** @type {SVGElement[]} */ ([...root.querySelectorAll('[data-input]')]);

  function show() {
    const [frame, spec] = [store.get('frame'), store.get('spec')];
    if (!frame || !spec) return;
    const { 'layers.0.weight': weights, 'layers.0.bias': bias } = frame.parameters;
    const parameters = [weights?.[0], weights?.[1], bias?.[0]];
    names.forEach((name, i) => write(name, featureLabel(spec.features[i] ?? '')));
    parameters.forEach((value, i) => write(values[i], value === undefined ? '' : `${['w₁', 'w₂', 'b'][i]} = ${fixed(value, 2).trim()}`));
  }

  show();
  return watchNumbers(store, show);
}
