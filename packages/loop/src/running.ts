/** What runs now. One loop runs at a time, and in it one task; both are known only while they do. */
import type { EventLoop } from './event-loop.ts'
import { InvalidStateError } from './errors.ts'
import type { Task } from './task.ts'

/** Hears what a step does. */
export interface Witness {
  /** The step has made `what`. */
  made(what: object): void
  /** The step has changed `what`, or, if it `reads`, looked at it. `deed`, if it is worth telling: `releases`. */
  touched(what: object, deed: string | undefined, reads: boolean): void
  /** The program says this of the step. */
  noted(text: string): void
}

export const running: {
  loop: EventLoop | undefined
  task: Task<any> | undefined
  witness: Witness | undefined
} = { loop: undefined, task: undefined, witness: undefined }

/** Every operation on what tasks share says so here: by that, explore() knows which steps can have to do with each other. */
export function touch(what: object, deed?: string, reads = false): void {
  running.witness?.touched(what, deed, reads)
}

/** Said in the constructor of everything that touch() is said of. */
export function made(what: object): void {
  running.witness?.made(what)
}

export function runningLoop(who: string): EventLoop {
  if (running.loop !== undefined) return running.loop
  throw new InvalidStateError(`${who} needs a loop that is running`)
}

/** The loop that is running; undefined when none is. asyncio's get_running_loop(). */
export function currentLoop(): EventLoop | undefined {
  return running.loop
}

/** The task that is being stepped; undefined outside, and in callbacks. */
export function currentTask(): Task<unknown> | undefined {
  return running.task
}
