// What a library says of itself so that it can be timed.
// Loop bodies are source text: each library gets functions of its own, compiled from it, and shares no inline cache with another.

export type Kind = 'floor' | 'ours' | 'peer'

/** A lock or a semaphore whose holder takes and gives back. In the texts `lock` is what make() made. */
export interface HeldGuard {
  style: 'held'
  make(permits: number): unknown
  /** Expression: what to await for a hold. Its value is `held` in the texts below. */
  wait: string
  /** Statement: ends the hold. May use `held`. */
  give: string
  /** Expression: takes at once, truthy when it got the hold, which `give` then ends. */
  tryTake?: string
  /** Expression: as `wait`, but abortable by `signal`. */
  waitWith?: string
  /** What stands for an abort controller, where the library wants a token of its own. */
  token?: () => Token
  /** Statement: rejects every waiter at once, in a library without a signal a waiter. */
  cancelAll?: string
}

/** A limiter: it runs a callback. `task` in the texts is the callback. */
export interface LimitGuard {
  style: 'limit'
  make(permits: number): unknown
  /** Expression: a promise for the end of `task`. */
  run: string
  /** Expression: as `run`, but abortable by `signal` while it waits. */
  runWith?: string
  cancelAll?: string
}

/** A library whose tasks are no promises: it brings its own loops. */
export interface ProgramGuard {
  style: 'program'
  /** `tasks` tasks, each holding a permit `turns` times. With more than one task each hold lasts over one yield. */
  run(permits: number, tasks: number, turns: number, probe?: Probe): Promise<void>
  /** Parks `count` waiters of one permit behind a holder. */
  park(count: number): Promise<Parked>
}

export interface Parked {
  /** Hands the permit from waiter to waiter until all have had it. */
  drain(): Promise<void>
  /** Cancels every waiter, and waits until all know. */
  cancel(): Promise<void>
}

export interface Token {
  signal: unknown
  abort(reason: unknown): void
}

/** Called inside a critical section, by tests alone. */
export interface Probe {
  enter(): void
  leave(): void
}

export type Guard = HeldGuard | LimitGuard | ProgramGuard

/** In the texts `queue` is what make() made and `item` what is put. */
export interface TextQueue {
  style: 'text'
  /** No bound when `bound` is undefined. */
  make(bound: number | undefined): unknown
  /** Statement. */
  put: string
  /** Expression. */
  get: string
  /** True where `put` returns no promise: a concurrent producer then yields after each. */
  putIsSynchronous?: boolean
  /** Statement and expression without a promise. */
  putNow?: string
  getNow?: string
}

export interface ProgramQueue {
  style: 'program'
  run(
    shape: 'burst' | 'concurrent',
    bound: number | undefined,
    count: number,
    use: (item: number) => void,
  ): Promise<void>
}

export interface QueueWork {
  unbounded: boolean
  bounded: boolean
  work: TextQueue | ProgramQueue
}

/**
 * Values that belong to the code that runs. In the texts `made` is what make() made, `slot` one of its variables, `value` a number. Each
 * text is an expression, and stands in a loop that runs within().
 */
export interface ContextWork {
  make(variables: number): MadeContext
  /** A number: what `slot` holds. */
  get?: string
  /** Has `slot` hold `value` from now on. */
  set?: string
  /** Has `slot` hold `value`, and then what it held before. */
  setReset?: string
  /** What is current now, kept for later. */
  copy?: string
  /** Calls `task` with `value` in another context than the current one, and gives what it gives. */
  run?: string
}

export interface MadeContext {
  /** The variables. Each holds its place among them, counted from 1. */
  slots: readonly unknown[]
  /** Runs `work` where they do. */
  within(work: () => number): number
}

/** Jobs that run as tasks. */
export interface TaskWork {
  /** One after the other, and all at once. */
  jobs?: TextJobs | ProgramJobs
  /** `count` tasks that wait for one lock, which is held. */
  park?: (count: number) => ParkedTasks | Promise<ParkedTasks>
}

/** In the texts `made` is what make() made. */
export interface TextJobs {
  style: 'text'
  make: () => unknown
  /** Expression: what to await for the value of `job`. */
  start: string
  /** The parameters of `job`: none unless told. */
  parameters?: string
  /** Expression: what to await for the values of `jobs`, in order. */
  all?: string
  /** Runs the loop of `start` in something. */
  within?: (loop: () => Promise<number>) => PromiseLike<number>
}

/** The jobs of a program give their index: at once, or after a turn. Each answers the sum of them. */
export interface ProgramJobs {
  style: 'program'
  start(count: number, job: JobShape): Promise<number>
  all?: (count: number, job: JobShape) => Promise<number>
}

export type JobShape = 'returns' | 'awaits'

export interface ParkedTasks {
  /** Called before cancel(), untimed: has it go through them in another order than that of their start. */
  shuffle?(random: () => number): void
  /** Cancels each, waits until all have ended, and answers how many ended cancelled. */
  cancel(): Promise<number>
  /** Whether the lock is left without a waiter, where it can tell. */
  empty?(): boolean
}

export interface Library {
  /** The name shown. */
  name: string
  /** The package whose version is shown. */
  package: string
  kind: Kind
  /** Another way to use a library listed already: left out of rows where it has nothing to show. */
  variant?: boolean
  lock?: Guard
  semaphore?: Guard
  queue?: QueueWork
  context?: ContextWork
  tasks?: TaskWork
  /** Source text of an entry to bundle: the lock alone, and all there is. */
  size?: { lock?: string; all?: string }
  /** Why it is absent from a row, by the row's id. */
  absent?: Record<string, string>
}

export type Field = 'primitives' | 'context' | 'tasks'

/** Whether a library has anything to do with it: one that has not is not named as absent. */
export function isOf(field: Field, library: Library): boolean {
  if (field !== 'primitives') return library[field] !== undefined
  return library.lock !== undefined || library.semaphore !== undefined || library.queue !== undefined
}
