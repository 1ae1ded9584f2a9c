/** A semaphore that lets whoever comes take a permit, though others wait: the one who waits is overtaken again and again. */
import { Future, gather, type Op, Semaphore } from '../../src/index.ts'
import { assert, type Pair } from './pair.ts'

interface Permits {
  acquire(): Op<void>
  release(): void
}

class BargingSemaphore implements Permits {
  #value = 1
  readonly #waiters: Future<void>[] = [];

  *acquire(): Op<void> {
    while (this.#value === 0) {
      const free = new Future<void>()
      this.#waiters.push(free)
      yield* free
    }
    this.#value--
  }

  release(): void {
    this.#value++
    this.#waiters.shift()?.setResult()
  }
}

function* program(semaphore: Permits): Op<void> {
  let waits = false
  let overtaken = 0
  function* patient(): Op<void> {
    waits = true
    yield* semaphore.acquire()
    waits = false
    semaphore.release()
  }
  function* greedy(): Op<void> {
    for (let left = 3; left > 0; left--) {
      const later = waits
      yield* semaphore.acquire()
      if (later && waits) overtaken++
      assert(overtaken < 2, 'who waits is overtaken again and again')
      yield
      semaphore.release()
    }
  }
  yield* gather(greedy(), patient())
}

export const bargingSemaphore: Pair = {
  title: 'a barging semaphore, which starves a waiter',
  broken: () => program(new BargingSemaphore()),
  right: () => program(new Semaphore(1)),
  failure: /^Error: who waits is overtaken/,
}
