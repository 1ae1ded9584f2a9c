import { ExplorationError, explore, gather, Lock, type Op, replay } from '@interlock/loop'
import type { Scene } from '../scene.ts'

export const scene: Scene = {
  about: {
    en: 'explore() runs a program once for every order in which its three tasks can be stepped. Without the lock it finds an order that loses an update, and plays it again.',
    ru: 'explore() прогоняет программу по разу на каждый порядок шагов трёх её задач. Без блокировки он находит порядок, в котором теряется обновление, и повторяет его.',
  },
  breaks: { en: 'without the lock', ru: 'без блокировки' },
  build(stage) {
    let outcome = ''
    let runs = 0
    stage.printed = () => outcome
    stage.gauges = () => [
      { kind: 'value', label: stage.t('orders run', 'прогнано порядков'), text: String(runs), tone: 'item' },
    ]
    const names = ['A', 'B', 'C']
    const rows = new Map(names.map((name) => [name, stage.row(name)]))
    let steps: { name: string; text: string; reads: boolean }[] = []

    function* program(): Op<void> {
      runs++
      steps = []
      const lock = new Lock()
      let balance = 0
      function* pay(name: string): Op<void> {
        if (!stage.broken) yield* lock.acquire()
        const read = balance
        steps.push({ name, reads: true, text: stage.t(`reads ${read}`, `читает ${read}`) })
        yield undefined
        balance = read + 1
        steps.push({ name, reads: false, text: stage.t(`writes ${balance}`, `пишет ${balance}`) })
        if (!stage.broken) lock.release()
      }
      yield* gather(...names.map((name) => pay(name)))
      if (balance !== names.length)
        throw new Error(stage.t(`the balance is ${balance}, not 3`, `остаток ${balance}, а не 3`))
    }

    stage.row('explore()', async (row) => {
      for (;;) {
        await row.cue('explore()', 2)
        runs = 0
        try {
          const found = explore(program)
          outcome = `{ runs: ${found.runs}, complete: ${found.complete} }`
          row.say('explored', stage.t(`every order holds: ${outcome}`, `годится любой порядок: ${outcome}`))
        } catch (error) {
          if (!(error instanceof ExplorationError)) throw error
          outcome = `ExplorationError: ${(error.cause as Error).message}`
          const before = runs
          row.say(
            'found',
            stage.t(`order ${before} breaks it: ${error.schedule}`, `ломается на порядке ${before}: ${error.schedule}`),
          )
          try {
            replay(program, error.schedule)
          } catch {
            // As it was to: the same steps, and the same end.
          }
          runs = before
        }
        const last = steps
        last.forEach(({ name, text, reads }, place) => {
          stage.clock.after((place + 1) * 2, () => {
            const of = rows.get(name)
            of?.become(reads ? 'holds' : 'idle', text)
            of?.say(reads ? 'reads' : 'writes', text)
          })
        })
        await stage.clock.sleep(last.length * 2 + 3)
      }
    })
  },
}
