/**
 * A scheduler: it starts a run every two seconds, and a run takes five.
 *
 * So runs overlap. The time of each start is reckoned from the first one, not from the one before: starts that are late
 * do not add up, and the schedule does not slip. stop() starts nothing new and waits for the runs in progress, for as
 * long as there are any; between two runs it returns at once.
 *
 * Run alone, Ctrl-C stops it. In the tour nobody presses it, and the scenario does so itself.
 *
 * A Scheduler keeps time by the host's timers, and so does sleep() of the tasks: no other clock can drive them. So this
 * scenario runs on them, with ms(2) for its two seconds in the host's milliseconds. They come a little late, as in any
 * program, and times are printed to a tenth.
 *
 * Look for: after Ctrl-C no run starts and all that have started end. Then a scheduler stopped while nothing runs.
 */
import { Scheduler, sleep } from '@interlock/tasks'
import { scenario } from './stage/scenario.ts'
import type { Stage } from './stage/scenario.ts'

const description = 'A scheduler wakes every 2 s though a run takes 5 s; Ctrl-C waits for the runs in progress.'

async function play({ print, ms, ctrlC }: Stage): Promise<void> {
  let runs = 0
  const scheduler = new Scheduler(ms(2), async () => {
    const run = ++runs
    print(`run ${run} starts`)
    await sleep(ms(5))
    print(`run ${run} ends, others in progress: ${scheduler.running - 1}`)
  })
  scheduler.start()
  await ctrlC.wait() // an Event that SIGINT sets
  print(`Ctrl-C: stopping, in progress: ${scheduler.running}`)
  await scheduler.stop()
  print('stopped')

  const idler = new Scheduler(ms(2), async () => {
    print('short run starts')
    await sleep(ms(0.5))
    print('short run ends')
  })
  idler.start()
  await sleep(ms(3))
  print(`stopping, in progress: ${idler.running}`)
  await idler.stop()
  print('stopped at once')
}

export default scenario(import.meta, description, play, { ctrlCAfter: 10.5, hostTimers: true })
