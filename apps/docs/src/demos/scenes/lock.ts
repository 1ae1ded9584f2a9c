import { Lock } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { GAVE_UP } from '../stage.ts'

export const scene: Scene = {
  about: {
    en: 'Four tasks pay 1 into an account: each reads the balance, takes its time, and writes the balance back.',
    ru: 'Четыре задачи кладут на счёт по 1: каждая читает остаток, тратит время и записывает остаток обратно.',
  },
  breaks: { en: 'without the lock', ru: 'без блокировки' },
  build(stage) {
    const lock = new Lock({ name: 'account' })
    let balance = 0
    let paid = 0
    stage.printed = () => String(lock)
    stage.gauges = () => [
      stage.queueOf(lock),
      {
        kind: 'value',
        label: stage.t('balance, and what was paid in', 'остаток и сколько внесено'),
        text: `${balance} / ${paid}`,
        tone: balance === paid ? 'holds' : 'failed',
      },
    ]
    for (const name of ['A', 'B', 'C', 'D']) {
      stage.row(name, async (row) => {
        for (;;) {
          await row.cue('acquire()', stage.between(1, 5))
          const permit = stage.broken ? undefined : await row.wait('acquire()', (signal) => lock.acquire({ signal }))
          if (permit === GAVE_UP) continue
          const read = balance
          row.become('holds', stage.t(`read ${read}`, `прочла ${read}`))
          row.say(
            'holds',
            stage.t(`${permit ? 'has the lock, ' : ''}reads ${read}`, `${permit ? 'держит, ' : ''}читает ${read}`),
          )
          await row.cue(permit ? 'release()' : stage.t('write', 'записать'), stage.between(2, 5))
          const lost = balance !== read
          balance = read + 1
          paid++
          row.become('idle')
          row.say(
            lost ? 'lost' : 'releases',
            lost
              ? stage.t(
                  `writes ${balance} over a newer balance: an update is lost`,
                  `пишет ${balance} поверх нового остатка: обновление потеряно`,
                )
              : stage.t(
                  `writes ${balance}${permit ? ' and releases' : ''}`,
                  `пишет ${balance}${permit ? ' и отпускает' : ''}`,
                ),
          )
          permit?.release()
        }
      })
    }
  },
}
