/** Lets the microtasks run, and says how a promise stands: core's own aid, so that both packages mean the same by a turn. */
export { drain, type Outcome, outcome } from '../../core/test/microtasks.ts'
