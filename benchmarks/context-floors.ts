// What carries values over an await in Node, used bare: a storage for each variable.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import type { Library, MadeContext } from './library.ts'

export const STORAGE = 'AsyncLocalStorage'

// Once for all runs, as a program has them.
const storages = Array.from({ length: 100 }, () => new AsyncLocalStorage<number>())

interface Made extends MadeContext {
  slots: readonly AsyncLocalStorage<number>[]
  resource: AsyncResource
}

function make(variables: number): Made {
  const slots = storages.slice(0, variables)
  const within = (work: () => number): number =>
    slots.reduceRight((inner, storage, place) => () => storage.run(place + 1, inner), work)()
  const made: Made = { slots, within, resource: undefined as never }
  within(() => {
    made.resource = new AsyncResource('bench')
    return 0
  })
  return made
}

export const contextFloors: Library[] = [
  {
    name: STORAGE,
    package: '',
    kind: 'floor',
    context: {
      make: (variables) => Object.assign(make(variables), { AsyncLocalStorage }),
      get: 'slot.getStore()',
      set: 'slot.enterWith(value)',
      setReset: '{ const before = slot.getStore(); slot.enterWith(value); slot.enterWith(before); }',
      copy: 'made.AsyncLocalStorage.snapshot()',
      run: 'slot.run(value, task, value)',
    },
  },
  {
    name: 'AsyncResource',
    package: '',
    kind: 'floor',
    context: {
      make: (variables) => Object.assign(make(variables), { AsyncResource }),
      copy: "new made.AsyncResource('bench')",
      run: 'made.resource.runInAsyncScope(task, undefined, value)',
    },
  },
]
