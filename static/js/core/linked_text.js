// @ts-check
// Texts that name controls of the page: [words](testid) is a button that presses the control of that data-testid.

const LINK = /\[([^\]]+)\]\(([\w-]+)\)/g;

/** The text alone, where it cannot hold buttons. @param {string} text */
export const plainText = (text) => text.replace(LINK, '$1');

/**
 * @param {HTMLElement} element @param {string} text
 * @param {(testid: string) => HTMLElement | undefined} controlOf
 */
export function fillLinked(element, text, controlOf) {
  const parts = text.split(LINK); // text, words, testid, text, words, testid, …, text
  element.replaceChildren(...parts.flatMap((part, i) => {
    if (i % 3 === 0) return [part];
    return i % 3 === 1 ? [makeLink(part, parts[i + 1], controlOf)] : [];
  }));
}

/** @param {string} words @param {string} testid @param {(testid: string) => HTMLElement | undefined} controlOf */
function makeLink(words, testid, controlOf) {
  const link = document.createElement('button');
  link.type = 'button';
  link.className = 'link';
  link.dataset.names = testid;
  link.textContent = words;
  link.onclick = () => {
    const control = controlOf(testid);
    control?.scrollIntoView({ block: 'nearest' });
    control?.focus();
    control?.click();
  };
  return link;
}
