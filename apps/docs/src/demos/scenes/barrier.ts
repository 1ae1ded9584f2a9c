import { Barrier, BrokenBarrierError } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { GAVE_UP } from '../stage.ts'

export const scene: Scene = {
  about: {
    en: 'Three hikers go on together: nobody leaves the hut before all of them have reached it. Then the next stage.',
    ru: 'Трое идут вместе: никто не выходит из хижины, пока до неё не дошли все. Затем следующий переход.',
  },
  build(stage) {
    const parties = 3
    const hut = new Barrier(parties, { name: 'hut' })
    stage.printed = () => String(hut)
    stage.gauges = () => [
      { kind: 'lamps', label: stage.t('have arrived', 'пришли'), lit: hut.waiting, total: parties },
      stage.queueOf(hut, stage.t('wait at the hut', 'ждут в хижине')),
    ]
    const turnAway = (label: string, event: string, act: () => void) => ({
      label,
      press: () => {
        act()
        stage.say(event, stage.t(`${label}: the barrier stands as ${hut}`, `${label}: теперь это ${hut}`))
      },
    })
    stage.actions = [turnAway('reset()', 'reset', () => hut.reset()), turnAway('abort()', 'abort', () => hut.abort())]
    for (const name of ['A', 'B', 'C']) {
      stage.row(name, async (row) => {
        for (;;) {
          row.become('works', stage.t('walks', 'идёт'))
          await row.cue('wait()', stage.between(2, 6))
          row.become('idle')
          try {
            const place = await row.wait('wait()', (signal) => hut.wait({ signal }))
            if (place === GAVE_UP) continue
            row.say(
              'passes',
              stage.t(`goes on, was number ${place} to arrive`, `идёт дальше, пришла под номером ${place}`),
            )
          } catch (error) {
            if (!(error instanceof BrokenBarrierError)) throw error
            row.become('failed', 'BrokenBarrierError')
            row.say('broken', `BrokenBarrierError: ${error.message}`)
            await row.cue(stage.t('try again', 'ещё раз'), 3)
          }
        }
      })
    }
  },
}
