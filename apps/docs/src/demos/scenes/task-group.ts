import { taskGroup } from '@interlock/tasks'
import type { Scene } from '../scene.ts'

const names = ['A', 'B', 'C'] as const

export const scene: Scene = {
  about: {
    en: 'A group is over when all of its tasks are. Let one of them throw: the others are cancelled, clean up, and are waited for.',
    ru: 'Группа заканчивается, когда закончились все её задачи. Пусть одна бросит ошибку: остальные отменены, прибирают за собой, и их дождутся.',
  },
  build(stage) {
    let running = 0
    let outcome = ''
    stage.printed = () => outcome
    stage.gauges = () => [
      {
        kind: 'value',
        label: stage.t('tasks running', 'задач идёт'),
        text: String(running),
        tone: running > 0 ? 'holds' : 'plain',
      },
    ]
    const rows = new Map(names.map((name) => [name, stage.row(name)]))
    stage.row(stage.t('body', 'тело'), async (body) => {
      for (;;) {
        await body.cue('taskGroup()', 2)
        body.become('waits', 'await taskGroup()')
        body.say('begins', stage.t('spawns three tasks', 'запускает три задачи'))
        try {
          await taskGroup((group) => {
            for (const [name, row] of rows) {
              group.spawn(
                async (signal) => {
                  running++
                  row.become('holds', stage.t('works', 'работает'))
                  try {
                    const choice = await row.cue(['return', 'throw'], stage.between(4, 9), signal)
                    if (choice === 1) throw new Error(stage.t(`${name} failed`, `сбой в ${name}`))
                    row.become('idle')
                    row.say('ends', stage.t('returns', 'вернула результат'))
                  } catch (error) {
                    if (!signal.aborted) {
                      row.become('failed', 'Error')
                      row.say(
                        'failed',
                        stage.t('throws: the group cancels the others', 'бросает ошибку: группа отменяет остальных'),
                      )
                      throw error
                    }
                    row.become('works', stage.t('cleans up', 'прибирает'))
                    row.say('cancelled', stage.t('is cancelled, and cleans up', 'отменена и прибирает за собой'))
                    await stage.clock.sleep(stage.between(1, 3))
                    row.become('idle')
                    row.say('cleaned', stage.t('has cleaned up', 'прибрала'))
                    throw error
                  } finally {
                    running--
                  }
                },
                { name },
              )
            }
          })
          outcome = stage.t('resolved: nobody failed', 'успех: никто не сбоил')
          body.say('resolved', stage.t('the group is over', 'группа закончена'))
        } catch (error) {
          const { name, errors } = error as AggregateError
          outcome = `${name} [${errors.map(String).join(', ')}]`
          body.say('rejected', outcome)
        }
        body.become('idle')
        for (const row of rows.values()) row.become('idle')
      }
    })
  },
}
