import { Lock } from '@interlock/core'
import { CancelledError, createTask } from '@interlock/tasks'
import type { Scene } from '../scene.ts'
import { GAVE_UP } from '../stage.ts'

export const scene: Scene = {
  about: {
    en: 'task.cancel() reaches the wait that a task is in, with no signal handed down. Cancelled while it holds the lock, a task cleans up first.',
    ru: 'task.cancel() настигает задачу в ожидании, хотя сигнала ей никто не передавал. Отменённая с блокировкой в руках сначала прибирает за собой.',
  },
  build(stage) {
    const lock = new Lock({ name: 'file' })
    stage.printed = () => String(lock)
    stage.gauges = () => [stage.queueOf(lock)]
    for (const name of ['A', 'B', 'C']) {
      stage.row(name, async (row) => {
        const cancelling = 'task.cancel()'
        for (;;) {
          await row.cue('createTask()', stage.between(1, 4))
          const task = createTask(
            async (signal) => {
              const permit = await row.wait('lock.acquire()', () => lock.acquire(), {
                label: cancelling,
                press: () => task.cancel(stage.t('the reader said so', 'так решил читатель')),
              })
              if (permit === GAVE_UP) return
              try {
                row.become('holds', stage.t('writes', 'пишет'))
                row.say('holds', stage.t('has the lock', 'держит блокировку'))
                const choice = await row.cue([stage.t('finish', 'закончить'), cancelling], stage.between(3, 6), signal)
                if (choice === 1) task.cancel(stage.t('the reader said so', 'так решил читатель'))
                signal.throwIfAborted()
              } finally {
                if (signal.aborted) {
                  row.become('works', stage.t('cleans up', 'прибирает'))
                  row.say(
                    'cleans',
                    stage.t(
                      'is cancelled while it holds the lock: it cleans up',
                      'отменена с блокировкой в руках: прибирает за собой',
                    ),
                  )
                  await stage.clock.sleep(2)
                }
                permit.release()
              }
            },
            { name },
          )
          try {
            await task
            row.become('idle')
            row.say('ends', stage.t('ends, and releases the lock', 'закончила и отпустила блокировку'))
          } catch (error) {
            if (!(error instanceof CancelledError)) throw error
            row.become('idle')
            row.say('cancelled', `CancelledError, cause: ${error.cause}`)
          }
        }
      })
    }
  },
}
