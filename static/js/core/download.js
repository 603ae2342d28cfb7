// @ts-check
// Gives the person a file that the page has made.

/** @param {string} name @param {BlobPart} content @param {string} type  of its content */
export function download(name, content, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href)); // once the browser has begun to take it
}
