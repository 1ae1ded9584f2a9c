import { mistyped } from './argument.ts'
import { running } from './running.ts'

/**
 * Says what the program is doing, for the trace of an ExplorationError: beside what its step does to locks and the like stands this text then.
 * Elsewhere it does nothing.
 *
 * @throws TypeError when `text` is no string.
 */
export function note(text: string): void {
  if (typeof text !== 'string') throw mistyped('text', 'a string', text)
  running.witness?.noted(text)
}
