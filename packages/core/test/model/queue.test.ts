/** Queue, PriorityQueue and LifoQueue against arrays: what is stored, who waits to get, who waits to put, who joins. */
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { LifoQueue } from '../../src/lifo-queue/index.ts'
import { PriorityQueue } from '../../src/priority-queue/index.ts'
import { Queue } from '../../src/queue/index.ts'
import { agree, attempt, manner, type Manner, Reference, type Terms } from './trial.ts'

/** Equal keys are told apart by `tag`. */
interface Item {
  key: number | string
  tag: number
}

/** In which order stored items leave: the place, among those stored in the order in which they came, of the next. */
type Next = (stored: readonly Item[]) => number
/** Whether an item may be stored with those that are there. */
type Fits = (item: Item, stored: readonly Item[]) => boolean

class QueueReference extends Reference {
  stored: Item[] = []
  unfinished = 0
  isShutdown = false
  /** Whoever waits to get; `next`: through the iterator. */
  getters: { id: number; next: boolean }[] = []
  putters: { id: number; item: Item }[] = []
  joiners: number[] = []
  #left = false
  readonly bound: number
  readonly #next: Next
  readonly #fits: Fits

  constructor(maxsize: number, next: Next, fits: Fits) {
    super()
    this.bound = maxsize > 0 ? maxsize : Infinity
    this.#next = next
    this.#fits = fits
  }

  get full(): boolean {
    return this.stored.length >= this.bound
  }

  put(id: number, terms: Terms, item: Item): void {
    if (!terms.aborted) {
      const came = this.tryPut(item)
      if (came === 'ShutDown') return this.reject(id, 'QueueShutDownError')
      if (came === 'odd') return this.reject(id, 'TypeError')
      if (came === 'done') return this.fulfil(id, 'put')
    }
    this.wait(
      id,
      terms,
      () => null,
      () => this.putters.push({ id, item }),
    )
  }

  putNowait(item: Item): string {
    return { done: 'done', full: 'QueueFullError', odd: 'TypeError', ShutDown: 'QueueShutDownError' }[this.tryPut(item)]
  }

  private tryPut(item: Item): 'done' | 'full' | 'odd' | 'ShutDown' {
    if (this.isShutdown) return 'ShutDown'
    const getter = this.getters.shift()
    if (getter !== undefined) {
      this.unfinished++
      this.fulfil(getter.id, show(item))
      return 'done'
    }
    if (this.full) return 'full'
    if (!this.#fits(item, this.stored)) return 'odd'
    this.unfinished++
    this.stored.push(item)
    return 'done'
  }

  get(id: number, terms: Terms, next: boolean): void {
    if (next && this.#left) return this.fulfil(id, 'end')
    if (this.stored.length === 0 && this.isShutdown && !terms.aborted) {
      return next ? this.fulfil(id, 'end') : this.reject(id, 'QueueShutDownError')
    }
    this.wait(
      id,
      terms,
      () => (this.stored.length > 0 ? show(this.take()) : null),
      () => this.getters.push({ id, next }),
    )
  }

  getNowait(): string {
    if (this.stored.length > 0) return show(this.take())
    return this.isShutdown ? 'QueueShutDownError' : 'QueueEmptyError'
  }

  private take(): Item {
    const [item] = this.stored.splice(this.#next(this.stored), 1)
    while (!this.full && this.putters.length > 0) {
      const putter = this.putters.shift()!
      if (this.#fits(putter.item, this.stored)) {
        this.unfinished++
        this.stored.push(putter.item)
        this.fulfil(putter.id, 'put')
      } else this.reject(putter.id, 'TypeError')
    }
    return item!
  }

  /** The loop over the iterator is left. */
  leave(): void {
    this.#left = true
    for (const { id } of this.getters.filter((getter) => getter.next)) this.fulfil(id, 'end')
    this.getters = this.getters.filter((getter) => !getter.next)
  }

  taskDone(): string {
    if (this.unfinished === 0) return 'RangeError'
    this.finished(1)
    return 'done'
  }

  private finished(count: number): void {
    // taskDone() may have been called for items that nobody got.
    this.unfinished = Math.max(0, this.unfinished - count)
    if (this.unfinished > 0) return
    for (const id of this.joiners) this.fulfil(id, 'joined')
    this.joiners = []
  }

  join(id: number, terms: Terms): void {
    this.wait(
      id,
      terms,
      () => (this.unfinished === 0 ? 'joined' : null),
      () => this.joiners.push(id),
    )
  }

  shutdown(immediate: boolean): void {
    this.isShutdown = true
    for (const { id } of this.putters) this.reject(id, 'QueueShutDownError')
    this.putters = []
    if (immediate) this.finished(this.stored.splice(0).length)
    if (this.stored.length > 0) return
    for (const { id, next } of this.getters) {
      if (next) this.fulfil(id, 'end')
      else this.reject(id, 'QueueShutDownError')
    }
    this.getters = []
  }

  protected override forget(ids: readonly number[]): void {
    this.getters = this.getters.filter(({ id }) => !ids.includes(id))
    this.putters = this.putters.filter(({ id }) => !ids.includes(id))
    this.joiners = this.joiners.filter((id) => !ids.includes(id))
  }
}

const show = (item: Item): string => `got ${item.key}, ${item.tag}`

type Command =
  | { do: 'put'; how: Manner; key: number | string }
  | { do: 'putNowait'; key: number | string }
  | { do: 'get'; how: Manner }
  | { do: 'getNowait' }
  | { do: 'next' }
  | { do: 'leave' }
  | { do: 'taskDone' }
  | { do: 'join'; how: Manner }
  | { do: 'shutdown'; immediate: boolean }

const commandsWith = (key: fc.Arbitrary<number | string>): fc.Arbitrary<Command> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('put' as const), how: manner, key }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('putNowait' as const), key }) },
    { weight: 7, arbitrary: fc.record({ do: fc.constant('get' as const), how: manner }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('getNowait' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('next' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const) }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('taskDone' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), how: manner }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('shutdown' as const), immediate: fc.boolean() }) },
  )

const oldest: Next = () => 0
const newest: Next = (stored) => stored.length - 1
/** The first of the smallest. */
const smallest: Next = (stored) => stored.findIndex(({ key }) => stored.every((other) => key <= other.key))
const anything: Fits = () => true
const ofOneKind: Fits = (item, stored) => stored.every(({ key }) => typeof key === typeof item.key)

const compare = (a: Item, b: Item): number => {
  if (typeof a.key !== typeof b.key) throw new TypeError('of different kinds')
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

const numbers = fc.nat(3)
const mixed = fc.constantFrom<number | string>(0, 1, 2, 1, 0, 'a', 'b')

describe.each([
  ['Queue', 'any keys', (maxsize: number) => new Queue<Item>(maxsize), oldest, anything, mixed],
  ['LifoQueue', 'any keys', (maxsize: number) => new LifoQueue<Item>(maxsize), newest, anything, mixed],
  [
    'PriorityQueue',
    'comparable keys',
    (maxsize: number) => new PriorityQueue<Item>(maxsize, { compare }),
    smallest,
    anything,
    numbers,
  ],
  [
    'PriorityQueue',
    'mixed keys, on which compare throws',
    (maxsize: number) => new PriorityQueue<Item>(maxsize, { compare }),
    smallest,
    ofOneKind,
    mixed,
  ],
] as const)('%s of %s', (kind, _, create, next, fits, keys) => {
  test.each([0, 1, 2, 2.5])('with maxsize %d and its reference agree after every command', async (maxsize) => {
    await agree(
      commandsWith(keys),
      (trial) => {
        const queue = create(maxsize)
        const reference = new QueueReference(maxsize, next, fits)
        const iterator = queue.items()
        let tag = 0
        const shown = (item: Item): string => show(item)
        return {
          reference,
          run(command) {
            switch (command.do) {
              case 'put': {
                const item = { key: command.key, tag: tag++ }
                return trial.call(
                  command.how,
                  (options) => queue.put(item, options),
                  (id, terms) => reference.put(id, terms, item),
                  () => 'put',
                )
              }
              case 'putNowait': {
                const item = { key: command.key, tag: tag++ }
                return trial.same(
                  attempt(() => queue.putNowait(item)),
                  reference.putNowait(item),
                )
              }
              case 'get':
                return trial.call(
                  command.how,
                  (options) => queue.get(options),
                  (id, terms) => reference.get(id, terms, false),
                  shown,
                )
              case 'getNowait': {
                let item = ''
                const failed = attempt(() => void (item = show(queue.getNowait())))
                return trial.same(failed === 'done' ? item : failed, reference.getNowait())
              }
              case 'next':
                return trial.call(
                  { signal: 'none' },
                  () => iterator.next(),
                  (id, terms) => reference.get(id, terms, true),
                  (result) => (result.done === true ? 'end' : show(result.value)),
                  true,
                )
              case 'leave':
                void iterator.return!()
                return reference.leave()
              case 'taskDone':
                return trial.same(
                  attempt(() => queue.taskDone()),
                  reference.taskDone(),
                )
              case 'join':
                return trial.call(
                  command.how,
                  (options) => queue.join(options),
                  (id, terms) => reference.join(id, terms),
                  () => 'joined',
                )
              case 'shutdown':
                queue.shutdown(command.immediate)
                return reference.shutdown(command.immediate)
            }
          },
          shown() {
            const size = reference.stored.length
            const waiting = reference.getters.length + reference.putters.length
            const states = [
              `size: ${size}`,
              ...(maxsize > 0 ? [`maxsize: ${maxsize}`] : []),
              ...(reference.isShutdown ? ['shut down'] : []),
              ...(waiting > 0 ? [`waiting: ${waiting}`] : []),
            ]
            return [
              {
                size: queue.size,
                empty: queue.empty,
                full: queue.full,
                isShutdown: queue.isShutdown,
                printed: String(queue),
              },
              {
                size,
                empty: size === 0,
                full: reference.full,
                isShutdown: reference.isShutdown,
                printed: `${kind} <${states.join(', ')}>`,
              },
            ]
          },
          letGo: {
            real: () =>
              [attempt(() => void queue.getNowait()), attempt(() => queue.putNowait({ key: 0, tag: -1 }))].join(),
            expected: () => {
              const got = reference.getNowait()
              return [got.startsWith('got') ? 'done' : got, reference.putNowait({ key: 0, tag: -1 })].join()
            },
            // A putter that is refused for its item is so before those whose signal aborts, or after them.
            unless: () => fits === ofOneKind,
          },
          finish() {
            while (reference.stored.length > 0) trial.same(show(queue.getNowait()), reference.getNowait())
            queue.shutdown()
            reference.shutdown(false)
            while (reference.unfinished > 0)
              trial.same(
                attempt(() => queue.taskDone()),
                reference.taskDone(),
              )
            trial.same(
              attempt(() => queue.taskDone()),
              'RangeError',
            )
          },
        }
      },
      8,
    )
  })
})
