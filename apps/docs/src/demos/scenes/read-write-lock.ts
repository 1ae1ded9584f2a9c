import { ReadWriteLock } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { GAVE_UP } from '../stage.ts'

export const scene: Scene = {
  about: {
    en: 'Any number read together; a writer is alone. A reader that comes after a waiting writer waits behind it.',
    ru: 'Читать могут сразу многие, писать только один. Читатель, пришедший после ждущего писателя, ждёт за ним.',
  },
  build(stage) {
    const lock = new ReadWriteLock({ name: 'catalogue' })
    let readers = 0
    stage.printed = () => String(lock)
    stage.gauges = () => [
      {
        kind: 'value',
        label: stage.t('reading now', 'читают сейчас'),
        text: String(readers),
        tone: readers > 0 ? 'holds' : 'plain',
      },
      stage.queueOf(lock),
    ]
    for (const [name, side] of [
      ['R1', 'read'],
      ['R2', 'read'],
      ['R3', 'read'],
      ['W', 'write'],
    ] as const) {
      stage.row(name, async (row) => {
        const call = `${side}.acquire()`
        for (;;) {
          await row.cue(call, side === 'read' ? stage.between(1, 4) : stage.between(4, 7))
          const permit = await row.wait(call, (signal) => lock[side].acquire({ signal }))
          if (permit === GAVE_UP) continue
          if (side === 'read') readers++
          row.become(
            side === 'read' ? 'works' : 'holds',
            side === 'read' ? stage.t('reads', 'читает') : stage.t('writes', 'пишет'),
          )
          row.say(
            'holds',
            side === 'read'
              ? stage.t(`reads, ${readers} of them now`, `читает, всего читают ${readers}`)
              : stage.t('writes, alone', 'пишет, одна'),
          )
          await row.cue('release()', stage.between(2, 5))
          if (side === 'read') readers--
          row.become('idle')
          row.say('releases', stage.t('releases', 'отпускает'))
          permit.release()
        }
      })
    }
  },
}
