import { DeadlockError, EventLoop, gather, Lock, type Op, sleep } from '@interlock/loop'
import type { Scene } from '../scene.ts'
import type { Row, State } from '../stage.ts'

/** An hour of the loop's is a unit of the stage's. */
const HOUR = 3_600_000

interface Note {
  readonly at: number
  readonly row: Row
  readonly state: State
  readonly label: string
  readonly event: string
  readonly text: string
}

export const scene: Scene = {
  about: {
    en: 'A program of many hours, run by a loop of its own in virtual time: it is over in a moment, and what you see is played back.',
    ru: 'Программа на много часов, которую собственный цикл прогоняет в виртуальном времени: она кончается мгновенно, а вы смотрите запись.',
  },
  breaks: { en: 'C forgets to release', ru: 'C забывает отпустить' },
  build(stage) {
    let outcome = ''
    stage.printed = () => outcome
    const rows = ['A', 'B', 'C'].map((name) => stage.row(name))

    const run = (): Note[] => {
      const notes: Note[] = []
      const loop = new EventLoop()
      const lock = new Lock()
      const note = (row: Row, state: State, label: string, event: string, text: string) =>
        notes.push({ at: loop.time() / HOUR, row, state, label, event, text })
      function* ship(row: Row, gap: number, hours: number): Op<void> {
        for (let turn = 0; turn < 2; turn++) {
          yield* sleep(gap * HOUR)
          note(row, 'waits', 'acquire()', 'waits', stage.t('wants the dock', 'хочет к причалу'))
          yield* lock.acquire()
          note(row, 'holds', stage.t(`${hours} h`, `${hours} ч`), 'holds', stage.t('has the dock', 'у причала'))
          yield* sleep(hours * HOUR)
          note(row, 'idle', '', 'releases', stage.t('leaves', 'отходит'))
          if (stage.broken && row.name === 'C') return
          lock.release()
        }
      }
      const begin = performance.now()
      try {
        loop.runUntilComplete(
          gather(...rows.map((row, place) => ship(row, stage.between(1, 3) + place, stage.between(2, 4)))),
        )
        const took = (performance.now() - begin).toFixed(1)
        outcome = stage.t(`${loop.time() / HOUR} hours in ${took} ms`, `${loop.time() / HOUR} ч за ${took} мс`)
      } catch (error) {
        if (!(error instanceof DeadlockError)) throw error
        outcome = `DeadlockError: ${error.message}`
      }
      return notes
    }

    stage.row(stage.t('loop', 'цикл'), async (row) => {
      for (;;) {
        await row.cue('runUntilComplete()', 2)
        const notes = run()
        row.say(outcome.startsWith('DeadlockError') ? 'deadlock' : 'runs', outcome)
        for (const { at, row: of, state, label, event, text } of notes) {
          stage.clock.after(at, () => {
            of.become(state, label)
            of.say(event, text)
          })
        }
        await stage.clock.sleep((notes.at(-1)?.at ?? 0) + 2)
        for (const other of rows) other.become('idle')
      }
    })
  },
}
