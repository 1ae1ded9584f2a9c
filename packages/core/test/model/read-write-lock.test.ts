/** ReadWriteLock against a count of readers, a writer, and one array of those who wait for either side. */
import fc from 'fast-check'
import { test } from 'vitest'
import { ReadWriteLock } from '../../src/read-write-lock/index.ts'
import { agree, attempt, manner, type Manner, Permits, Reference, type Terms } from './trial.ts'

type SideName = 'read' | 'write'

class ReadWriteReference extends Reference {
  readers = 0
  writer: number | null = null
  queue: { id: number; side: SideName }[] = []
  /** The calls whose read permits are good. When the last reader leaves, those before it end with it. */
  good: Set<number> = new Set()

  acquire(id: number, terms: Terms, side: SideName): void {
    this.wait(
      id,
      terms,
      () => (this.tryAcquire(id, side) ? 'permit' : null),
      () => this.queue.push({ id, side }),
    )
  }

  tryAcquire(id: number, side: SideName): boolean {
    if (this.queue.length > 0 || !this.open(side)) return false
    this.enter(id, side)
    return true
  }

  release(side: SideName): string {
    if (side === 'write') {
      if (this.writer === null) return 'NotAcquiredError'
      this.writer = null
    } else {
      if (this.readers === 0) return 'NotAcquiredError'
      this.readers--
      if (this.readers === 0) this.good.clear()
    }
    this.admit()
    return 'done'
  }

  releasePermit(id: number): void {
    if (this.writer === id) this.release('write')
    else if (this.good.delete(id)) this.release('read')
  }

  waiting(side: SideName): number {
    return this.queue.filter((entry) => entry.side === side).length
  }

  protected override forget(ids: readonly number[]): void {
    this.queue = this.queue.filter((entry) => !ids.includes(entry.id))
    this.admit()
  }

  private open(side: SideName): boolean {
    return this.writer === null && (side === 'read' || this.readers === 0)
  }

  private enter(id: number, side: SideName): void {
    if (side === 'write') this.writer = id
    else {
      this.readers++
      this.good.add(id)
    }
  }

  private admit(): void {
    while (this.queue.length > 0 && this.open(this.queue[0]!.side)) {
      const { id, side } = this.queue.shift()!
      this.enter(id, side)
      this.fulfil(id, 'permit')
    }
  }
}

type Command =
  | { do: 'acquire'; side: SideName; how: Manner }
  | { do: 'tryAcquire'; side: SideName }
  | { do: 'release'; side: SideName }
  | { do: 'release permit'; which: number }

const side = fc.constantFrom<SideName>('read', 'read', 'write')
const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('acquire' as const), side, how: manner }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tryAcquire' as const), side }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), side }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('release permit' as const), which: fc.nat(20) }) },
)

test('a ReadWriteLock and its reference agree after every command', async () => {
  await agree(commands, (trial) => {
    const lock = new ReadWriteLock()
    const reference = new ReadWriteReference()
    const permits = new Permits()
    return {
      reference,
      run(command) {
        switch (command.do) {
          case 'acquire':
            return trial.call(
              command.how,
              (options) => lock[command.side].acquire(options),
              (id, terms) => reference.acquire(id, terms, command.side),
              permits.keep,
            )
          case 'tryAcquire': {
            const id = trial.number()
            return trial.same(
              permits.keepIfAny(lock[command.side].tryAcquire(), id),
              reference.tryAcquire(id, command.side),
            )
          }
          case 'release':
            return trial.same(
              attempt(() => lock[command.side].release()),
              reference.release(command.side),
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
            reading: lock.read.locked,
            writing: lock.write.locked,
            waiting: [lock.read.waiting, lock.write.waiting],
            free: String(lock) === 'ReadWriteLock <unlocked>',
            good: permits.good,
          },
          {
            reading: reference.readers > 0,
            writing: reference.writer !== null,
            waiting: [reference.waiting('read'), reference.waiting('write')],
            free: reference.readers === 0 && reference.writer === null,
            good: ids.filter((id) => reference.good.has(id) || reference.writer === id),
          },
        ]
      },
      letGo: {
        real: () => attempt(() => (lock.write.locked ? lock.write : lock.read).release()),
        expected: () => reference.release(reference.writer === null ? 'read' : 'write'),
        // The last of the readers inside ends their epoch, unless others have joined them before.
        unless: () => reference.readers === 1,
      },
      finish() {
        while (lock.read.locked || lock.write.locked) {
          const held = lock.read.locked ? 'read' : 'write'
          lock[held].release()
          reference.release(held)
        }
      },
    }
  })
})
