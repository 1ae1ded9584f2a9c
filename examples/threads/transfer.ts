/** A thread of abandoned-lock.ts: moves money from one account to the other, in two steps. */
import { parentPort, workerData } from 'node:worker_threads'
import { Lock, type Handle } from '@interlock/worker'

export interface Transfer {
  readonly lock: Handle
  readonly accounts: SharedArrayBuffer
  readonly amount: number
  /** It stops between its two steps, for ever. */
  readonly hangs: boolean
  /** What both accounts have together. */
  readonly total: number
}

const { lock: handle, accounts, amount, hangs, total } = workerData as Transfer
const balance = new Int32Array(accounts)
const lock = Lock.from(handle, { name: 'accounts' })

const say = (text: string): void => parentPort!.postMessage(text, [])

function transfer(): void {
  using permit = lock.acquireSync()
  say(`has the lock, abandoned: ${permit.abandoned}`)
  if (permit.abandoned) repair()
  balance[0]! -= amount
  if (hangs) {
    say(`has taken ${amount}: ${balance.join(' and ')}`)
    for (;;);
  }
  balance[1]! += amount
  say(`has moved ${amount}: ${balance.join(' and ')}`)
}

/** Whoever had the lock died with it: what the accounts say is not to be believed. */
function repair(): void {
  const missing = total - balance[0]! - balance[1]!
  say(`finds ${balance.join(' and ')}: ${missing} are missing, and puts them back`)
  balance[0]! += missing
}

transfer()
