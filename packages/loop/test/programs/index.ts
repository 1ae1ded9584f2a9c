import { abba } from './abba.ts'
import { bargingSemaphore } from './barging-semaphore.ts'
import { boundedBuffer } from './bounded-buffer.ts'
import { lappedBarrier } from './lapped-barrier.ts'
import { lostNotification } from './lost-notification.ts'
import { lostUpdate } from './lost-update.ts'
import type { Pair } from './pair.ts'
import { philosophers } from './philosophers.ts'
import { readersWriters } from './readers-writers.ts'

/** What explore() must break, and pass. */
export const pairs: readonly Pair[] = [
  lostUpdate,
  abba,
  boundedBuffer,
  lostNotification,
  bargingSemaphore,
  lappedBarrier,
  readersWriters,
  philosophers,
]
