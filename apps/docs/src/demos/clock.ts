/**
 * The clock of a demo. It counts in units of its own, stands still until it is played or stepped, and goes from one event to the next:
 * whatever an event sets going has come to rest before the next one fires, so that a demo runs alike at any speed.
 */
interface Alarm {
  readonly at: number
  readonly ring: () => void
}

/** Resolves when all that is ready to run has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(undefined)
  })
}

export class Clock {
  #now = 0
  #alarms: Alarm[] = []
  #turn: Promise<void> = Promise.resolve()

  get now(): number {
    return this.#now
  }

  /** Calls `ring` in `units`, unless the function that it answers is called before. */
  after(units: number, ring: () => void): () => void {
    const alarm = { at: this.#now + units, ring }
    const place = this.#alarms.findIndex(({ at }) => at > alarm.at)
    this.#alarms.splice(place < 0 ? this.#alarms.length : place, 0, alarm)
    return () => {
      this.#alarms = this.#alarms.filter(({ ring: other }) => other !== alarm.ring)
    }
  }

  sleep(units: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const forget = this.after(units, resolve)
      signal?.addEventListener('abort', () => {
        forget()
        reject(signal.reason as Error)
      })
    })
  }

  /** Moves on by `units`, and stops at each event for as long as it takes. One call waits for the other. */
  advance(units: number): Promise<void> {
    this.#turn = this.#go(units, this.#turn)
    return this.#turn
  }
  /** Time goes by, and nothing happens in it: whatever is due is due that much later. */
  pass(units: number): Promise<void> {
    this.#turn = this.#wait(units, this.#turn)
    return this.#turn
  }

  async #wait(units: number, before: Promise<void>): Promise<void> {
    await before
    this.#now += units
    this.#alarms = this.#alarms.map(({ at, ring }) => ({ at: at + units, ring }))
  }

  async #go(units: number, before: Promise<void>): Promise<void> {
    await before
    const end = this.#now + units
    for (;;) {
      const next = this.#alarms[0]
      if (next === undefined || next.at > end) break
      this.#alarms.shift()
      this.#now = Math.max(this.#now, next.at)
      next.ring()
      await settled()
    }
    this.#now = end
  }
}
