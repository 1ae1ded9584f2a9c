/** Unhandled rejections: which ones a piece of a program leaves. */
import { drain } from './microtasks.ts'

/**
 * What is reported as unhandled while `program` runs, and in the turn after it. The runner's own listeners hear nothing of it: to them it would be a
 * failure of the test. A promise that is rejected and has no handler when the microtasks have run is reported.
 */
export async function unhandled(program: () => unknown): Promise<unknown[]> {
  const reported: unknown[] = []
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (reason) => reported.push(reason))
  try {
    await program()
    await drain()
    await drain()
  } finally {
    process.removeAllListeners('unhandledRejection')
    for (const listener of others) process.on('unhandledRejection', listener)
  }
  return reported
}
