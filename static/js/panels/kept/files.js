// @ts-check
// Experiments as files.

/** @param {string} address @param {string} name  of the experiment */
export function takeFile(address, name) {
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName(name);
  link.click();
}

/** One word, easily typed behind a command: letters, digits, points and hyphens. @param {string} name */
export const fileName = (name) => `${name.replace(/(?<=\d),(?=\d)/g, '').replace(/[^\p{L}\p{N}.]+/gu, '-').replace(/^-|-$/g, '').slice(0, 80) || 'experiment'}.playground`;
