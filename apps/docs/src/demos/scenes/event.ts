import { Event } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { GAVE_UP } from '../stage.ts'

export const scene: Scene = {
  about: {
    en: 'Three tasks need the list of services that a fourth one loads. set() wakes all of them; a later wait() passes at once.',
    ru: 'Трём задачам нужен список служб, который загружает четвёртая. set() будит всех сразу; wait() после него проходит без ожидания.',
  },
  build(stage) {
    const loaded = new Event({ name: 'loaded' })
    stage.printed = () => String(loaded)
    stage.gauges = () => [
      { kind: 'lamps', label: stage.t('the flag', 'флаг'), lit: loaded.isSet ? 1 : 0, total: 1 },
      stage.queueOf(loaded, stage.t('waiting', 'ждут')),
    ]
    stage.row(stage.t('loader', 'загрузка'), async (row) => {
      for (;;) {
        row.become('works', stage.t('loads', 'грузит'))
        await row.cue('set()', 7)
        row.become('idle')
        row.say('set', stage.t('set(): everybody who waits is woken', 'set(): разбужены все, кто ждал'))
        loaded.set()
        await row.cue('clear()', 5)
        row.say('clear', stage.t('clear(): whoever comes now waits again', 'clear(): кто придёт теперь, снова ждёт'))
        loaded.clear()
      }
    })
    for (const name of ['A', 'B', 'C']) {
      stage.row(name, async (row) => {
        for (;;) {
          await row.cue('wait()', stage.between(1, 4))
          const passed = await row.wait('wait()', (signal) => loaded.wait({ signal }))
          if (passed === GAVE_UP) continue
          row.become('works', stage.t('uses it', 'работает'))
          row.say('passes', stage.t('goes on', 'идёт дальше'))
          await row.cue(stage.t('finish', 'закончить'), stage.between(2, 4))
          row.become('idle')
          row.say('ends', stage.t('is done', 'закончила'))
        }
      })
    }
  },
}
