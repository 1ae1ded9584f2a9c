// How long this thread has waited for a processor that something else had. Linux counts it to the nanosecond.
import { readFileSync } from 'node:fs'

const SCHEDSTAT = '/proc/thread-self/schedstat'

/** Nanoseconds since the thread began; always 0 where the system does not tell. */
export function waitedForProcessor(): number {
  try {
    return Number(readFileSync(SCHEDSTAT, 'utf8').split(' ')[1])
  } catch {
    return 0
  }
}
