/** Where this runtime carries a Context to, and that bind() makes up for where it does not. */
// Before the package, which looks at the globals as it is loaded.
// oxlint-disable-next-line import/no-unassigned-import
import './setup/without-globals.js'
import { EventEmitter, once } from 'node:events'
import { readFile } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bind, Context, ContextVar } from '@interlock/contextvar'
import { currentOwner, runFor } from '@interlock/contextvar/frame'
import { equal, same, sleep, test } from '../../../../scripts/runtimes/conformance.js'

const where = new ContextVar('where', { default: 'lost' })

/** Runs `body` in a Context of its own in which the variable is `name`. */
const inside = (name, body) =>
  new Context().run(() => {
    where.set(name)
    return body()
  })

/** What the variable is where `start` has its callback called, which is handed over in a. */
const seenBy = (start) => new Promise((resolve) => inside('a', () => start(() => resolve(where.get()))))

test('the package has imported AsyncLocalStorage itself', async () => {
  same(
    await inside('a', async () => {
      await Promise.resolve()
      return where.get()
    }),
    'a',
  )
})

test('over an await of a promise that is resolved elsewhere', async () => {
  const gate = deferred()
  const seen = inside('a', async () => {
    await gate.promise
    return where.get()
  })
  inside('b', () => gate.resolve())
  same(await seen, 'a')
})

test('into then(), catch() and finally()', async () => {
  equal(
    await inside('a', () =>
      Promise.all([
        Promise.resolve().then(() => where.get()),
        Promise.reject(new Error('no')).catch(() => where.get()),
        sleep(1).then(() => where.get()),
      ]),
    ),
    ['a', 'a', 'a'],
  )
  same(await seenBy((callback) => void Promise.resolve().finally(callback)), 'a')
})

test('over an await that rejects', async () => {
  const seen = inside('a', async () => {
    try {
      await sleep(1).then(() => Promise.reject(new Error('no')))
    } catch {
      return where.get()
    }
    return 'not thrown'
  })
  same(await seen, 'a')
})

test('into the then() of a thenable, and over an await of it, whoever calls back', async () => {
  let callBack
  const inThen = []
  const seen = inside('a', async () => {
    // oxlint-disable-next-line unicorn/no-thenable typescript/await-thenable
    await { then: (resolve) => inThen.push(where.get()) && (callBack = resolve) }
    return where.get()
  })
  await sleep(1)
  inside('b', () => callBack())
  equal([await seen, ...inThen], ['a', 'a'])
})

test('into timers, microtasks and ticks', async () => {
  equal(
    await Promise.all([
      seenBy((callback) => setTimeout(() => callback(), 1)),
      seenBy((callback) => setImmediate(() => callback())),
      seenBy((callback) => queueMicrotask(callback)),
      seenBy((callback) => process.nextTick(callback)),
      seenBy((callback) => {
        const timer = setInterval(() => {
          clearInterval(timer)
          callback()
        }, 1)
      }),
    ]),
    ['a', 'a', 'a', 'a', 'a'],
  )
})

test("into the callbacks of the host's own functions", async () => {
  same(await seenBy((callback) => readFile(fileURLToPath(import.meta.url), callback)), 'a')
})

test('over an await of events.once(), whoever emits', async () => {
  const emitter = new EventEmitter()
  const seen = inside('a', async () => {
    await once(emitter, 'ready')
    return where.get()
  })
  inside('b', () => emitter.emit('ready'))
  same(await seen, 'a')
})

test('over a dynamic import', async () => {
  const seen = inside('a', async () => {
    await import('node:path')
    return where.get()
  })
  same(await seen, 'a')
})

test('over for await, while the generator runs in the Context of its consumer', async () => {
  async function* generate() {
    for (let at = 0; at < 2; at++) {
      await sleep(1)
      yield where.get()
    }
  }
  const generator = inside('b', () => generate())
  const seen = inside('a', async () => {
    const values = []
    for await (const value of generator) values.push(value, where.get())
    return [...values, where.get()]
  })
  equal(await seen, ['a', 'a', 'a', 'a', 'a'])
})

test('what is set after an await in a function is seen by whoever awaits it', async () => {
  const seen = inside('a', async () => {
    const callee = async () => {
      await sleep(1)
      where.set('changed')
    }
    await callee()
    return where.get()
  })
  same(await seen, 'changed')
})

test('nothing of a Context is left behind where it was not', async () => {
  await inside('a', () => sleep(1))
  same(where.get(), 'lost')
  const after = inside('a', () => sleep(1)).then(() => where.get())
  same(await after, 'lost')
})

test('a listener runs in the Context of whoever emits, and in its own by bind()', async () => {
  const emitter = new EventEmitter()
  const target = new EventTarget()
  const controller = new AbortController()
  const seen = []
  inside('a', () => {
    const listener = () => seen.push(where.get())
    for (const each of [listener, bind(listener)]) {
      emitter.on('ready', each)
      target.addEventListener('ready', each)
      controller.signal.addEventListener('abort', each)
    }
  })
  inside('b', () => {
    emitter.emit('ready')
    target.dispatchEvent(new Event('ready'))
    controller.abort()
  })
  equal(seen, ['b', 'a', 'b', 'a', 'b', 'a'])
})

test('bind() holds over the awaits of what it binds, keeps `this`, and begins anew at each call', async () => {
  const bound = inside('a', () =>
    bind(async function (suffix) {
      await sleep(1)
      const seen = `${where.get()} ${this.name} ${suffix}`
      where.set('changed')
      return seen
    }),
  )
  const object = { name: 'object', bound }
  equal(await inside('b', () => Promise.all([object.bound(1), object.bound(2)])), ['a object 1', 'a object 2'])
})

test('a MessagePort, which carries nothing, does by bind()', async () => {
  const { port1, port2 } = new MessageChannel()
  const seen = new Promise((resolve) =>
    inside('a', () => {
      port1.addEventListener(
        'message',
        bind(() => resolve(where.get())),
      )
      port1.start()
    }),
  )
  inside('b', () => port2.postMessage('now'))
  same(await seen, 'a')
  port1.close()
  port2.close()
})

test('the owner of a frame is known across awaits, through run(), and by bind() is the caller', async () => {
  const owner = { name: 'task' }
  const bound = bind(() => currentOwner())
  const seen = await runFor(owner, new Context(), async () => {
    await sleep(1)
    const inner = await new Context().run(async () => {
      await sleep(1)
      return currentOwner()
    })
    return [currentOwner() === owner, inner === owner, bound() === owner]
  })
  equal([...seen, currentOwner()], [true, true, true, undefined])
})

function deferred() {
  let resolve
  const promise = new Promise((settle) => (resolve = settle))
  return { promise, resolve }
}
