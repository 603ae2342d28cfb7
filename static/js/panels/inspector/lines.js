// @ts-check
// The lines of an explanation in groups: built when their structure changes, else only numbers and symbols are filled in.

import { t } from '../../core/i18n.js';
import { makeLine } from './line.js';
import { groupOf, structureOf } from './line_kinds.js';

/** @typedef {import('../../wire/messages.js').Line} Line */
/** @typedef {import('./line.js').Context} Context */

/**
 * @param {HTMLElement} root
 * @param {(subject: import('./subjects.js').Subject) => void} goTo
 */
export function createLines(root, goTo) {
  /** @type {ReturnType<typeof makeLine>[]} */
  let made = [];
  let structure = '';

  return {
    /** @param {Line[]} lines @param {Context} context @param {string} language */
    show(lines, context, language) {
      const next = `${language} ${structureOf(lines)}`;
      if (next !== structure) {
        structure = next;
        made = lines.map((line) => makeLine(line, goTo));
        made.forEach(({ section }, i) => { section.dataset.place = String(i); }); // in the order of the arithmetic
        root.replaceChildren(...grouped(made.map(({ section }, i) => ({ section, group: groupOf(lines[i].name) }))));
      }
      lines.forEach((line, i) => made[i].fill(line, context));
    },
    clear() {
      structure = '';
      made = [];
      root.replaceChildren();
    },
  };
}

/** Neighbours of one group in a box with its heading; the rule, old − rate · gradient = new, before what leads to it. @param {{section: HTMLElement, group: string}[]} lines */
function grouped(lines) {
  /** @type {HTMLElement[]} */
  const boxes = [];
  for (const { section, group } of lines) {
    if (boxes.at(-1)?.dataset.group !== group) {
      const box = document.createElement('div');
      box.className = `group ${group}`;
      box.dataset.group = group;
      box.innerHTML = `<h3>${t(`inspector.group.${group}`)}</h3>`;
      boxes.push(box);
    }
    boxes[boxes.length - 1].append(section);
  }
  return [...boxes.filter(isRule), ...boxes.filter((box) => !isRule(box))];
}

/** @param {HTMLElement} box */
const isRule = (box) => box.dataset.group === 'update';
