// @ts-check
// Prints the page as the screen shows it: canvases cannot be laid out or painted anew for paper, so all of it is made
// smaller, and in the dark theme the light one takes its place with canvases inverted.

const PAPER = { width: 1040, height: 710 }; // px of A4 across, within its margins (css/presenting.css)

/** @returns {() => void} undo */
export function mountPrintPage() {
  const { style } = document.body;
  const { classList } = document.documentElement;
  const fit = () => {
    if (classList.contains('dark')) classList.replace('dark', 'printed-dark');
    const [width, height] = [innerWidth, Math.min(innerHeight, document.body.scrollHeight)];
    Object.assign(style, { width: `${width}px`, height: `${height}px`, overflow: 'hidden', zoom: String(Math.min(PAPER.width / width, PAPER.height / height)) });
  };
  const restore = () => {
    classList.replace('printed-dark', 'dark');
    Object.assign(style, { width: '', height: '', overflow: '', zoom: '' });
  };
  addEventListener('beforeprint', fit);
  addEventListener('afterprint', restore);
  return () => {
    restore();
    removeEventListener('beforeprint', fit);
    removeEventListener('afterprint', restore);
  };
}
