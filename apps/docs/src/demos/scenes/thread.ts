/** A thread of the demos: it blocks, as a thread may, and tells beforehand. */
import { Lock, Queue, QueueShutDownError, Semaphore } from '@interlock/worker'
import type { Orders, Report } from './thread-messages.ts'

const say = (state: Extract<Report, { type: 'is' }>['state'], label: string, event: string, en: string, ru: string) => {
  const report: Report = { type: 'is', state, label, event, en, ru }
  self.postMessage(report)
}

const nothing = new Int32Array(new SharedArrayBuffer(4))
const block = (ms: number) => Atomics.wait(nothing, 0, 0, ms)

/** Adds one to what the threads share, as a program would that thinks itself alone. */
function count({ handle, cells, turns, ms, broken }: Orders): void {
  const lock = Lock.from(handle)
  for (let turn = 0; turn < turns; turn++) {
    if (!broken) say('waits', 'acquireSync()', 'waits', 'wants the lock', 'хочет блокировку')
    const permit = broken ? undefined : lock.acquireSync()
    const read = cells[0] ?? 0
    say('holds', `${read}`, 'holds', `reads ${read}`, `читает ${read}`)
    block(ms)
    const torn = cells[0] !== read
    cells[0] = read + 1
    say(
      'idle',
      '',
      torn ? 'torn' : 'releases',
      torn ? `writes ${read + 1} over a newer number: an update is lost` : `writes ${read + 1}`,
      torn ? `пишет ${read + 1} поверх нового числа: обновление потеряно` : `пишет ${read + 1}`,
    )
    permit?.release()
    block(ms / 4)
  }
}

function query({ handle, cells, turns, ms }: Orders): void {
  const semaphore = Semaphore.from(handle)
  for (let turn = 0; turn < turns; turn++) {
    say('waits', 'acquireSync()', 'waits', 'wants a connection', 'хочет соединение')
    const permit = semaphore.acquireSync()
    const now = Atomics.add(cells, 0, 1) + 1
    say('holds', `${now}`, now > 2 ? 'torn' : 'holds', `queries, ${now} at once`, `запрашивает, сразу ${now}`)
    block(ms)
    Atomics.sub(cells, 0, 1)
    say('idle', '', 'releases', 'releases', 'отпускает')
    permit.release()
    block(ms / 3)
  }
}

function work({ handle, ms }: Orders): void {
  const queue = Queue.from<number>(handle)
  try {
    for (;;) {
      say('waits', 'getSync()', 'waits', 'waits for a job', 'ждёт работу')
      const job = queue.getSync()
      say('works', `${job}`, 'gets', `does job ${job}`, `делает работу ${job}`)
      block(ms)
      queue.taskDone()
    }
  } catch (error) {
    if (!(error instanceof QueueShutDownError)) throw error
    say('idle', '', 'ends', 'QueueShutDownError: there is no more', 'QueueShutDownError: больше не будет')
  }
}

function hold({ handle, ms }: Orders): void {
  const lock = Lock.from(handle)
  say('waits', 'acquireSync()', 'waits', 'wants the lock', 'хочет блокировку')
  const permit = lock.acquireSync()
  if (permit.abandoned)
    say(
      'holds',
      'abandoned',
      'abandoned',
      'has the lock, abandoned: its last holder died with it',
      'держит, abandoned: прежний держатель умер с ней',
    )
  else say('holds', '', 'holds', 'has the lock', 'держит')
  block(ms)
  say('idle', '', 'releases', 'releases', 'отпускает')
  permit.release()
}

const roles = { count, query, work, hold }

self.addEventListener('message', ({ data }: MessageEvent<Orders>) => void obey(data))

async function obey(orders: Orders): Promise<void> {
  // A thread that blocks before the browser has taken its request for a Web Lock leaves nothing that certifies its death. Requests are taken in
  // their order: when this one has been granted, that one has been taken.
  await navigator.locks.request(crypto.randomUUID(), () => {})
  roles[orders.role](orders)
  const report: Report = { type: 'ended' }
  self.postMessage(report)
}
