import { Context, ContextVar, copyContext } from '@interlock/contextvar'
import type { Library, MadeContext } from '../library.ts'

// Once for all runs, as a program has them: the first one alone, too, is the first that there was.
const variables = Array.from({ length: 100 }, (_, place) => new ContextVar<number>(`variable ${place}`))

interface Made extends MadeContext {
  /** A copy of the Context in which the loop runs. */
  other: Context
  copyContext: () => Context
}

function make(count: number): Made {
  const slots = variables.slice(0, count)
  const context = new Context()
  context.run(() => {
    for (const [place, variable] of slots.entries()) variable.set(place + 1)
  })
  return { slots, within: (work) => context.run(work), other: context.copy(), copyContext }
}

export const libraries: Library[] = [
  {
    name: '@interlock/contextvar',
    package: '@interlock/contextvar',
    kind: 'ours',
    context: {
      make,
      get: 'slot.get()',
      set: 'slot.set(value)',
      setReset: 'slot.reset(slot.set(value))',
      copy: 'made.copyContext()',
      run: 'made.other.run(task, value)',
    },
  },
  {
    name: '@interlock/contextvar, copyContext().run()',
    package: '@interlock/contextvar',
    kind: 'ours',
    variant: true,
    context: { make, run: 'made.copyContext().run(task, value)' },
  },
]
