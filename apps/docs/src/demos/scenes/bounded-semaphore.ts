import { BoundedSemaphore } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { GAVE_UP } from '../stage.ts'

export const scene: Scene = {
  about: {
    en: 'Two permits. Try to release one that nobody holds: it is an error, and no third permit appears.',
    ru: 'Два разрешения. Попробуйте отпустить то, которого никто не держит: это ошибка, и третье не появится.',
  },
  build(stage) {
    const total = 2
    const semaphore = new BoundedSemaphore(total, { name: 'printers' })
    stage.printed = () => String(semaphore)
    stage.gauges = () => [
      { kind: 'lamps', label: stage.t('free permits', 'свободные разрешения'), lit: semaphore.value, total },
      stage.queueOf(semaphore),
    ]
    stage.actions = [
      {
        label: stage.t('release() once too often', 'release() лишний раз'),
        press: () => {
          try {
            semaphore.release()
            stage.say(
              'stray',
              stage.t(
                'a release from outside: somebody else’s permit is free',
                'отпущено снаружи: свободно чужое разрешение',
              ),
            )
          } catch (error) {
            stage.say('refused', `${(error as Error).name}: ${(error as Error).message}`)
          }
        },
      },
    ]
    for (const name of ['A', 'B', 'C']) {
      stage.row(name, async (row) => {
        for (;;) {
          await row.cue('acquire()', stage.between(2, 6))
          const permit = await row.wait('acquire()', (signal) => semaphore.acquire({ signal }))
          if (permit === GAVE_UP) continue
          row.become('holds', '1')
          row.say('holds', stage.t(`holds one, ${semaphore.value} left`, `держит одно, осталось ${semaphore.value}`))
          await row.cue('release()', stage.between(2, 5))
          row.become('idle')
          try {
            permit.release()
            row.say('releases', stage.t('releases it', 'отпускает'))
          } catch (error) {
            row.say('refused', `${(error as Error).name}: ${(error as Error).message}`)
          }
        }
      })
    }
  },
}
