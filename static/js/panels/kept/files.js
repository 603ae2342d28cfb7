// @ts-check
// Experiments as files.

/** @param {string} address @param {string} name  of the experiment: what no file may have in its name is left out */
export function takeFile(address, name) {
  const link = document.createElement('a');
  link.href = address;
  link.download = `${name.replace(/[^\p{L}\p{N} ._-]+/gu, '_').slice(0, 80)}.playground`;
  link.click();
}
