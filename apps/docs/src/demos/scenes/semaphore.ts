import { Semaphore } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { GAVE_UP } from '../stage.ts'

export const scene: Scene = {
  about: {
    en: 'A database takes three connections at a time. D wants two at once; nobody behind D overtakes it.',
    ru: 'База данных принимает три соединения сразу. D нужны два за раз, и никто за ней её не обгонит.',
  },
  build(stage) {
    const total = 3
    const semaphore = new Semaphore(total, { name: 'database' })
    stage.printed = () => String(semaphore)
    stage.gauges = () => [
      { kind: 'lamps', label: stage.t('free permits', 'свободные разрешения'), lit: semaphore.value, total },
      stage.queueOf(semaphore),
    ]
    for (const [name, permits] of [
      ['A', 1],
      ['B', 1],
      ['C', 1],
      ['D', 2],
      ['E', 1],
    ] as const) {
      stage.row(name, async (row) => {
        const call = permits === 1 ? 'acquire()' : `acquire({ permits: ${permits} })`
        for (;;) {
          await row.cue(call, stage.between(1, 5))
          const permit = await row.wait(call, (signal) => semaphore.acquire({ signal, permits }))
          if (permit === GAVE_UP) continue
          row.become('holds', permits === 1 ? '1' : `${permits}`)
          row.say(
            'holds',
            stage.t(`holds ${permits}, ${semaphore.value} left`, `держит ${permits}, осталось ${semaphore.value}`),
          )
          await row.cue('release()', stage.between(3, 6))
          row.become('idle')
          row.say('releases', stage.t(`releases ${permits}`, `отпускает ${permits}`))
          permit.release()
        }
      })
    }
  },
}
