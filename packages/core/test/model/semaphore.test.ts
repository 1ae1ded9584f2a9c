/** Semaphore and BoundedSemaphore against a number and an array of requests. */
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { BoundedSemaphore } from '../../src/bounded-semaphore/index.ts'
import { type Permit, Semaphore } from '../../src/semaphore/index.ts'
import { agree, attempt, manner, type Manner, Reference, type Terms } from './trial.ts'

class SemaphoreReference extends Reference {
  value: number
  readonly bound: number
  queue: { id: number; permits: number }[] = []
  /** What every permit is still worth; undefined once it was given back. */
  readonly held: Map<number, number> = new Map()

  constructor(value: number, bound: number) {
    super()
    this.value = value
    this.bound = bound
  }

  acquire(id: number, terms: Terms, permits: number): void {
    if (permits > this.bound) return this.reject(id, 'RangeError')
    this.wait(
      id,
      terms,
      () => (this.tryAcquire(id, permits) === 'permit' ? 'permit' : null),
      () => this.queue.push({ id, permits }),
    )
  }

  tryAcquire(id: number, permits: number): string {
    if (permits > this.bound) return 'RangeError'
    if (this.queue.length > 0 || this.value < permits) return 'null'
    this.take(id, permits)
    return 'permit'
  }

  release(permits: number): string {
    if (this.value + permits > this.bound) return 'RangeError'
    this.value += permits
    this.admit()
    return 'done'
  }

  releasePermit(id: number): string {
    const permits = this.held.get(id)
    if (permits === undefined) return 'done'
    // Over, even if a permit too many had been given back before and this one is refused.
    this.held.delete(id)
    return this.release(permits)
  }

  protected override forget(ids: readonly number[]): void {
    this.queue = this.queue.filter((entry) => !ids.includes(entry.id))
    this.admit()
  }

  private take(id: number, permits: number): void {
    this.value -= permits
    this.held.set(id, permits)
  }

  private admit(): void {
    while (this.queue.length > 0 && this.queue[0]!.permits <= this.value) {
      const { id, permits } = this.queue.shift()!
      this.take(id, permits)
      this.fulfil(id, 'permit')
    }
  }
}

type Command =
  | { do: 'acquire'; how: Manner; permits: number }
  | { do: 'tryAcquire'; permits: number }
  | { do: 'release'; permits: number }
  | { do: 'release permit'; which: number }

const permits = fc.constantFrom(1, 1, 1, 2, 3, 4)
const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('acquire' as const), how: manner, permits }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tryAcquire' as const), permits }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), permits }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('release permit' as const), which: fc.nat(20) }) },
)

describe.each([
  ['Semaphore', (value: number) => new Semaphore(value), () => Infinity],
  ['BoundedSemaphore', (value: number) => new BoundedSemaphore(value), (value: number) => value],
])('%s', (kind, create, bound) => {
  test.each([0, 1, 3])('of %i and its reference agree after every command', async (value) => {
    await agree(
      commands,
      (trial) => {
        const semaphore = create(value)
        const reference = new SemaphoreReference(value, bound(value))
        const known = new Map<number, Permit>()
        return {
          reference,
          run(command) {
            switch (command.do) {
              case 'acquire':
                return trial.call(
                  command.how,
                  (options) => semaphore.acquire({ ...options, permits: command.permits }),
                  (id, terms) => reference.acquire(id, terms, command.permits),
                  (permit, id) => {
                    known.set(id, permit)
                    return 'permit'
                  },
                )
              case 'tryAcquire': {
                const id = trial.number()
                let came = 'null'
                const failed = attempt(() => {
                  const permit = semaphore.tryAcquire(command.permits)
                  if (permit === null) return
                  known.set(id, permit)
                  came = 'permit'
                })
                return trial.same(failed === 'done' ? came : failed, reference.tryAcquire(id, command.permits))
              }
              case 'release':
                return trial.same(
                  attempt(() => semaphore.release(command.permits)),
                  reference.release(command.permits),
                )
              case 'release permit': {
                const ids = [...known.keys()]
                const id = ids[command.which % ids.length]
                if (id === undefined) return
                return trial.same(
                  attempt(() => known.get(id)!.release()),
                  reference.releasePermit(id),
                )
              }
            }
          },
          shown() {
            const ids = [...known.keys()]
            const waiting = reference.queue.length
            const locked = reference.value === 0 || waiting > 0
            return [
              {
                value: semaphore.value,
                locked: semaphore.locked,
                waiting: semaphore.waiting,
                printed: String(semaphore),
                good: ids.filter((id) => !known.get(id)!.released),
              },
              {
                value: reference.value,
                locked,
                waiting,
                printed: `${kind} <${locked ? 'locked' : `value: ${reference.value}`}${waiting > 0 ? `, waiting: ${waiting}` : ''}>`,
                good: ids.filter((id) => reference.held.has(id)),
              },
            ]
          },
          letGo: { real: () => attempt(() => semaphore.release()), expected: () => reference.release(1) },
          finish() {
            while (reference.queue.length > 0) {
              semaphore.release()
              reference.release(1)
            }
          },
        }
      },
      3,
    )
  })
})
