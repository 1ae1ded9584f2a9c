/**
 * Contexts over asynchronous code: the statements CV3 to CV6, WF8 and D1 to D6 of pep567.md that need no task, CPython's AsyncContextTest and GeneratorContextTest, the
 * waits of @interlock/core, and random programs against a model.
 *
 * Where asyncio has a task, `fork()` stands here: a function that runs in a copy of the current Context, as a task does.
 */
import { EventEmitter, once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Barrier, Condition, Event, KeyedLock, Lock, Queue, ReadWriteLock, Semaphore } from '@interlock/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Context, ContextVar, copyContext, type Token } from '../src/index.ts'

const user = new ContextVar('user', { default: 'nobody' })

const fork = <A extends unknown[], R>(job: (...args: A) => Promise<R>, ...args: A): Promise<R> =>
  copyContext().run(job, ...args)

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Runs the body of a test in a Context of its own, as asyncio.run() does. */
const main = (body: () => Promise<void>) => (): Promise<void> => new Context().run(body)

describe('tasks', () => {
  test(
    "CV3: a task begins with its creator's values, and what either sets is not seen by the other",
    main(async () => {
      user.set('ann')
      const begun = new Event()
      const child = fork(async () => {
        const seen = [user.get()]
        user.set('set by the child')
        begun.set()
        await turn()
        return [...seen, user.get()]
      })
      await begun.wait()
      expect(user.get()).toBe('ann')
      user.set('bob')
      expect(await child).toEqual(['ann', 'set by the child'])
      expect(user.get()).toBe('bob')
    }),
  )

  test(
    'CV3: what it sets before its first await does not leak to its creator',
    main(async () => {
      const child = fork(async () => {
        user.set('ann')
        await turn()
      })
      expect(user.get()).toBe('nobody')
      await child
      expect(user.get()).toBe('nobody')
    }),
  )

  test(
    'CV4: a set() in an awaited function is seen by its caller, whether before or after its own await',
    main(async () => {
      const early = async (): Promise<void> => {
        user.set('early')
        await turn()
      }
      const late = async (): Promise<void> => {
        await turn()
        user.set('late')
      }
      await early()
      expect(user.get()).toBe('early')
      await late()
      expect(user.get()).toBe('late')
      await Promise.reject(new Error('a')).catch(async () => {
        await turn()
        user.set('in a catch')
      })
      expect(user.get()).toBe('in a catch')
    }),
  )

  test(
    'CV4, K1: a token works after any number of awaits, in a function that awaits and in one that is awaited',
    main(async () => {
      const token = user.set('ann')
      await turn()
      const inner = async (given: Token<string>): Promise<Token<string>> => {
        await turn()
        user.reset(given)
        await turn()
        return user.set('by the callee')
      }
      const other = await inner(token)
      expect(user.get()).toBe('by the callee')
      user.reset(other)
      expect(user.get()).toBe('nobody')
    }),
  )

  test(
    'K4: a token of the creator does not work in a task, nor one of a task in its creator',
    main(async () => {
      const token = user.set('ann')
      const childs = await fork(async () => {
        await turn()
        expect(() => user.reset(token)).toThrow(RangeError)
        return user.set('bob')
      })
      expect(() => user.reset(childs)).toThrow(RangeError)
      user.reset(token)
      expect(user.get()).toBe('nobody')
    }),
  )

  test(
    "CV6: several may share a Context that is given to them, and see each other's values",
    main(async () => {
      const context = new Context()
      await context.run(async () => {
        await turn()
        user.set('ann')
      })
      await context.run(async () => {
        expect(user.get()).toBe('ann')
        user.set('bob')
        await turn()
      })
      expect([context.get(user), user.get()]).toEqual(['bob', 'nobody'])
    }),
  )

  test(
    "WF8: what is awaited under a time limit runs in the caller's Context",
    main(async () => {
      const job = async (): Promise<string> => {
        await turn()
        user.set('set within')
        return 'done'
      }
      expect(await Promise.race([job(), new Promise(() => {})])).toBe('done')
      expect(user.get()).toBe('set within')
    }),
  )

  test('CPython: test_asyncio_independent_contexts', async () => {
    const variable = new ContextVar('cvar', { default: 'A' })
    const [updated1, updated2] = [new Event(), new Event()]
    const task1 = async (): Promise<void> => {
      expect(variable.get()).toBe('A')
      await turn()
      variable.set('B')
      await turn()
      updated1.set()
      await updated2.wait()
      expect(variable.get()).toBe('B')
    }
    const task2 = async (): Promise<void> => {
      await updated1.wait()
      expect(variable.get()).toBe('A')
      await turn()
      variable.set('C')
      await turn()
      updated2.set()
      await turn()
      expect(variable.get()).toBe('C')
    }
    await Promise.all([fork(task1), fork(task2)])
    expect(variable.get()).toBe('A')
  })
})

describe('D1: native timers and callbacks share the Context, where those of asyncio (CV5) copy it', () => {
  // The host's own timers, and no fake ones: what they carry is the host's doing. Nothing depends on when they fire.
  const schedulers: Record<string, (fn: () => void) => unknown> = {
    setTimeout: (fn) => setTimeout(fn, 0),
    setImmediate: (fn) => setImmediate(fn),
    queueMicrotask,
    'process.nextTick': (fn) => process.nextTick(fn),
    'promise.then': (fn) => Promise.resolve().then(() => fn()),
    'AbortSignal.timeout': (fn) => AbortSignal.timeout(0).addEventListener('abort', () => fn()),
  }

  test.each(Object.entries(schedulers).filter(([name]) => name !== 'AbortSignal.timeout'))(
    '%s(): sees the values of later, and its own are seen',
    async (_, schedule) => {
      await new Context().run(async () => {
        user.set('when it was scheduled')
        const { promise, resolve } = Promise.withResolvers<string>()
        schedule(() => {
          resolve(user.get())
          user.set('set by the callback')
        })
        user.set('when it ran')
        expect(await promise).toBe('when it ran')
        await turn()
        expect(user.get()).toBe('set by the callback')
      })
    },
  )

  test.each(Object.entries(schedulers))('%s(): never sees those of another', async (_, schedule) => {
    const read = async (name: string): Promise<string> => {
      user.set(name)
      return await new Promise((resolve) => schedule(() => resolve(user.get())))
    }
    const names = ['ann', 'bob', 'cid']
    expect(await Promise.all(names.map((name) => new Context().run(read, name)))).toEqual(names)
  })
})

describe('D2: promises that run side by side in one task share its Context', () => {
  test(
    'Promise.all([f(), g()]): each sees what the other sets; forked, neither does',
    main(async () => {
      const both = (): Barrier => new Barrier(2)
      const job = async (name: string, set: Barrier): Promise<string> => {
        user.set(name)
        await set.wait()
        return user.get()
      }
      const shared = both()
      expect(await Promise.all([job('ann', shared), job('bob', shared)])).toEqual(['bob', 'bob'])
      const apart = both()
      expect(await Promise.all([fork(job, 'ann', apart), fork(job, 'bob', apart)])).toEqual(['ann', 'bob'])
    }),
  )
})

describe('D3: listeners run in the Context of whoever emits', () => {
  const emitters: Record<string, () => { listen(listener: () => void): void; emit(): void }> = {
    EventEmitter: () => {
      const emitter = new EventEmitter()
      return { listen: (listener) => emitter.on('event', listener), emit: () => emitter.emit('event') }
    },
    EventTarget: () => {
      const target = new EventTarget()
      return {
        listen: (listener) => target.addEventListener('event', listener),
        emit: () => target.dispatchEvent(new globalThis.Event('event')),
      }
    },
    AbortSignal: () => {
      const controller = new AbortController()
      return {
        listen: (listener) => controller.signal.addEventListener('abort', listener),
        emit: () => controller.abort(),
      }
    },
  }

  test.each(Object.entries(emitters))('%s', (_, create) => {
    const { listen, emit } = create()
    const seen: string[] = []
    new Context().run(() => {
      user.set('who listens')
      listen(() => seen.push(user.get()))
    })
    new Context().run(() => {
      user.set('who emits')
      emit()
    })
    expect(seen).toEqual(['who emits'])
  })
})

describe('D4: generators run in the Context of whoever calls next(), as in Python', () => {
  test(
    'CPython: GeneratorContextTest.test_none_is_dependent',
    main(async () => {
      const variable = new ContextVar('cvar', { default: 'initial' })
      function* make(): Generator<string> {
        for (;;) yield variable.get()
      }
      const generator = make()
      const next = (): unknown => generator.next().value
      expect(next()).toBe('initial')
      variable.set('updated outer')
      expect(next()).toBe('updated outer')
      const inner = copyContext().run(() => {
        variable.set('updated inner')
        return next()
      })
      expect([inner, next()]).toEqual(['updated inner', 'updated outer'])
    }),
  )

  test(
    'CPython: AsyncContextTest.test_asynccontextmanager_is_dependent_by_default',
    main(async () => {
      const variable = new ContextVar('cvar', { default: 'A' })
      async function* make(): AsyncGenerator<string> {
        await turn()
        expect(variable.get()).toBe('A')
        yield variable.get()
        await turn()
        expect(variable.get()).toBe('C')
        await turn()
        variable.set('D')
        await turn()
      }
      const generator = make()
      expect((await generator.next()).value).toBe('A')
      expect(variable.get()).toBe('A')
      variable.set('B')
      await copyContext().run(async () => {
        variable.set('C')
        expect((await generator.next()).done).toBe(true)
        expect(variable.get()).toBe('D')
      })
      expect(variable.get()).toBe('B')
    }),
  )

  test(
    'K4, gh-118944: a token that a generator holds does not work when another task ends the generator',
    main(async () => {
      async function* make(): AsyncGenerator<string> {
        const token = user.set('inside')
        try {
          yield 'first'
        } finally {
          user.reset(token)
        }
      }
      const mine = make()
      await mine.next()
      expect(user.get()).toBe('inside')
      await mine.return(undefined)
      expect(user.get()).toBe('nobody')

      const others = make()
      await others.next()
      await expect(fork(async () => await others.return(undefined))).rejects.toThrow(RangeError)
    }),
  )

  test(
    "an async iterator over a Queue sees its consumer's values, not the producer's",
    main(async () => {
      const queue = new Queue<number>()
      const consumer = fork(async () => {
        user.set('consumer')
        const seen: string[] = []
        for await (const _ of queue) seen.push(user.get())
        return seen
      })
      user.set('producer')
      for (const item of [1, 2]) {
        await queue.put(item)
        await turn()
      }
      queue.shutdown()
      expect(await consumer).toEqual(['consumer', 'consumer'])
    }),
  )
})

describe('D5: a thread has its own, and begins empty', () => {
  test('CPython: test_context_threads_1', async () => {
    user.set('of the main thread')
    const answers = await Promise.all(
      [0, 10, 20, 30].map(async (number) => {
        const worker = new Worker(new URL('thread.ts', import.meta.url), {
          workerData: number,
          execArgv: ['--conditions=@interlock/source'],
        })
        const [answer] = (await once(worker, 'message')) as [unknown]
        return answer
      }),
    )
    expect(answers).toEqual([0, 10, 20, 30].map((number) => ({ before: 'nobody', number, right: 10 })))
    expect(user.get()).toBe('of the main thread')
  }, 30_000)
})

describe('a woken waiter of @interlock/core goes on in its own Context, not in that of whoever woke it', () => {
  /** What makes a waiter wait, and what wakes it. */
  interface Case {
    wait(): Promise<unknown>
    wake(): unknown
  }
  const take = <P>(permit: P | null): P => permit ?? expect.fail('it was to be free')
  const cases: Record<string, () => Case> = {
    'Lock.acquire()': () => {
      const lock = new Lock()
      const permit = take(lock.tryAcquire())
      return { wait: () => lock.acquire(), wake: () => permit.release() }
    },
    'Semaphore.acquire()': () => {
      const semaphore = new Semaphore(0)
      return { wait: () => semaphore.acquire(), wake: () => semaphore.release() }
    },
    'KeyedLock.acquire()': () => {
      const lock = new KeyedLock<string>()
      const permit = take(lock.tryAcquire('key'))
      return { wait: () => lock.acquire('key'), wake: () => permit.release() }
    },
    'ReadWriteLock.read.acquire()': () => {
      const lock = new ReadWriteLock()
      const permit = take(lock.write.tryAcquire())
      return { wait: () => lock.read.acquire(), wake: () => permit.release() }
    },
    'Event.wait()': () => {
      const event = new Event()
      return { wait: () => event.wait(), wake: () => event.set() }
    },
    'Barrier.wait()': () => {
      const barrier = new Barrier(2)
      return { wait: () => barrier.wait(), wake: () => void barrier.wait() }
    },
    'Queue.get()': () => {
      const queue = new Queue<number>()
      return { wait: () => queue.get(), wake: () => queue.putNowait(1) }
    },
    'Queue.put()': () => {
      const queue = new Queue<number>(1)
      queue.putNowait(1)
      return { wait: () => queue.put(2), wake: () => queue.getNowait() }
    },
    'Queue.join()': () => {
      const queue = new Queue<number>()
      queue.putNowait(1)
      return { wait: () => queue.join(), wake: () => queue.taskDone() }
    },
    'Condition.wait()': () => {
      const condition = new Condition()
      return {
        wait: async () => {
          using _permit = await condition.acquire()
          await condition.wait()
        },
        wake: () => condition.run(() => condition.notify()),
      }
    },
  }

  test.each(Object.entries(cases))('%s', async (_, create) => {
    const { wait, wake } = create()
    const waiter = new Context().run(async () => {
      user.set('the waiter')
      await wait()
      const seen = user.get()
      user.set('the waiter, awake')
      return seen
    })
    await turn()
    await new Context().run(async () => {
      user.set('who wakes it')
      await wake()
      expect(await waiter).toBe('the waiter')
      expect(user.get()).toBe('who wakes it')
    })
  })

  test('Lock.run() and Condition.waitFor(): what they call runs in the Context of who called them', async () => {
    const lock = new Lock()
    const condition = new Condition(lock)
    let ready = false
    const seen: string[] = []
    const waiter = new Context().run(async () => {
      user.set('the waiter')
      await lock.run(async () => {
        seen.push(`run ${user.get()}`)
        await condition.waitFor(() => {
          seen.push(`predicate ${user.get()}`)
          return ready
        })
      })
    })
    await new Context().run(async () => {
      user.set('who wakes it')
      await turn()
      await lock.run(() => {
        ready = true
        condition.notifyAll()
      })
      await waiter
    })
    expect(seen).toEqual(['run the waiter', 'predicate the waiter', 'predicate the waiter'])
  })
})

describe('random programs', () => {
  const step = fc.oneof(
    fc.record({ op: fc.constant('set'), variable: fc.nat(3), value: fc.nat(99) }),
    fc.record({ op: fc.constant('reset'), token: fc.nat(9) }),
    fc.record({ op: fc.constant('wait'), turns: fc.nat(3) }),
    fc.record({ op: fc.constant('call'), variable: fc.nat(3), value: fc.nat(99) }),
    fc.record({ op: fc.constant('fork') }),
    fc.record({ op: fc.constant('copy'), variable: fc.nat(3), value: fc.nat(99) }),
  )
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

  test('tasks that set, reset, await, call, fork and run copies, side by side: each sees what a model of its own says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        async (programs) => {
          const variables = [0, 1, 2, 3].map((at) => new ContextVar<number | undefined>(`v${at}`))
          const variable = (at: number): ContextVar<number | undefined> =>
            variables[at] as ContextVar<number | undefined>
          let looks = 0

          /** A task, and what it must see: a Map that its children get a copy of. */
          const task = async (program: readonly Step[], model: Map<number, number | undefined>): Promise<void> => {
            const tokens: {
              token: Token<number | undefined>
              at: number
              before: number | undefined
              used: boolean
            }[] = []
            const children: Promise<void>[] = []
            const look = (): void => {
              looks++
              for (let at = 0; at < 4; at++) expect(variable(at).get(undefined)).toBe(model.get(at))
              expect(copyContext().size).toBe(model.size)
            }
            const set = (at: number, value: number): void => {
              const before = model.get(at)
              tokens.push({ token: variable(at).set(value), at, before, used: false })
              model.set(at, value)
            }
            const callee = async (at: number, value: number): Promise<void> => {
              await Promise.resolve()
              look()
              set(at, value)
              await Promise.resolve()
            }
            for (const [index, one] of program.entries()) {
              look()
              if (one.op === 'set') set(one.variable, one.value)
              else if (one.op === 'call') await callee(one.variable, one.value)
              else if (one.op === 'wait') for (let turns = 0; turns < one.turns; turns++) await Promise.resolve()
              else if (one.op === 'fork') children.push(fork(task, program.slice(index + 1, index + 4), new Map(model)))
              else if (one.op === 'copy') {
                copyContext().run(() => variable(one.variable).set(one.value))
              } else {
                const chosen = tokens[one.token]
                if (chosen === undefined) continue
                const { token, at, before, used } = chosen
                if (used) expect(() => variable(at).reset(token)).toThrow('has been used already')
                else {
                  variable(at).reset(token)
                  chosen.used = true
                  if (before === undefined) model.delete(at)
                  else model.set(at, before)
                }
              }
            }
            look()
            await Promise.all(children)
            look()
          }
          await Promise.all(
            programs.map((program) => new Context().run(task, program, new Map<number, number | undefined>())),
          )
          expect(looks).toBeGreaterThan(programs.length)
          expect(variables.map((one) => one.get(undefined))).toEqual([undefined, undefined, undefined, undefined])
        },
      ),
      { numRuns: 300 },
    )
  })
})
