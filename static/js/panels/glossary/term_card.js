// @ts-check
// The card of a term at any label of the page that names it in data-term: by hover, by the Tab key or by touch.

const REST = 400; // milliseconds the pointer rests on a label before its card opens
const GAP = 6; // px between a control and its card

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const labelAt = (target) => (target instanceof Element ? target.closest('[data-term]') : null);

/** The label of what has the focus. @returns {HTMLElement | null} */
function labelOfFocus() {
  const focused = document.activeElement;
  return labelAt(focused) ?? (focused?.id ? document.querySelector(`label[data-term][for="${focused.id}"]`) : null);
}

/** @param {HTMLElement} card  a popover @param {HTMLElement} label */
function place(card, label) {
  const { left, bottom, top } = (label.closest('.knob, .slider, .reading') ?? label).getBoundingClientRect(); // its control stays in sight
  const below = bottom + GAP + card.offsetHeight <= innerHeight;
  card.style.top = `${below ? bottom + GAP : Math.max(GAP, top - GAP - card.offsetHeight)}px`;
  card.style.left = `${Math.max(GAP, Math.min(left, innerWidth - GAP - card.offsetWidth))}px`;
}

/** @param {HTMLElement} card  a popover @param {(name: string) => HTMLElement} makeEntry */
export function mountTermCard(card, makeEntry) {
  let timer = 0;
  const isWithin = (/** @type {EventTarget | null} */ target) => target instanceof Node && card.contains(target);

  /** @param {HTMLElement} label */
  function show(label) {
    card.replaceChildren(makeEntry(label.dataset.term ?? ''));
    if (!card.matches(':popover-open')) card.showPopover();
    place(card, label);
  }
  function hide() {
    clearTimeout(timer);
    if (card.matches(':popover-open')) card.hidePopover();
  }

  const over = (/** @type {PointerEvent} */ event) => {
    if (event.pointerType !== 'mouse') return;
    const label = labelAt(event.target);
    clearTimeout(timer);
    if (label) timer = setTimeout(() => show(label), REST);
    else if (!isWithin(event.target)) timer = setTimeout(hide, REST); // it may be on its way to the card
  };
  const pressed = (/** @type {PointerEvent} */ event) => {
    const label = labelAt(event.target);
    if (label && event.pointerType === 'touch') show(label);
    else if (!isWithin(event.target)) hide();
  };
  const tabbed = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Tab' || isWithin(document.activeElement)) return;
    const label = labelOfFocus();
    if (label) show(label);
    else hide();
  };
  const typed = (/** @type {KeyboardEvent} */ event) => {
    if (['Tab', 'Shift'].includes(event.key) || isWithin(document.activeElement)) return;
    if (event.key === 'Escape' && card.matches(':popover-open')) event.preventDefault(); // it leaves nothing else
    hide();
  };
  const listening = new AbortController();
  document.addEventListener('pointerover', over, listening);
  document.addEventListener('pointerdown', pressed, listening);
  document.addEventListener('keyup', tabbed, listening);
  document.addEventListener('keydown', typed, listening);
  return {
    hide,
    stop() {
      hide();
      listening.abort();
    },
  };
}
