// @ts-check
// The elements of the scores: tables of both sets, confusion matrices, ROC curves, what the run has used.

export const SETS = /** @type {const} */ (['train', 'test']);

const SPENT = [['scores.samples', 'samples-spent'], ['scores.rate', 'rate-now'], ['scores.epoch_loss', 'epoch-loss'], ['scores.state', 'run-state']];

export const SCORES_MARKUP = `
    <div class="scores-body">
      <table><thead><tr><td></td><th data-t="scores.train"></th><th class="of-test" data-t="scores.test"></th></tr></thead><tbody></tbody></table>
      <dl class="spent">${SPENT.map(([text, testid]) => `
        <div><dt data-t="${text}"></dt><dd data-testid="${testid}"></dd></div>`).join('')}
      </dl>
      <div class="matrices">${SETS.map((set) => `<figure class="of-${set}"><figcaption data-t="scores.${set}_confusion"></figcaption><div class="matrix" data-testid="confusion-${set}"></div></figure>`).join('')}
        <p class="marks"><label><input type="checkbox" data-testid="mark-wrong"><span data-t="scores.mark_wrong"></span></label><label><input type="checkbox" data-testid="mark-predicted"><span data-t="scores.mark_predicted"></span></label></p>
        <p class="hint swapped" data-testid="swapped"></p></div>
      <figure class="each-r2" data-testid="each-r2" hidden><figcaption data-t="scores.r2_each"></figcaption><div></div></figure>
      <figure class="roc" data-testid="roc"><figcaption data-t="scores.roc"></figcaption>
        <svg viewBox="-4 -4 108 108" role="img" data-t-label="scores.roc"><path class="edge" d="M0 0V100H100"/><path class="chance" d="M0 100L100 0"/><path class="test of-test"/><path class="train"/></svg>
        <p>${SETS.map((set) => `<span class="${set} of-${set}"><i></i><span data-t="scores.${set}"></span> AUC <b data-testid="auc-${set}"></b></span>`).join('')}</p></figure>
    </div>`;
