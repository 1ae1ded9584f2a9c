/** Wrong arguments, and how a call refuses them: the lists of core, as all packages read their options by the same code. */
export {
  notAFunction,
  notANumber,
  reasons,
  refusal,
  refused,
  type Wrong,
  wrongNames,
  wrongOptions,
  wrongSignals,
  wrongTimeouts,
  wrongWaitOptions,
} from '../../core/test/wrong-input.ts'
