import { KeyedLock } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { GAVE_UP } from '../stage.ts'

const keys = ['ann', 'bob'] as const

export const scene: Scene = {
  about: {
    en: 'One at a time for each account, and different accounts do not hinder each other.',
    ru: 'По одной задаче на каждый счёт, и разные счета друг другу не мешают.',
  },
  build(stage) {
    const lock = new KeyedLock<string>({ name: 'accounts' })
    stage.printed = () => String(lock)
    const wanted = new Map<string, string>()
    stage.gauges = () => [
      {
        kind: 'chips',
        label: stage.t('keys in use', 'ключи в деле'),
        chips: keys
          .filter((key) => lock.locked(key))
          .map((key) => ({
            text: `${key}: ${lock.waiting(key)} ${stage.t('waiting', 'ждут')}`,
            tone: 'holds' as const,
          })),
      },
      {
        kind: 'chips',
        label: stage.t('waiting', 'ждут'),
        chips: stage.rows
          .filter((row) => row.state === 'waits')
          .map(({ name }) => ({ text: `${name}: ${wanted.get(name)}`, tone: 'waits' as const })),
      },
    ]
    for (const name of ['A', 'B', 'C', 'D']) {
      stage.row(name, async (row) => {
        for (;;) {
          const other = stage.between(0, 1)
          const labels = [keys[other], keys[1 - other]].map((key) => `acquire('${key}')`)
          const choice = await row.cue(labels, stage.between(1, 4))
          const key = keys[choice === 0 ? other : 1 - other] ?? 'ann'
          wanted.set(name, key)
          const permit = await row.wait(`acquire('${key}')`, (signal) => lock.acquire(key, { signal }))
          if (permit === GAVE_UP) continue
          row.become('holds', key)
          row.say('holds', stage.t(`holds ${key}`, `держит ${key}`))
          await row.cue('release()', stage.between(2, 5))
          row.become('idle')
          row.say('releases', stage.t(`releases ${key}`, `отпускает ${key}`))
          permit.release()
        }
      })
    }
  },
}
