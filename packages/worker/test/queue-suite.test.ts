/** core's suite of what a queue promises, over the queue across threads: within one thread it promises the same. */
import { beforeEach } from 'vitest'
import { queueSuite } from '../../core/test/queue-suite.ts'
import { Queue } from '../src/index.ts'

const { setInterval, clearInterval } = globalThis

queueSuite(
  'Queue',
  (maxsize, options) => {
    const isOptions =
      options === undefined || (typeof options === 'object' && options !== null && !('aborted' in options))
    return new Queue<number>(isOptions ? { ...options, maxsize, bytes: 2048 } : options) as never
  },
  undefined,
  { keepsItems: false, many: 300 },
)

// A seat's pulse rests for a moment after a wait: it is not the queue's, and the suite counts timers.
beforeEach(() => {
  Object.assign(globalThis, { setInterval, clearInterval })
})
