// @ts-check
// One line of code, wrapped under itself.

const CONTINUATION_INDENT = 4; // characters that a wrapped line is set in further than it began

/** @param {string} text */
export function makeLine(text) {
  const line = document.createElement('span');
  line.style.setProperty('--indent', `${text.search(/\S|$/) + CONTINUATION_INDENT}ch`);
  line.textContent = `${text}\n`;
  return line;
}
