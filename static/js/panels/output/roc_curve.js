// @ts-check
// The ROC curve as a path of an SVG.

const SIDE = 100; // of the drawing

/** True against false positive rate. @param {SVGElement} path @param {{fpr: ArrayLike<number>, tpr: ArrayLike<number>} | null | undefined} roc */
export function showRocCurve(path, roc) {
  const points = roc && Array.from(roc.fpr, (fpr, i) => `${(fpr * SIDE).toFixed(1)} ${((1 - roc.tpr[i]) * SIDE).toFixed(1)}`);
  path.setAttribute('d', points ? `M${points.join('L')}` : '');
}
