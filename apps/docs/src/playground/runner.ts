/** Runs one program in a worker of its own, which can be ended whatever it does, and tells what it prints and what it waits for. */
import * as contextvar from '@interlock/contextvar'
import * as core from '@interlock/core'
import * as observe from '@interlock/core/observe'
import type { Wait } from '@interlock/core/observe'
import * as tasks from '@interlock/tasks'
import type { Message } from './messages.ts'
import { alike, print } from './print.ts'

const modules: Record<string, object> = {
  '@interlock/core': core,
  '@interlock/core/observe': observe,
  '@interlock/contextvar': contextvar,
  '@interlock/tasks': tasks,
}

const tell = (message: Message) => {
  self.postMessage(message)
}

let began = 0
const at = () => performance.now() - began
const failure = (error: unknown) => tell({ type: 'line', level: 'error', at: at(), text: print(error) })

for (const [name, level] of [
  ['log', 'log'],
  ['info', 'log'],
  ['debug', 'log'],
  ['warn', 'warn'],
  ['error', 'error'],
] as const) {
  console[name] = (...values: unknown[]) => {
    // What contextvar says once in every browser is said beside the editor.
    if (String(values[0]).startsWith('CONTEXT_LOST')) return
    tell({ type: 'line', level, at: at(), text: values.map((value) => print(value)).join(' ') })
  }
}

const show = (line: number, value: unknown, expected: unknown) =>
  tell({
    type: 'shown',
    line,
    at: at(),
    text: print(value, 1),
    expected: print(expected, 1),
    same: alike(value, expected),
  })

let waits = 0
const over = (how: 'woken' | 'cancelled') => (_wait: Wait, reason: unknown, note?: unknown) => {
  const wait = (how === 'woken' ? reason : note) as number
  tell({ type: 'over', wait, at: at(), how })
}
observe.observeWaits({
  parked: (wait) => {
    const number = ++waits
    const [what = ''] = /^\w+(?: "[^"]*")?/.exec(print(wait.primitive)) ?? []
    tell({
      type: 'parked',
      wait: number,
      at: at(),
      what: `${what} ${wait.operation}()`,
      who: tasks.currentTask()?.name ?? `#${number}`,
    })
    return number
  },
  woken: over('woken'),
  cancelled: over('cancelled'),
})

self.addEventListener('error', (event) => {
  event.preventDefault()
  failure(event.error ?? event.message)
})
self.addEventListener('unhandledrejection', (event) => {
  event.preventDefault()
  failure(event.reason)
})

Object.assign(globalThis, { __modules: modules, __show: show })

async function run(program: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }))
  began = performance.now()
  try {
    await import(/* @vite-ignore */ address)
    tell({ type: 'ended', at: at(), failed: false })
  } catch (error) {
    failure(error)
    tell({ type: 'ended', at: at(), failed: true })
  }
}

self.addEventListener('message', ({ data }: MessageEvent<string>) => void run(data))

tell({ type: 'ready', modules: Object.keys(modules) })
