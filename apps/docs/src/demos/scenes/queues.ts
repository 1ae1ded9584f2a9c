import type { Queue } from '@interlock/core'
import { GAVE_UP, type Stage, type Tone } from '../stage.ts'

/** Two producers and two consumers of one bounded queue; `next` makes an item, `order` says in which order they will leave. */
export function queueScene<T>(
  stage: Stage,
  queue: Queue<T>,
  next: (count: number) => T,
  order: (items: readonly T[]) => readonly T[],
): void {
  // What lies in the queue, as its own put() and get() have told.
  let items: T[] = []
  let count = 0
  stage.printed = () => String(queue)
  const taken = (item: T) => {
    const place = items.indexOf(item)
    if (place >= 0) items = items.toSpliced(place, 1)
  }
  const putters = () => stage.waitersOf(queue, 'put').map(({ name }) => ({ text: name, tone: 'waits' as Tone }))
  const getters = () => stage.waitersOf(queue, 'get').map(({ name }) => ({ text: name, tone: 'waits' as Tone }))
  stage.gauges = () => [
    {
      kind: 'chips',
      label: stage.t('items, the next to leave first', 'предметы, первый на выход слева'),
      chips: order(items).map((item) => ({ text: String(item), tone: 'item' as Tone })),
      slots: queue.maxsize,
    },
    { kind: 'chips', label: stage.t('wait for room', 'ждут места'), chips: putters() },
    { kind: 'chips', label: stage.t('wait for an item', 'ждут предмета'), chips: getters() },
  ]
  for (const name of ['P', 'Q']) {
    stage.row(name, async (row) => {
      for (;;) {
        await row.cue('put()', stage.between(1, 4))
        const item = next(++count)
        const done = await row.wait(`put(${item})`, async (signal) => {
          await queue.put(item, { signal })
          items.push(item)
        })
        if (done === GAVE_UP) continue
        row.become('works', `${item}`)
        row.say('puts', stage.t(`put ${item}`, `положила ${item}`))
        await row.cue(stage.t('go on', 'дальше'), 1)
        row.become('idle')
      }
    })
  }
  for (const name of ['X', 'Y']) {
    stage.row(name, async (row) => {
      for (;;) {
        await row.cue('get()', stage.between(1, 3))
        const item = await row.wait('get()', (signal) => queue.get({ signal }))
        if (item === GAVE_UP) continue
        taken(item)
        row.become('holds', `${item}`)
        row.say('gets', stage.t(`got ${item}`, `взяла ${item}`))
        await row.cue('taskDone()', stage.between(3, 6))
        queue.taskDone()
        row.become('idle')
        row.say('done', stage.t(`has dealt with ${item}`, `закончила с ${item}`))
      }
    })
  }
}
