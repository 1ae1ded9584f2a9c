/**
 * The clock of the examples. It counts the seconds that a scenario speaks of, and says how long one takes here.
 *
 * Two promises. Timers fire in order of their time, those of one time in the order in which they were set, each in a
 * turn of its own: every run of a scenario is the same. And the clock is never ahead of real time, but for a pace of 0,
 * at which time passes as soon as nothing else can happen: that is how the tests run.
 */

/** Milliseconds that a scenario's second takes, unless told. 1000 is real time. */
export const PACE = 50

export interface Clock {
  /** Seconds since the clock began. */
  readonly now: () => number
  /** Resolves `seconds` from now. */
  readonly sleep: (seconds: number) => Promise<void>
  /** Calls `fn` `seconds` from now, unless the function that it answers with is called before. */
  readonly after: (seconds: number, fn: () => void) => () => void
  /** How many milliseconds of the host that is: for what keeps time by timers of its own. */
  readonly ms: (seconds: number) => number
}

interface Timer {
  readonly at: number
  readonly fn: () => void
}

export function createClock(pace: number = PACE): Clock {
  const began = performance.now()
  const timers: Timer[] = []
  // The time that code sees while it runs because of a timer: the timer's own, however late the host woke us.
  let moment = 0
  let inMoment = true
  let cancelAlarm: (() => void) | undefined

  function now(): number {
    if (inMoment || pace === 0) return moment
    const elapsed = (performance.now() - began) / pace
    // Not past a timer that is due, or that timer would turn time back.
    return Math.max(moment, Math.min(elapsed, timers[0]?.at ?? Infinity))
  }

  function after(seconds: number, fn: () => void): () => void {
    // To the millisecond, so that 0.1 and 0.2 end together with 0.3.
    const timer = { at: Math.round((now() + seconds) * 1000) / 1000, fn }
    const next = timers.findIndex((other) => other.at > timer.at)
    timers.splice(next === -1 ? timers.length : next, 0, timer)
    setAlarm()
    return () => {
      const index = timers.indexOf(timer)
      if (index !== -1) timers.splice(index, 1)
      setAlarm()
    }
  }

  function setAlarm(): void {
    cancelAlarm?.()
    const [first] = timers
    if (first === undefined) return
    if (pace === 0) {
      const alarm = setImmediate(fire)
      cancelAlarm = () => clearImmediate(alarm)
    } else {
      const alarm = setTimeout(fire, Math.max(0, began + first.at * pace - performance.now()))
      cancelAlarm = () => clearTimeout(alarm)
    }
  }

  function fire(): void {
    const [first] = timers
    // The host may wake us a fraction of a millisecond early.
    if (first === undefined || performance.now() < began + first.at * pace) return setAlarm()
    timers.shift()
    moment = first.at
    inMoment = true
    setImmediate(leaveMoment)
    setAlarm()
    first.fn()
  }

  function leaveMoment(): void {
    inMoment = false
  }

  setImmediate(leaveMoment)
  return {
    now,
    after,
    sleep: (seconds) => new Promise((resolve) => after(seconds, resolve)),
    ms: (seconds) => seconds * pace,
  }
}

/** The pace that a `--pace` asks for. */
export function paceOf(text: string | undefined): number {
  if (text === undefined) return PACE
  const pace = text.trim() === '' ? NaN : Number(text)
  if (pace >= 0 && pace < Infinity) return pace
  throw new RangeError(
    `--pace is the milliseconds that a scenario's second takes, 0 or more, not ${JSON.stringify(text)}`,
  )
}
