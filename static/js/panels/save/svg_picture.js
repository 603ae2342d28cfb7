// @ts-check
// A part of the page as an SVG picture: each canvas as an image with the pixels it has, each text as text in its place; charts as
// Plotly writes them, larger than on the page and with the names of their curves.

const SVG = 'http://www.w3.org/2000/svg';
const MARGIN = 8; // px
const CHART = { width: 800, height: 400 }; // px

/** @typedef {{svg: SVGSVGElement, width: number, height: number}} Picture */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/** @param {string} name @param {Record<string, string | number>} attributes */
function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** @param {number} width @param {number} height  px @param {string} ground  its color @returns {Picture} */
function blank(width, height, ground) {
  const svg = /** @type {SVGSVGElement} */ (element('svg', { width, height, viewBox: `0 0 ${width} ${height}` }));
  svg.append(element('rect', { width, height, fill: ground }));
  return { svg, width, height };
}

/**
 * Its canvases, and the texts of some of its elements.
 * @param {HTMLElement} root @param {string} texts  a selector @param {string} ground @returns {Picture}
 */
export function pictureOf(root, texts, ground) {
  const images = [...root.querySelectorAll('canvas')].filter((canvas) => canvas.checkVisibility()).map((canvas) => ({ canvas, box: canvas.getBoundingClientRect() }));
  const lines = [...root.querySelectorAll(texts)].filter((one) => one.checkVisibility()).flatMap(textsOf);
  const whole = around([...images, ...lines].map(({ box }) => box));
  const [left, top] = [whole.left - MARGIN, whole.top - MARGIN];
  const picture = blank(Math.ceil(whole.right - left + MARGIN), Math.ceil(whole.bottom - top + MARGIN), ground);
  for (const { canvas, box } of images) {
    picture.svg.append(element('image', { x: box.left - left, y: box.top - top, width: box.width, height: box.height, href: canvas.toDataURL() }));
  }
  for (const { text, box, style } of lines) {
    const [x, y] = [(box.left + box.right) / 2 - left, (box.top + box.bottom) / 2 - top];
    const line = element('text', { x, y, fill: style.color, 'font-family': style.fontFamily, 'font-size': style.fontSize, 'font-weight': style.fontWeight, 'text-anchor': 'middle', 'dominant-baseline': 'central' });
    line.textContent = text;
    picture.svg.append(line);
  }
  return picture;
}

/** Each text node with its place; a superscript is one of its own. @param {Element} root */
function textsOf(root) {
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const [box, text] = [range.getBoundingClientRect(), node.nodeValue?.trim() ?? ''];
    if (text && box.width) found.push({ text, box, style: getComputedStyle(/** @type {Element} */ (node.parentElement)) });
  }
  return found;
}

/** @param {Box[]} boxes  at least one @returns {Box} */
const around = (boxes) => ({
  left: Math.min(...boxes.map(({ left }) => left)),
  top: Math.min(...boxes.map(({ top }) => top)),
  right: Math.max(...boxes.map(({ right }) => right)),
  bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
});

/**
 * Charts, one below the other.
 * @param {HTMLElement[]} boxes  what Plotly has drawn into
 * @param {(box: HTMLElement, size: {width: number, height: number}) => Promise<string>} write  as SVG
 * @param {string} ground @returns {Promise<Picture>}
 */
export async function pictureOfCharts(boxes, write, ground) {
  const picture = blank(CHART.width, CHART.height * boxes.length, ground);
  const files = await Promise.all(boxes.map((box) => write(box, CHART))); // all begun at once, so that they are of one step
  for (const [i, file] of files.entries()) {
    const chart = new DOMParser().parseFromString(file, 'image/svg+xml').documentElement;
    chart.setAttribute('y', String(i * CHART.height));
    picture.svg.append(document.importNode(chart, true));
  }
  return picture;
}

/** As a file. @param {Picture} picture */
export const svgFile = ({ svg }) => new XMLSerializer().serializeToString(svg);

/** @param {Picture} picture @param {number} dots  for a px @returns {Promise<Blob>} */
export async function pngFile({ svg, width, height }, dots) {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svgFile({ svg, width, height })], { type: 'image/svg+xml' }));
  try {
    image.src = url;
    await image.decode();
  } finally {
    URL.revokeObjectURL(url);
  }
  const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(width * dots), height: Math.round(height * dots) });
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error('the browser made no PNG')))));
}
