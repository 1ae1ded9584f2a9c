/** Every wrong argument is refused at the call, and nothing has changed then. */
import { describe, expect, test } from 'vitest'
import {
  Barrier,
  Condition,
  currentTask,
  Event,
  EventLoop,
  explore,
  Future,
  gather,
  Lock,
  note,
  type Op,
  Queue,
  replay,
  Semaphore,
  Shared,
  sleep,
  spawn,
  Task,
} from '../src/index.ts'
import {
  expectRefused,
  infinite,
  missing,
  notAFunction,
  notAnOp,
  notANumber,
  notAString,
  notOptions,
  notWhole,
  type Wrong,
  zero,
} from './wrong-input.ts'

const any = (value: unknown): never => value as never
function* nothing(): Op<void> {}

const refuses = (title: string, name: string, values: readonly Wrong[], call: (value: unknown) => unknown): void => {
  describe.each([title])('%s', () => {
    test.each(values)('$title', (wrong) => expectRefused(() => call(wrong.value), name, wrong))
  })
}

const loop = new EventLoop()
refuses('new EventLoop(options)', 'options', notOptions, (value) => new EventLoop(any(value)))
refuses(
  'new EventLoop({ clock })',
  'clock',
  [...notAString, { title: "'wall'", value: 'wall', type: 'TypeError', shown: '"wall"' }],
  (clock) => new EventLoop({ clock: any(clock) }),
)
refuses(
  'new EventLoop({ onError })',
  'onError',
  notAFunction.filter(({ value }) => value !== undefined),
  (onError) => new EventLoop({ onError: any(onError) }),
)
refuses('callSoon(fn)', 'fn', notAFunction, (fn) => loop.callSoon(any(fn)))
refuses('callLater(ms, fn): ms', 'ms', [...notANumber, missing], (ms) => loop.callLater(any(ms), () => {}))
refuses('callLater(ms, fn): fn', 'fn', notAFunction, (fn) => loop.callLater(1, any(fn)))
refuses('createTask(op)', 'op', notAnOp, (op) => loop.createTask(any(op)))
refuses('createTask(op, name)', 'name', notAString, (name) => loop.createTask(nothing(), any(name)))
refuses('new Task(loop, op)', 'op', notAnOp, (op) => new Task(loop, any(op)))
refuses('new Task(loop)', 'loop', notOptions, (value) => new Task(any(value), nothing()))
refuses('runUntilComplete(op)', 'op', notAnOp, (op) => loop.runUntilComplete(any(op)))
refuses('new Future(loop)', 'loop', [...notOptions, { title: '{}', value: {}, type: 'TypeError' }], (value) => {
  return new Future(any(value))
})
refuses('future.onDone(fn)', 'fn', notAFunction, (fn) => new Future(loop).onDone(any(fn)))
refuses('spawn(op)', 'op', notAnOp, (op) => spawn(any(op)))
refuses('spawn(op, name)', 'name', notAString, (name) => spawn(nothing(), any(name)))
refuses('sleep(ms)', 'ms', [...notANumber, missing], (ms) => sleep(any(ms)))
refuses('gather(op)', 'ops[0]', notAnOp, (op) => gather(any(op)))
refuses('gather(…, op)', 'ops[2]', notAnOp, (op) => gather(nothing(), new Future<void>(loop), any(op)))
refuses('note(text)', 'text', [...notAString, missing], (text) => note(any(text)))

refuses('new Lock(options)', 'options', notOptions, (options) => new Lock(any(options)))
refuses('new Lock({ name })', 'name', notAString, (name) => new Lock({ name: any(name) }))
refuses('lock.run(op)', 'op', notAFunction, (op) => new Lock().run(any(op)))
refuses('new Event(options)', 'options', notOptions, (options) => new Event(any(options)))
refuses('new Semaphore(value)', 'value', [...notWhole, infinite], (value) => new Semaphore(any(value)))
refuses('new Semaphore(1, options)', 'options', notOptions, (options) => new Semaphore(1, any(options)))
refuses('semaphore.run(op)', 'op', notAFunction, (op) => new Semaphore().run(any(op)))
refuses(
  'new Condition(lock)',
  'lock',
  [...notOptions, { title: 'a Semaphore', value: new Semaphore(), type: 'TypeError', shown: 'Semaphore' }],
  (lock) => new Condition(any(lock)),
)
refuses('condition.waitFor(predicate)', 'predicate', notAFunction, (predicate) =>
  new Condition().waitFor(any(predicate)),
)
refuses('condition.run(op)', 'op', notAFunction, (op) => new Condition().run(any(op)))
refuses('condition.notify(n)', 'n', [...notWhole, infinite], (n) => new Condition().notify(any(n)))
refuses(
  'new Barrier(parties)',
  'parties',
  [...notWhole, infinite, zero, missing],
  (parties) => new Barrier(any(parties)),
)
refuses('new Queue(maxsize)', 'maxsize', notANumber, (maxsize) => new Queue(any(maxsize)))
refuses('new Queue(0, options)', 'options', notOptions, (options) => new Queue(0, any(options)))
refuses('new Shared(value, options)', 'options', notOptions, (options) => new Shared(0, any(options)))

refuses('explore(program)', 'program', notAFunction, (program) => explore(any(program)))
refuses('explore(program, options)', 'options', notOptions, (options) => explore(nothing, any(options)))
refuses('explore(…, { runs })', 'runs', [...notWhole, zero], (runs) => explore(nothing, { runs: any(runs) }))
refuses('explore(…, { preemptions })', 'preemptions', notWhole, (preemptions) =>
  explore(nothing, { preemptions: any(preemptions) }),
)
refuses('explore(…, { seed })', 'seed', [...notWhole.filter(({ value }) => value !== -1), infinite], (seed) =>
  explore(nothing, { seed: any(seed) }),
)
refuses(
  'explore(…, { declared })',
  'declared',
  [
    { title: 'null', value: null, type: 'TypeError', shown: 'null' },
    { title: '1', value: 1, type: 'TypeError', shown: '1' },
  ],
  (declared) => explore(nothing, { declared: any(declared) }),
)
refuses('replay(program)', 'program', notAFunction, (program) => replay(any(program), ''))
refuses('replay(…, schedule)', 'schedule', [...notAString, missing], (schedule) => replay(nothing, any(schedule)))
refuses(
  'replay(…, schedule), which is none',
  'schedule',
  ['1', '1:', ':1', '1:2,', '1:2;3:4', 'x', '-1:2', '1.5:2', ' 1:2'].map((value) => ({
    title: value,
    value,
    type: 'RangeError',
    shown: JSON.stringify(value),
  })),
  (schedule) => replay(nothing, any(schedule)),
)

test('a function that answers no Op is no program', () => {
  const call = (): unknown => explore(any(() => 5))
  expect(call).toThrow(/program must be a function that answers an Op/)
})

test.each([undefined, 5, [1], Promise.resolve()])(
  'run() of a function that answers %s: refused, and given back',
  (answer) => {
    for (const what of [new Lock(), new Semaphore(1)]) {
      expect(() => new EventLoop().runUntilComplete(what.run(any(() => answer)))).toThrow(
        /^op must be a function that answers an Op, got /,
      )
      expect(what.locked).toBe(false)
    }
    const future = new Future<string>(new EventLoop())
    expect(() => new EventLoop().runUntilComplete(new Lock().run(any(() => future)))).toThrow(/another loop/)
  },
)

test('none of that has run anything', () => {
  let calls = 0
  loop.callSoon(() => void calls++)
  loop.runUntilComplete(nothing())
  expect([calls, loop.time(), currentTask()]).toEqual([1, 0, undefined])
  loop.close()
})

test('what is wrong is refused before a wait begins, and changes nothing', () => {
  const lock = new Lock()
  const condition = new Condition(lock)
  expect(() => condition.notify(any('all'))).toThrow(TypeError)
  expect(() => lock.run(any(5))).toThrow(TypeError)
  expect(String(lock)).toBe('Lock <unlocked>')
})

test('values at the edges are taken', () => {
  expect(new Semaphore(0).value).toBe(0)
  expect(Object.is(new Semaphore(-0).value, 0)).toBe(true)
  expect(new Queue(-1).full).toBe(false)
  expect(new Queue(Infinity).full).toBe(false)
  expect(explore(nothing, { runs: Infinity, preemptions: Infinity, seed: -1 })).toEqual({ runs: 1, complete: true })
  expect(explore(nothing, { runs: 1, preemptions: 0, seed: 0 })).toEqual({ runs: 1, complete: true })
  const own = new EventLoop()
  own.callLater(-1, () => {})
  own.callLater(Infinity, () => {})
  own.runUntilComplete(sleep(-Infinity))
  expect(own.time()).toBe(0)
})
