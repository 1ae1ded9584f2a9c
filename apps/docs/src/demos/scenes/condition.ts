import { Condition, Event } from '@interlock/core'
import type { Scene } from '../scene.ts'
import { GAVE_UP, type Row, type Stage } from '../stage.ts'

/** Looks, and then waits, with an await in between: what is notified in that gap is heard by nobody. */
function broken(stage: Stage): void {
  const signal = new Event({ name: 'pulse' })
  let plates = 0
  stage.printed = () => String(signal)
  stage.gauges = () => [
    { kind: 'lamps', label: stage.t('plates on the counter', 'тарелки на стойке'), lit: plates, total: 3 },
    stage.queueOf(signal, stage.t('asleep', 'спят')),
  ]
  const guest = async (row: Row) => {
    for (;;) {
      await row.cue(stage.t('look', 'посмотреть'), stage.between(1, 3))
      row.become('works', stage.t('looks', 'смотрит'))
      row.say(
        'looks',
        plates === 0
          ? stage.t('looks: nothing there', 'смотрит: пусто')
          : stage.t('looks: a plate', 'смотрит: есть тарелка'),
      )
      if (plates === 0) {
        // The gap: between the look and the wait others run.
        await row.cue('wait()', 4)
        const woken = await row.wait('wait()', (abort) => signal.wait({ signal: abort }))
        if (woken === GAVE_UP) continue
      }
      if (plates === 0) {
        row.become('idle')
        continue
      }
      plates--
      row.become('holds', stage.t('eats', 'ест'))
      row.say('takes', stage.t('takes a plate', 'берёт тарелку'))
      await row.cue(stage.t('finish', 'доесть'), stage.between(3, 5))
      row.become('idle')
    }
  }
  stage.row(stage.t('guest A', 'гость A'), guest)
  stage.row(stage.t('guest B', 'гость B'), guest)
  stage.row(stage.t('cook', 'повар'), async (row) => {
    for (;;) {
      row.become('works', stage.t('cooks', 'готовит'))
      await row.cue(stage.t('put a plate', 'поставить'), stage.between(3, 5))
      row.become('idle')
      if (plates === 3) continue
      plates++
      const heard = signal.waiting
      signal.set()
      signal.clear()
      row.say(
        heard === 0 ? 'lost' : 'notifies',
        heard === 0
          ? stage.t(
              'puts a plate and rings: nobody hears it, the notification is lost',
              'ставит тарелку и звонит: никто не слышит, уведомление потеряно',
            )
          : stage.t('puts a plate and rings', 'ставит тарелку и звонит'),
      )
      await row.cue(stage.t('cook', 'готовить'), 2)
    }
  })
}

function whole(stage: Stage): void {
  const counter = new Condition(undefined, { name: 'counter' })
  let plates = 0
  stage.printed = () => String(counter)
  stage.gauges = () => [
    { kind: 'lamps', label: stage.t('plates on the counter', 'тарелки на стойке'), lit: plates, total: 3 },
    stage.queueOf(counter, stage.t('wait to be notified', 'ждут уведомления')),
    stage.queueOf(counter.lock, stage.t('wait for the lock', 'ждут блокировку')),
  ]
  const guest = async (row: Row) => {
    for (;;) {
      await row.cue('acquire()', stage.between(1, 4))
      const permit = await row.wait('acquire()', (signal) => counter.acquire({ signal }))
      if (permit === GAVE_UP) continue
      const found = await row.wait('waitFor()', (signal) =>
        counter.waitFor(() => (stage.acting(row), plates > 0), { signal }),
      )
      if (found === GAVE_UP) {
        // The lock is held again, however the wait ended.
        permit.release()
        continue
      }
      plates--
      row.become('holds', stage.t('takes', 'берёт'))
      row.say('takes', stage.t('has the lock, takes a plate', 'держит блокировку, берёт тарелку'))
      await row.cue('release()', 1)
      permit.release()
      row.become('works', stage.t('eats', 'ест'))
      await row.cue(stage.t('finish', 'доесть'), stage.between(3, 5))
      row.become('idle')
    }
  }
  stage.row(stage.t('guest A', 'гость A'), guest)
  stage.row(stage.t('guest B', 'гость B'), guest)
  stage.row(stage.t('cook', 'повар'), async (row) => {
    for (;;) {
      row.become('works', stage.t('cooks', 'готовит'))
      const many = await row.cue(['notify()', 'notifyAll()'], stage.between(3, 5))
      row.become('idle')
      const permit = await row.wait('acquire()', (signal) => counter.acquire({ signal }))
      if (permit === GAVE_UP) continue
      const waiting = counter.waiting
      const cooked = Math.min(3 - plates, many === 1 ? Math.max(1, waiting) : 1)
      plates += cooked
      if (many === 1) counter.notifyAll()
      else counter.notify()
      row.say(
        'notifies',
        stage.t(
          `puts ${cooked}, ${many === 1 ? 'notifyAll()' : 'notify()'}: ${waiting} waited`,
          `ставит ${cooked}, ${many === 1 ? 'notifyAll()' : 'notify()'}: ждали ${waiting}`,
        ),
      )
      row.become('holds', stage.t('puts', 'ставит'))
      await row.cue('release()', 1)
      permit.release()
      row.become('idle')
      await row.cue(stage.t('cook', 'готовить'), 1)
    }
  })
}

export const scene: Scene = {
  about: {
    en: 'Guests wait, under a lock, until there is a plate on the counter; the cook puts one there and notifies.',
    ru: 'Гости под блокировкой ждут, пока на стойке не появится тарелка; повар ставит её и уведомляет.',
  },
  breaks: { en: 'look, then wait, without a lock', ru: 'посмотреть и ждать без блокировки' },
  build: (stage) => (stage.broken ? broken(stage) : whole(stage)),
}
