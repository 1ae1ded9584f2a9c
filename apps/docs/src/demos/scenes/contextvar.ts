import { Context, ContextVar } from '@interlock/contextvar'
import type { Scene } from '../scene.ts'

export const scene: Scene = {
  about: {
    en: 'Three requests are served at once. Each notes its id, waits for something, and logs a line with the id.',
    ru: 'Три запроса обслуживаются сразу. Каждый запоминает свой номер, чего-то ждёт и пишет в журнал строку с номером.',
  },
  breaks: { en: 'a global variable instead', ru: 'глобальная переменная вместо неё' },
  build(stage) {
    const requestId = new ContextVar<string>('requestId', { default: '-' })
    let globalId = '-'
    stage.printed = () => (stage.broken ? `globalId = '${globalId}'` : String(requestId))
    const contexts = new Map<string, Context>()
    stage.gauges = () =>
      stage.broken
        ? [{ kind: 'value', label: stage.t('the one global', 'одна на всех'), text: globalId, tone: 'failed' }]
        : [
            {
              kind: 'chips',
              label: stage.t('requestId in each Context', 'requestId в каждом Context'),
              chips: [...contexts].map(([name, context]) => ({
                text: `${name}: ${context.get(requestId) ?? '-'}`,
                tone: 'item',
              })),
            },
          ]
    let served = 0
    for (const name of ['A', 'B', 'C']) {
      stage.row(name, async (row) => {
        for (;;) {
          const context = new Context()
          contexts.set(name, context)
          await row.cue('set()', stage.between(1, 4))
          const mine = `${name}${++served}`
          if (stage.broken) globalId = mine
          else context.run(() => requestId.set(mine))
          row.become('works', mine)
          row.say('sets', stage.t(`sets ${mine}, and waits for the database`, `записывает ${mine} и ждёт базу данных`))
          await row.cue('get()', stage.between(2, 5))
          const read = stage.broken ? globalId : context.run(() => requestId.get())
          if (read === mine)
            row.say('gets', stage.t(`logs with ${read}, its own`, `пишет строку с ${read}, своим номером`))
          else
            row.say(
              'torn',
              stage.t(`logs with ${read}, which is another's`, `пишет строку с ${read}, а это чужой номер`),
            )
          row.become(read === mine ? 'holds' : 'failed', read)
          await row.cue(stage.t('answer', 'ответить'), 1)
          row.become('idle')
        }
      })
    }
  },
}
