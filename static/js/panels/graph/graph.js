// @ts-check
// The page of the chain rule: what graph is wanted, its drawing with the buttons that walk through it, its nodes as a table,
// and one node in the open.

import { t } from '../../core/i18n.js';
import { readAddress, writeAddress } from './address.js';
import { mountGraphPicture } from './graph_picture.js';
import { mountExpressionForm } from './expression_form.js';
import { createGraphSource } from './graph_source.js';
import { mountNodeCard } from './node_card.js';
import { mountNodeTable } from './node_table.js';
import { mountOwnOperation } from './own_operation.js';
import { mountStepButtons } from './step_buttons.js';
import { mountTorchCheck } from './torch_check.js';

/**
 * @param {Record<'form' | 'graph' | 'steps' | 'check' | 'drawing' | 'table' | 'card', HTMLElement>} places  graph: of all that is drawn
 * @param {import('./state.js').Store} store
 * @param {string} session  of the tab; empty: it has none
 * @returns {() => void} undo
 */
export function mountGraph(places, store, session) {
  const source = createGraphSource(store, session);

  const nameTab = () => {
    document.title = t('graph.title');
  };
  nameTab();

  function showFaulty() {
    const faulty = store.get('fault') !== null;
    places.graph.hidden = faulty && !store.get('nodes').length; // there is nothing to walk through
    places.graph.classList.toggle('stale', faulty); // what is drawn is not what is typed
  }

  const stops = [
    store.watch(['language'], nameTab),
    store.watch(['nodes', 'fault'], showFaulty),
    mountExpressionForm(places.form, store, source),
    mountStepButtons(places.steps, store, source),
    mountTorchCheck(places.check, store),
    mountGraphPicture(places.drawing, /** @type {HTMLButtonElement} */ (places.steps.querySelector('[data-testid=fit]')), store),
    mountNodeTable(places.table, store),
    mountNodeCard(places.card, store, source),
    mountOwnOperation(/** @type {HTMLDetailsElement} */ (places.form.querySelector('.own')), store),
    store.watch(['own', 'backward', 'upstream'], () => writeAddress(store)),
  ];
  readAddress(store);
  source.refresh({ anew: true });
  return () => stops.forEach((stop) => stop());
}
