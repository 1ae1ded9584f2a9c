/** KeyedLock against an array of those who hold and wait for each key: the first of them holds it. */
import fc from 'fast-check'
import { test } from 'vitest'
import { KeyedLock } from '../../src/keyed-lock/index.ts'
import { agree, attempt, manner, type Manner, Permits, Reference, type Terms } from './trial.ts'

const keys = ['a', Number.NaN, Object.freeze({ key: 'object' }), undefined] as const
type KeyIndex = 0 | 1 | 2 | 3

class KeyedReference extends Reference {
  readonly lines: number[][] = keys.map(() => [])

  acquire(id: number, terms: Terms, key: KeyIndex): void {
    this.wait(
      id,
      terms,
      () => (this.tryAcquire(id, key) ? 'permit' : null),
      () => this.lines[key]!.push(id),
    )
  }

  tryAcquire(id: number, key: KeyIndex): boolean {
    if (this.lines[key]!.length > 0) return false
    this.lines[key]!.push(id)
    return true
  }

  release(key: KeyIndex): string {
    const line = this.lines[key]!
    if (line.length === 0) return 'NotAcquiredError'
    line.shift()
    if (line.length > 0) this.fulfil(line[0]!, 'permit')
    return 'done'
  }

  holds(id: number): boolean {
    return this.lines.some((line) => line[0] === id)
  }

  releasePermit(id: number): void {
    const key = this.lines.findIndex((line) => line[0] === id)
    if (key >= 0) this.release(key as KeyIndex)
  }

  protected override forget(ids: readonly number[]): void {
    for (const line of this.lines) {
      for (const id of ids) if (line.includes(id)) line.splice(line.indexOf(id), 1)
    }
  }
}

type Command =
  | { do: 'acquire'; key: KeyIndex; how: Manner }
  | { do: 'tryAcquire'; key: KeyIndex }
  | { do: 'release'; key: KeyIndex }
  | { do: 'release permit'; which: number }

const key = fc.constantFrom<KeyIndex>(0, 0, 1, 2, 3)
const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('acquire' as const), key, how: manner }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tryAcquire' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('release permit' as const), which: fc.nat(20) }) },
)

test('a KeyedLock and its reference agree after every command', async () => {
  await agree(commands, (trial) => {
    const keyed = new KeyedLock<unknown>()
    const reference = new KeyedReference()
    const permits = new Permits()
    return {
      reference,
      run(command) {
        switch (command.do) {
          case 'acquire':
            return trial.call(
              command.how,
              (options) => keyed.acquire(keys[command.key], options),
              (id, terms) => reference.acquire(id, terms, command.key),
              permits.keep,
            )
          case 'tryAcquire': {
            const id = trial.number()
            return trial.same(
              permits.keepIfAny(keyed.tryAcquire(keys[command.key]), id),
              reference.tryAcquire(id, command.key),
            )
          }
          case 'release':
            return trial.same(
              attempt(() => keyed.release(keys[command.key])),
              reference.release(command.key),
            )
          case 'release permit': {
            const id = permits.release(command.which)
            return id === undefined ? undefined : reference.releasePermit(id)
          }
        }
      },
      shown() {
        const { ids } = permits
        const { lines } = reference
        const size = lines.filter((line) => line.length > 0).length
        return [
          {
            locked: keys.map((each) => keyed.locked(each)),
            waiting: keys.map((each) => keyed.waiting(each)),
            size: keyed.size,
            printed: String(keyed),
            good: permits.good,
          },
          {
            locked: lines.map((line) => line.length > 0),
            waiting: lines.map((line) => Math.max(0, line.length - 1)),
            size,
            printed: `KeyedLock <size: ${size}>`,
            good: ids.filter((id) => reference.holds(id)),
          },
        ]
      },
      letGo: { real: () => attempt(() => keyed.release(keys[0])), expected: () => reference.release(0) },
      finish() {
        for (const index of [0, 1, 2, 3] as const) {
          while (keyed.locked(keys[index])) {
            keyed.release(keys[index])
            reference.release(index)
          }
        }
      },
    }
  })
})
