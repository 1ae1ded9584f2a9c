/** Lock against a holder and an array of those who wait. */
import fc from 'fast-check'
import { test } from 'vitest'
import { Lock } from '../../src/lock/index.ts'
import { agree, attempt, manner, type Manner, Permits, Reference, type Terms } from './trial.ts'

export class LockReference extends Reference {
  /** The call whose permit is good. */
  holder: number | null = null
  queue: number[] = []

  acquire(id: number, terms: Terms): void {
    this.wait(
      id,
      terms,
      () => (this.tryAcquire(id) ? 'permit' : null),
      () => this.queue.push(id),
    )
  }

  tryAcquire(id: number): boolean {
    if (this.holder !== null) return false
    this.holder = id
    return true
  }

  release(): string {
    if (this.holder === null) return 'NotAcquiredError'
    this.holder = this.queue.shift() ?? null
    if (this.holder !== null) this.fulfil(this.holder, 'permit')
    return 'done'
  }

  releasePermit(id: number): void {
    if (this.holder === id) this.release()
  }

  protected override forget(ids: readonly number[]): void {
    this.queue = this.queue.filter((id) => !ids.includes(id))
  }

  print(): string {
    return `<${this.holder === null ? 'unlocked' : 'locked'}${this.queue.length > 0 ? `, waiting: ${this.queue.length}` : ''}>`
  }
}

type Command =
  | { do: 'acquire'; how: Manner }
  | { do: 'tryAcquire' }
  | { do: 'release' }
  | { do: 'release permit'; which: number }

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('acquire' as const), how: manner }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tryAcquire' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('release permit' as const), which: fc.nat(20) }) },
)

test('a Lock and its reference agree after every command', async () => {
  await agree(commands, (trial) => {
    const lock = new Lock()
    const reference = new LockReference()
    const permits = new Permits()
    return {
      reference,
      run(command) {
        switch (command.do) {
          case 'acquire':
            return trial.call(
              command.how,
              (options) => lock.acquire(options),
              (id, terms) => reference.acquire(id, terms),
              permits.keep,
            )
          case 'tryAcquire': {
            const id = trial.number()
            return trial.same(permits.keepIfAny(lock.tryAcquire(), id), reference.tryAcquire(id))
          }
          case 'release':
            return trial.same(
              attempt(() => lock.release()),
              reference.release(),
            )
          case 'release permit': {
            const id = permits.release(command.which)
            return id === undefined ? undefined : reference.releasePermit(id)
          }
        }
      },
      shown() {
        const { ids } = permits
        return [
          {
            locked: lock.locked,
            waiting: lock.waiting,
            printed: String(lock),
            good: permits.good,
          },
          {
            locked: reference.holder !== null,
            waiting: reference.queue.length,
            printed: `Lock ${reference.print()}`,
            good: ids.filter((id) => reference.holder === id),
          },
        ]
      },
      letGo: { real: () => attempt(() => lock.release()), expected: () => reference.release() },
      finish() {
        while (lock.locked) {
          lock.release()
          reference.release()
        }
      },
    }
  })
})
