import { Semaphore } from '@interlock/worker'
import type { Scene } from '../scene.ts'
import { startThread } from './threads.ts'

const names = ['W1', 'W2', 'W3', 'W4'] as const

export const scene: Scene = {
  about: {
    en: 'Four real threads, and a database that takes two connections from the whole process.',
    ru: 'Четыре настоящих потока и база данных, которая принимает два соединения на весь процесс.',
  },
  real: true,
  shared: true,
  build(stage) {
    const semaphore = new Semaphore(2, { name: 'database' })
    const cells = new Int32Array(new SharedArrayBuffer(4))
    let done = 0
    stage.printed = () => String(semaphore)
    stage.gauges = () => [
      { kind: 'lamps', label: stage.t('free permits', 'свободные разрешения'), lit: semaphore.value, total: 2 },
    ]
    for (const name of names) {
      stage.row(name, async (row) => {
        await stage.started
        startThread(
          stage,
          row,
          { role: 'query', turns: 3, ms: 450, handle: semaphore.handle, cells, broken: false },
          () => {
            if (++done < names.length) return
            stage.say(
              'right',
              stage.t('all are done, never more than two at once', 'все закончили, и никогда больше двух сразу'),
            )
            stage.over()
          },
        )
      })
    }
    stage.onEnd(() => semaphore.free())
  },
}
