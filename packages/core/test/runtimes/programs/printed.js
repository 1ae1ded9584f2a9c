/** What printing.js reads from another process. */
import { Lock } from '@interlock/core'

const lock = new Lock({ name: 'db' })
await lock.acquire()
console.log(lock)
// Long enough that every runtime breaks the line.
console.log({ inside: lock, beside: 'a'.repeat(100) })
