import { Lock } from '@interlock/worker'
import type { Scene } from '../scene.ts'
import { startThread } from './threads.ts'

const names = ['W1', 'W2', 'W3'] as const
const turns = 4

export const scene: Scene = {
  about: {
    en: 'Three real threads count together in shared memory: each reads the number, takes its time, writes one more. Real time.',
    ru: 'Три настоящих потока считают вместе в общей памяти: каждый читает число, тратит время, пишет на один больше. Время настоящее.',
  },
  breaks: { en: 'without the lock', ru: 'без блокировки' },
  real: true,
  shared: true,
  build(stage) {
    const lock = new Lock({ name: 'counter' })
    const cells = new Int32Array(new SharedArrayBuffer(4))
    let done = 0
    stage.printed = () => String(lock)
    stage.gauges = () => [
      {
        kind: 'value',
        label: stage.t('counted, and what it should be at the end', 'насчитано и сколько должно быть в конце'),
        text: `${cells[0]} / ${names.length * turns}`,
        tone: done < names.length ? 'plain' : cells[0] === names.length * turns ? 'holds' : 'failed',
      },
    ]
    for (const name of names) {
      stage.row(name, async (row) => {
        await stage.started
        startThread(
          stage,
          row,
          { role: 'count', turns, ms: 260, handle: lock.handle, cells, broken: stage.broken },
          () => {
            if (++done < names.length) return
            const right = cells[0] === names.length * turns
            stage.say(
              right ? 'right' : 'wrong',
              stage.t(
                `counted ${cells[0]}, of ${names.length * turns}`,
                `насчитано ${cells[0]} из ${names.length * turns}`,
              ),
            )
            stage.over()
          },
        )
      })
    }
    stage.onEnd(() => lock.free())
  },
}
