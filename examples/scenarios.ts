/** The scenarios, in the order of the tour. A new one is a file beside this one, and a line in each of the two lists. */
import abandonedLock from './abandoned-lock.ts'
import barrier from './barrier.ts'
import boundedSemaphore from './bounded-semaphore.ts'
import chatServer from './chat-server.ts'
import chips from './chips.ts'
import comlink from './comlink.ts'
import condition from './condition.ts'
import contextVariable from './context-variable.ts'
import counter from './counter.ts'
import databaseLimiterInThreads from './database-limiter-in-threads.ts'
import databaseLimiter from './database-limiter.ts'
import event from './event.ts'
import lock from './lock.ts'
import loopLock from './loop-lock.ts'
import queueInThreads from './queue-in-threads.ts'
import queue from './queue.ts'
import requestIdsInThreads from './request-ids-in-threads.ts'
import requestIds from './request-ids.ts'
import scheduler from './scheduler.ts'
import slowApi from './slow-api.ts'
import type { Scenario } from './stage/scenario.ts'

export const scenarios: readonly Scenario[] = [
  lock,
  chatServer,
  chips,
  slowApi,
  event,
  scheduler,
  databaseLimiter,
  boundedSemaphore,
  condition,
  barrier,
  queue,
  contextVariable,
  requestIds,
  loopLock,
  counter,
  databaseLimiterInThreads,
  queueInThreads,
  comlink,
  abandonedLock,
  requestIdsInThreads,
]
