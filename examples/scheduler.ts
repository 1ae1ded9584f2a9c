/**
 * A scheduler: it starts a run every two seconds, and a run takes five.
 *
 * So runs overlap. The time of each start is reckoned from the first one, not from the one before: starts that are late
 * do not add up, and the schedule does not slip. stop() starts nothing new and waits for the runs in progress, for as
 * long as there are any: the Event is set while there are none, so that stop() between two runs returns at once.
 *
 * Run alone, Ctrl-C stops it. In the tour nobody presses it, and the scenario does so itself.
 *
 * Look for: after Ctrl-C no run starts and all that have started end. Then a scheduler stopped while nothing runs.
 */
import { Event } from '@interlock/core'
import type { Clock } from './stage/clock.ts'
import { scenario } from './stage/scenario.ts'
import type { Stage } from './stage/scenario.ts'

const description = 'A scheduler wakes every 2 s though a run takes 5 s; Ctrl-C waits for the runs in progress.'

class Scheduler {
  readonly #period: number
  readonly #job: (run: number) => Promise<void>
  readonly #clock: Clock
  readonly #idle = new Event({ name: 'idle' })
  #running = 0
  #cancelNext = (): void => {}

  constructor(period: number, job: (run: number) => Promise<void>, clock: Clock) {
    this.#period = period
    this.#job = job
    this.#clock = clock
    this.#idle.set()
  }

  get running(): number {
    return this.#running
  }

  start(): void {
    const first = this.#clock.now()
    const wake = (run: number): void => {
      this.#cancelNext = this.#clock.after(first + run * this.#period - this.#clock.now(), () => wake(run + 1))
      void this.#run(run)
    }
    wake(1)
  }

  async stop(): Promise<void> {
    this.#cancelNext()
    await this.#idle.wait()
  }

  /** A job handles its own errors: one that gets out of it is an unhandled rejection. */
  async #run(run: number): Promise<void> {
    this.#running += 1
    this.#idle.clear()
    try {
      await this.#job(run)
    } finally {
      this.#running -= 1
      if (this.#running === 0) this.#idle.set()
    }
  }
}

async function play({ print, ctrlC, ...clock }: Stage): Promise<void> {
  const scheduler = new Scheduler(
    2,
    async (run) => {
      print(`run ${run} starts, in progress: ${scheduler.running}`)
      await clock.sleep(5)
      print(`run ${run} ends`)
    },
    clock,
  )
  scheduler.start()
  await ctrlC.wait() // an Event that SIGINT sets
  print(`Ctrl-C: stopping, in progress: ${scheduler.running}`)
  await scheduler.stop()
  print('stopped')

  const idler = new Scheduler(
    2,
    async (run) => {
      print(`short run ${run} starts`)
      await clock.sleep(0.5)
      print(`short run ${run} ends`)
    },
    clock,
  )
  idler.start()
  await clock.sleep(3)
  print(`stopping, in progress: ${idler.running}`)
  await idler.stop()
  print('stopped at once')
}

export default scenario(import.meta, description, play, { ctrlCAfter: 10.5 })
