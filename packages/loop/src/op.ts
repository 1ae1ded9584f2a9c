import type { Future } from './future.ts'

/**
 * A piece of work that may wait: what a generator function answers. It waits by `yield* future`, hands over to another by `yield* other()`,
 * and lets the others have a turn by a bare `yield`.
 */
export type Op<T> = Generator<Future<any> | undefined, T, void>
