// @ts-check
// Prints the page as the screen shows it: canvases cannot be laid out anew for paper, so all of it is made smaller.

const PAPER = { width: 1040, height: 710 }; // px of A4 across, within its margins (css/presenting.css)

/** @returns {() => void} undo */
export function mountPrintPage() {
  const { style } = document.body;
  const fit = () => {
    const [width, height] = [innerWidth, Math.min(innerHeight, document.body.scrollHeight)];
    Object.assign(style, { width: `${width}px`, height: `${height}px`, overflow: 'hidden', zoom: String(Math.min(PAPER.width / width, PAPER.height / height)) });
  };
  const restore = () => Object.assign(style, { width: '', height: '', overflow: '', zoom: '' });
  addEventListener('beforeprint', fit);
  addEventListener('afterprint', restore);
  return () => {
    restore();
    removeEventListener('beforeprint', fit);
    removeEventListener('afterprint', restore);
  };
}
