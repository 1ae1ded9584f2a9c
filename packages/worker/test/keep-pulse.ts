/**
 * For tests on fake timers: a wait that lasts, so that this thread's pulse is a real one, and is not counted among the timers that a test is to
 * see.
 */
import { Event } from '../src/index.ts'

export function keepPulse(): () => Promise<void> {
  const over = new Event()
  const waiting = over.wait()
  return () => {
    over.set()
    return waiting
  }
}
