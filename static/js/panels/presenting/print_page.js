// @ts-check
// Prints the page as the screen shows it, on a sheet of the screen's size, which a printer fits to its paper: canvases cannot
// be laid out or painted anew for it. In the dark theme the light one takes its place, with canvases inverted.

/** @returns {() => void} undo */
export function mountPrintPage() {
  const { classList } = document.documentElement;
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const fit = () => {
    if (classList.contains('dark')) classList.replace('dark', 'printed-dark');
    sheet.replaceSync(`@page { size: ${innerWidth}px ${innerHeight}px; margin: 0; }
      @media print { html, body { width: ${innerWidth}px; height: ${innerHeight}px; overflow: clip; } }`);
  };
  const restore = () => {
    classList.replace('printed-dark', 'dark');
    sheet.replaceSync('');
  };
  addEventListener('beforeprint', fit);
  addEventListener('afterprint', restore);
  return () => {
    restore();
    removeEventListener('beforeprint', fit);
    removeEventListener('afterprint', restore);
  };
}
