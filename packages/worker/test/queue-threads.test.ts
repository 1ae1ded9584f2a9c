/**
 * Queues between real threads: seeded programs of producers and consumers that block, wait and poll, some of which are killed wherever they are.
 * Every item is accounted for. On failure the seed is printed; QUEUE_SEED repeats it, QUEUE_RUNS looks further.
 */
import process from 'node:process'
import { describe, expect, test, vi } from 'vitest'
import { type Handle, Queue, Space, SpaceFullError, terminate } from '../src/index.ts'
import { spawn, type Library } from './threads.ts'

vi.setConfig({ testTimeout: 120_000 })

const runs = Number(process.env['QUEUE_RUNS'] ?? 1)
const seeds = Array.from(
  { length: runs },
  (_, run) => Number(process.env['QUEUE_SEED'] ?? Date.now() % 1e6) + run * 7919,
)

interface Part {
  handle: Handle
  me: number
  seed: number
  count: number
  /** A word for each item, and one for each thread: which item it was putting last. */
  ledger: SharedArrayBuffer
  codec: 'bytes' | 'structured'
}

/** Puts `count` items of its own, by every way there is. Before each it notes the number, after it that it is in. */
async function produce(library: Library, { handle, me, seed, count, ledger, codec }: Part): Promise<number> {
  const queue = library.Queue.from<unknown>(handle)
  const notes = new Int32Array(ledger)
  let state = seed
  const random = (n: number): number => ((state = (Math.imul(state, 1664525) + 1013904223) | 0) >>> 8) % n
  for (let number = 0; number < count; number++) {
    const length = random(4) === 0 ? random(300) : random(20)
    const bytes = new Uint8Array(8 + length).fill(number)
    new DataView(bytes.buffer).setInt32(0, me)
    new DataView(bytes.buffer).setInt32(4, number)
    const item = codec === 'bytes' ? bytes : { me, number, bytes }
    for (let put = false; !put;) {
      try {
        const way = random(4)
        if (way === 0) queue.putNowait(item)
        else if (way === 1) await queue.put(item, { timeout: random(3) === 0 ? 1 : 1000 })
        else queue.putSync(item, { timeout: random(3) === 0 ? 1 : 1000 })
        put = true
      } catch (error) {
        if (!['QueueFullError', 'TimeoutError'].includes((error as Error).name)) throw error
      }
    }
    Atomics.store(notes, me, number + 1)
  }
  return count
}

/** Takes items until there are no more, by every way there is, and writes down each that it has seen whole. */
async function consume(library: Library, { handle, me, seed, count, ledger, codec }: Part): Promise<number> {
  const queue = library.Queue.from<unknown>(handle)
  const notes = new Int32Array(ledger)
  let state = seed
  const random = (n: number): number => ((state = (Math.imul(state, 1664525) + 1013904223) | 0) >>> 8) % n
  for (let taken = 0; ;) {
    try {
      const way = random(4)
      const item =
        way === 0
          ? queue.getNowait()
          : way === 1
            ? await queue.get({ timeout: random(3) === 0 ? 1 : 1000 })
            : queue.getSync({ timeout: random(3) === 0 ? 1 : 1000 })
      const bytes = codec === 'bytes' ? (item as Uint8Array) : (item as { bytes: Uint8Array }).bytes
      const view = new DataView(bytes.buffer, bytes.byteOffset)
      const from = view.getInt32(0)
      const number = view.getInt32(4)
      for (let at = 8; at < bytes.length; at++)
        if (bytes[at] !== (number & 255)) throw new Error(`torn: ${from} ${number}`)
      if (codec === 'structured' && (item as { number: number }).number !== number) throw new Error('torn')
      if (Atomics.add(notes, 64 + from * count + number, 1) !== 0) throw new Error(`twice: ${from} ${number}`)
      queue.taskDone()
      Atomics.store(notes, me, ++taken)
    } catch (error) {
      const { name } = error as Error
      if (name === 'QueueShutDownError') return taken
      if (!['QueueEmptyError', 'TimeoutError'].includes(name)) throw error
    }
  }
}

const ledgerFor = (producers: number, count: number): SharedArrayBuffer =>
  new SharedArrayBuffer((64 + producers * count) * 4)

describe.each(seeds)('seed %d', (seed) => {
  test.each([
    { producers: 1, consumers: 1, codec: 'bytes', options: { bytes: 65_536 } },
    { producers: 2, consumers: 2, codec: 'bytes', options: { bytes: 700 } },
    { producers: 2, consumers: 2, codec: 'structured', options: { bytes: 4096, maxsize: 3 } },
    { producers: 3, consumers: 1, codec: 'structured', options: { bytes: 2048 } },
  ] as const)('$producers producers, $consumers consumers, $codec, $options', async (how) => {
    const count = 1500
    const queue = new Queue<unknown>({ codec: how.codec, ...how.options })
    const ledger = ledgerFor(how.producers, count)
    const part = (me: number): Part => ({ handle: queue.handle, me, seed: seed + me, count, ledger, codec: how.codec })
    const producers = Array.from({ length: how.producers }, (_, me) => spawn(produce, part(me)))
    const consumers = Array.from({ length: how.consumers }, (_, me) => spawn(consume, part(32 + me)))
    await Promise.all(producers.map(({ result }) => result))
    await queue.join()
    queue.shutdown()
    const taken = await Promise.all(consumers.map(({ result }) => result))
    expect(taken.reduce((sum, one) => sum + one)).toBe(how.producers * count)
    expect(new Int32Array(ledger).subarray(64).every((seen) => seen === 1)).toBe(true)
    expect(() => queue.taskDone()).toThrow(RangeError)
    queue.free()
  })

  test('killed at any moment: no item is lost but one with each consumer', async () => {
    const count = 4000
    const producers = 6
    const consumers = 6
    const space = new Space({ threads: 16, objects: 4, memory: new SharedArrayBuffer(6016) })
    const queue = new Queue<unknown>({ codec: 'bytes', bytes: 3000, space })
    const ledger = ledgerFor(producers, count)
    const notes = new Int32Array(ledger)
    const part = (me: number): Part => ({ handle: queue.handle, me, seed: seed + me, count, ledger, codec: 'bytes' })
    let random = seed
    const next = (n: number): number => ((random = (Math.imul(random, 1664525) + 1013904223) | 0) >>> 8) % n
    let killedConsumers = 0
    // Pairs, one after the other: each is killed once it has come so far, but for the last, which come through.
    const run = async (first: number, all: number, start: (me: number) => ReturnType<typeof spawn>): Promise<void> => {
      for (let one = 0; one < all; one++) {
        const me = first + one
        const thread = start(me)
        if (one === all - 1) {
          await thread.result
          return
        }
        const until = next(200)
        while (Atomics.load(notes, me) < until) await new Promise((resolve) => setTimeout(resolve, 1))
        await terminate(thread.worker)
        if (first !== 0) killedConsumers++
      }
    }
    const producing = run(0, producers, (me) => spawn(produce, part(me)))
    const consuming = run(32, consumers, (me) => spawn(consume, part(me)))
    await producing
    queue.shutdown()
    await consuming
    expect(queue.size).toBe(0)
    let lost = 0
    for (let me = 0; me < producers; me++) {
      const sure = notes[me]!
      for (let number = 0; number < count; number++) {
        const seen = notes[64 + me * count + number]!
        expect(seen, `item ${number} of ${me}`).toBeLessThanOrEqual(1)
        if (number < sure && seen === 0) lost++
        // The one that it was putting when it died is in or not; none after it.
        if (number > sure) expect(seen, `item ${number} of ${me}, which was at ${sure}`).toBe(0)
      }
    }
    expect(lost).toBeLessThanOrEqual(killedConsumers)
    // Its memory serves the next one: nobody who died keeps it.
    expect(() => new Queue({ bytes: 3000, space })).toThrow(SpaceFullError)
    queue.free()
    expect(new Queue({ bytes: 3000, space }).size).toBe(0)
  })
})
