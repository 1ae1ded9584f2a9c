import { expectTypeOf, test } from 'vitest'
import type { WaitOptions } from '../index.ts'
import { Event } from './index.ts'

const event = new Event({ name: 'ready' })

test('what it answers', () => {
  expectTypeOf(event.set()).toEqualTypeOf<void>()
  expectTypeOf(event.clear()).toEqualTypeOf<void>()
  expectTypeOf(event.wait()).toEqualTypeOf<Promise<void>>()
  expectTypeOf(event.isSet).toEqualTypeOf<boolean>()
  expectTypeOf(event.waiting).toEqualTypeOf<number>()
  expectTypeOf(event.name).toEqualTypeOf<string | undefined>()
  expectTypeOf<Parameters<Event['wait']>[0]>().toEqualTypeOf<WaitOptions | undefined>()
})

test('what it refuses', () => {
  // @ts-expect-error set() takes no value
  event.set(true)
  // @ts-expect-error milliseconds go into the options
  void event.wait(100)
  // @ts-expect-error the signal, not its controller
  void event.wait({ signal: new AbortController() })
  // @ts-expect-error the name goes into the options
  void new Event('ready')
  // @ts-expect-error set() and clear() set it
  event.isSet = true
  // @ts-expect-error read-only
  event.waiting = 0
})

test('it is not the Event of the DOM', () => {
  expectTypeOf<Event>().not.toExtend<globalThis.Event>()
})
