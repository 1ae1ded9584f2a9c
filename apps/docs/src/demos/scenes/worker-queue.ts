import { Queue } from '@interlock/worker'
import type { Scene } from '../scene.ts'
import { startThread } from './threads.ts'

const names = ['W1', 'W2', 'W3'] as const
const jobs = 9

export const scene: Scene = {
  about: {
    en: 'The page puts jobs into a queue in shared memory, and three real threads take them. There is room for two.',
    ru: 'Страница кладёт работу в очередь в общей памяти, а три настоящих потока её разбирают. Места на две.',
  },
  real: true,
  shared: true,
  build(stage) {
    const queue = new Queue<number>({ name: 'jobs', maxsize: 2 })
    const cells = new Int32Array(new SharedArrayBuffer(4))
    let done = 0
    stage.printed = () => String(queue)
    stage.gauges = () => [
      { kind: 'lamps', label: stage.t('items in the queue', 'предметов в очереди'), lit: queue.size, total: 2 },
    ]
    stage.row(stage.t('page', 'стр.'), async (row) => {
      await stage.started
      for (let job = 1; job <= jobs; job++) {
        row.become('waits', `put(${job})`)
        await queue.put(job)
        row.become('idle')
        row.say('puts', stage.t(`has put ${job}`, `положила ${job}`))
      }
      row.become('waits', 'join()')
      await queue.join()
      row.become('idle')
      row.say(
        'joined',
        stage.t('join(): all jobs are dealt with; shutdown()', 'join(): вся работа сделана; shutdown()'),
      )
      queue.shutdown()
    })
    for (const name of names) {
      stage.row(name, async (row) => {
        await stage.started
        startThread(stage, row, { role: 'work', turns: 0, ms: 700, handle: queue.handle, cells, broken: false }, () => {
          if (++done === names.length) stage.over()
        })
      })
    }
    stage.onEnd(() => queue.free())
  },
}
