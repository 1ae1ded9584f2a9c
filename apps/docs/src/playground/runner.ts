/** Runs one program in a worker of its own, which can be ended whatever it does, and tells what it prints and what it waits for. */
import { observeWaits, type Wait } from '@interlock/core/observe'
import { currentTask } from '@interlock/tasks'
import type { Message } from './messages.ts'
import { modules } from './modules.ts'
import { alike, print } from './print.ts'

const loads: Record<(typeof modules)[number], () => Promise<object>> = {
  '@interlock/core': () => import('@interlock/core'),
  '@interlock/core/observe': () => import('@interlock/core/observe'),
  '@interlock/contextvar': () => import('@interlock/contextvar'),
  '@interlock/contextvar/backend': () => import('@interlock/contextvar/backend'),
  '@interlock/contextvar/propagate': () => import('@interlock/contextvar/propagate'),
  '@interlock/tasks': () => import('@interlock/tasks'),
  '@interlock/loop': () => import('@interlock/loop'),
  '@interlock/worker': () => import('@interlock/worker'),
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
observeWaits({
  parked: (wait) => {
    const number = ++waits
    const [what = ''] = /^\w+(?: "[^"]*")?/.exec(print(wait.primitive)) ?? []
    tell({
      type: 'parked',
      wait: number,
      at: at(),
      what: `${what} ${wait.operation}()`,
      who: currentTask()?.name ?? `#${number}`,
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

Object.assign(globalThis, { __load: (name: keyof typeof loads) => loads[name](), __show: show })

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

tell({ type: 'ready' })
