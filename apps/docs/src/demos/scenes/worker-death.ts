import { Lock, terminate } from '@interlock/worker'
import type { Scene } from '../scene.ts'
import type { Report } from './thread-messages.ts'
import { startThread } from './threads.ts'

export const scene: Scene = {
  about: {
    en: 'W1 takes the lock for a long time, W2 waits for it. W1 is ended in the middle of its work: W2 gets the lock, and is told so.',
    ru: 'W1 надолго берёт блокировку, W2 её ждёт. W1 завершают посреди работы: W2 получает блокировку и узнаёт об этом.',
  },
  real: true,
  shared: true,
  build(stage) {
    const lock = new Lock({ name: 'ledger' })
    const cells = new Int32Array(new SharedArrayBuffer(4))
    const orders = { role: 'hold', turns: 1, handle: lock.handle, cells, broken: false } as const
    stage.printed = () => String(lock)
    stage.gauges = () => []
    const pause = (ms: number) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms)
      })
    // A thread takes its time to start: W1 is not to be ended, nor W2 to be there, before W1 has the lock.
    const held = Promise.withResolvers<void>()
    stage.row('W1', async (row) => {
      await stage.started
      const worker = startThread(stage, row, { ...orders, ms: 600_000 })
      worker.addEventListener('message', ({ data }: MessageEvent<Report>) => {
        if (data.type === 'is' && data.event === 'holds') held.resolve()
      })
      await held.promise
      await pause(1500)
      await row.cue('terminate(W1)', 6)
      row.say('dies', stage.t('is ended while it holds the lock', 'завершён с блокировкой в руках'))
      row.become('failed', stage.t('dead', 'мёртв'))
      await terminate(worker)
    })
    stage.row('W2', async (row) => {
      await held.promise
      await pause(300)
      startThread(stage, row, { ...orders, ms: 1500 }, () => stage.over())
    })
    stage.onEnd(() => lock.free())
  },
}
