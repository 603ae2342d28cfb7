// @ts-check
// The mark beside controls whose change restarts the run.

export const RESTART_MARK = '<span class="restarts" hidden data-t-title="restarts.title"><svg class="icon"><use href="#icon-restart"/></svg><span class="unseen" data-t="restarts"></span></span>';
