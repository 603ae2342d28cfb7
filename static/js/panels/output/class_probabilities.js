// @ts-check
// A bar for the probability of each class.

/** @param {HTMLElement} list  empty */
export function createClassProbabilities(list) {
  /** @param {(number | null)[] | null} probabilities  null: nothing is drawn @returns {number} the most probable class; −1: none */
  function show(probabilities) {
    const best = probabilities ? indexOfLargest(probabilities) : -1;
    [...list.children].forEach((row, i) => {
      const value = probabilities?.[i] ?? 0;
      const item = /** @type {HTMLElement} */ (row);
      item.style.setProperty('--part', String(value));
      item.classList.toggle('best', i === best);
      item.dataset.value = probabilities ? String(value) : '';
      /** @type {HTMLElement} */ (item.lastElementChild).textContent = probabilities ? `${Math.round(value * 100)} %` : '';
    });
    return best;
  }

  return {
    show,
    /** @param {number} count  of classes @returns {boolean} whether the bars are new */
    make(count) {
      if (list.children.length === count) return false;
      list.replaceChildren(...Array.from({ length: count }, (_, number) => {
        const row = document.createElement('li');
        row.dataset.testid = `probability-${number}`;
        row.innerHTML = `<b>${number}</b><i></i><span></span>`;
        return row;
      }));
      return true;
    },
  };
}

/** @param {(number | null)[]} values */
function indexOfLargest(values) {
  let largest = 0;
  values.forEach((value, i) => {
    if ((value ?? 0) > (values[largest] ?? 0)) largest = i;
  });
  return largest;
}
