import { Lock } from '@interlock/core'
import { timeout } from '@interlock/tasks'
import type { Scene } from '../scene.ts'
import { type Row, UNIT_MS } from '../stage.ts'

function pause(units: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, units * UNIT_MS)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    })
  })
}

const seconds = (units: number) => units * (UNIT_MS / 1000)

export const scene: Scene = {
  about: {
    en: 'Real time. Each job may take 3 seconds. B takes longer: it is cancelled, cleans up, and only then its caller hears of it.',
    ru: 'Настоящее время. Каждой работе даны 3 секунды. B не успевает: её отменяют, она прибирает за собой, и лишь тогда об этом узнаёт вызвавший.',
  },
  real: true,
  build(stage) {
    const lock = new Lock({ name: 'printer' })
    stage.printed = () => String(lock)
    stage.gauges = () => [stage.queueOf(lock)]
    const limit = 6
    let open = 3
    const ends = async (row: Row, run: () => Promise<void>) => {
      try {
        await run()
        row.become('idle')
        row.say('ends', stage.t('is in time', 'успела'))
      } catch (error) {
        row.become('failed', (error as Error).name)
        row.say('timeout', `${(error as Error).name}: ${(error as Error).message}`)
        await pause(1)
        row.become('idle')
      }
      if (--open === 0) stage.over()
    }
    const job = (units: number) => (row: Row) =>
      ends(row, async () => {
        await stage.started
        row.say(
          'begins',
          stage.t(`timeout(3 s) of a job of ${seconds(units)} s`, `timeout(3 с), работа на ${seconds(units)} с`),
        )
        await timeout(limit * UNIT_MS, async (signal) => {
          row.become('holds', stage.t('works', 'работает'))
          try {
            await pause(units, signal)
          } catch (error) {
            row.become('works', stage.t('cleans up', 'прибирает'))
            row.say(
              'cancelled',
              stage.t('time is up: it is cancelled, and cleans up', 'время вышло: отменена, прибирает за собой'),
            )
            await pause(2)
            throw error
          }
        })
      })
    stage.row('A', job(4))
    stage.row('B', job(9))
    stage.row('C', (row) =>
      ends(row, async () => {
        await stage.started
        const held = lock.tryAcquire()
        setTimeout(() => held?.release(), 10 * UNIT_MS)
        await row.wait('acquire({ timeout: 2500 })', () => lock.acquire({ timeout: 5 * UNIT_MS }))
      }),
    )
  },
}
