/**
 * What a demo plays on: rows of tasks over time, the primitive as it stands, a log. It knows nothing of how it is drawn (`element.ts`).
 *
 * A row runs a program, an async function that calls the real library. Wherever the program would do something of its own accord it asks
 * for its cue: a button that the reader may press, or a time after which it goes on by itself while the clock runs.
 */
import type { Wait } from '@interlock/core/observe'
import { observeWaits } from '@interlock/core/observe'
import type { Language } from '../browser/site.ts'
import { Clock } from './clock.ts'

export type { Language }

export type State = 'idle' | 'waits' | 'holds' | 'works' | 'failed'

export interface Bar {
  readonly from: number
  to: number | undefined
  readonly state: State
  readonly label: string
}

export interface Button {
  readonly label: string
  readonly press: () => void
}

export interface Entry {
  readonly at: number
  readonly row: string
  readonly event: string
  readonly text: string
}

export type Tone = 'plain' | 'waits' | 'holds' | 'failed' | 'item'
export type Gauge =
  | {
      readonly kind: 'chips'
      readonly label: string
      readonly chips: readonly { text: string; tone: Tone }[]
      readonly slots?: number
    }
  | { readonly kind: 'lamps'; readonly label: string; readonly lit: number; readonly total: number }
  | { readonly kind: 'value'; readonly label: string; readonly text: string; readonly tone: Tone }

/** Of a scene in real time: how long a unit takes. */
export const UNIT_MS = 500

export const GAVE_UP: unique symbol = Symbol('gave up')

export class Row {
  readonly stage: Stage
  readonly name: string
  readonly bars: Bar[] = []
  buttons: Button[] = []

  constructor(stage: Stage, name: string) {
    this.stage = stage
    this.name = name
  }

  get state(): State {
    const last = this.bars.at(-1)
    return last !== undefined && last.to === undefined ? last.state : 'idle'
  }

  become(state: State, label = ''): void {
    const { now } = this.stage.clock
    const last = this.bars.at(-1)
    if (last !== undefined && last.to === undefined) last.to = now
    if (state !== 'idle') this.bars.push({ from: now, to: undefined, state, label })
    this.stage.changed()
  }

  /** A line of the log. `event` is its kind, for those who read it by program. */
  say(event: string, text: string): void {
    this.stage.say(event, text, this.name)
  }

  /**
   * Waits until the reader presses one of the buttons, or, while the clock runs, for `units`; then it is as if the first had been
   * pressed. Answers which it was; rejects when `signal` aborts.
   */
  cue(labels: string | readonly string[], units: number, signal?: AbortSignal): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const over = () => {
      forget()
      signal?.removeEventListener('abort', aborted)
      this.buttons = []
      this.stage.changed()
    }
    const done = (choice: number) => {
      over()
      resolve(choice)
    }
    const aborted = () => {
      over()
      reject(signal?.reason as Error)
    }
    signal?.addEventListener('abort', aborted)
    const forget = this.stage.clock.after(units, () => done(0))
    this.buttons = [labels].flat().map((label, choice) => ({
      label,
      press: () => {
        done(choice)
      },
    }))
    this.stage.changed()
    return promise
  }

  /**
   * Calls `start`, which waits on a primitive of the stage. If it has to wait, the row shows that and offers to cancel; what is cancelled
   * answers GAVE_UP. With a `cancel` of the scene's own, what is thrown is the scene's to handle.
   */
  async wait<T>(
    label: string,
    start: (signal: AbortSignal) => Promise<T>,
    cancel?: Button,
  ): Promise<T | typeof GAVE_UP> {
    const controller = new AbortController()
    this.stage.actor = this
    let waiting: Promise<T>
    try {
      waiting = start(controller.signal)
    } finally {
      this.stage.actor = undefined
    }
    if (this.stage.waitOf(this) !== undefined) {
      this.become('waits', label)
      this.say('waits', this.stage.t(`waits: ${label}`, `ждёт: ${label}`))
      this.buttons = [cancel ?? { label: this.stage.t('cancel', 'отменить'), press: () => controller.abort(GAVE_UP) }]
      this.stage.changed()
    }
    try {
      return await waiting
    } catch (error) {
      if (error !== GAVE_UP) throw error
      this.become('idle')
      this.say('cancelled', this.stage.t('is cancelled, and leaves the queue', 'отменён и покидает очередь'))
      return GAVE_UP
    } finally {
      this.buttons = []
      this.stage.changed()
    }
  }
}

interface Waiting {
  readonly row: Row
  readonly wait: Wait
}

export class Stage {
  readonly language: Language
  readonly clock = new Clock()
  readonly rows: Row[] = []
  readonly log: Entry[] = []
  /** Buttons that belong to no row. */
  actions: Button[] = []
  /** What a console would print of the primitive. */
  printed: () => string = () => ''
  gauges: () => Gauge[] = () => []
  /** What the switch is called, and what it does away with; none where nothing can be broken. */
  readonly broken: boolean
  /** Who is calling the library. */
  actor: Row | undefined
  changed: () => void = () => undefined
  /** Of a scene in real time: resolves when it is started, and what it calls when it has come to its end. */
  readonly started: Promise<void>
  readonly start: () => void
  over: () => void = () => undefined
  #seed: number
  #waits: Waiting[] = []
  readonly #ends: (() => void)[] = []

  constructor(language: Language, broken: boolean, seed = 7) {
    this.language = language
    this.broken = broken
    this.#seed = seed
    const { promise, resolve } = Promise.withResolvers<void>()
    this.started = promise
    this.start = resolve
    // Waits are shown as the library itself tells of them.
    const over = (wait: Wait) => {
      this.#waits = this.#waits.filter((waiting) => waiting.wait !== wait)
    }
    this.#ends.push(
      observeWaits({
        parked: (wait) => {
          if (this.actor !== undefined) this.#waits.push({ row: this.actor, wait })
        },
        woken: over,
        cancelled: over,
      }),
    )
  }

  /** For a callback of the library's: what is called next, in the same step, is called by `row`. */
  acting(row: Row): void {
    this.actor = row
    queueMicrotask(() => {
      if (this.actor === row) this.actor = undefined
    })
  }

  t(english: string, russian: string): string {
    return this.language === 'ru' ? russian : english
  }

  /** The same numbers in every run. */
  between(least: number, most: number): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return least + Math.floor((this.#seed / 2_147_483_648) * (most - least + 1))
  }

  /** Puts a row on the stage, and begins its program, if it has one. */
  row(name: string, program?: (row: Row) => Promise<void>): Row {
    const row = new Row(this, name)
    this.rows.push(row)
    void program?.(row).catch((error: unknown) => {
      row.become('failed', error instanceof Error ? error.name : String(error))
      row.say('failed', String(error))
    })
    return row
  }

  say(event: string, text: string, row = ''): void {
    this.log.push({ at: Math.floor(this.clock.now), row, event, text })
    this.changed()
  }

  /** The rows that wait on `primitive`, in the order in which they came. */
  waitersOf(primitive: object, operation?: Wait['operation']): Row[] {
    return this.#waits
      .filter(({ wait }) => wait.primitive === primitive && (operation === undefined || wait.operation === operation))
      .map(({ row }) => row)
  }

  waitOf(row: Row): Wait | undefined {
    return this.#waits.find((waiting) => waiting.row === row)?.wait
  }

  /** Who waits, as a gauge. */
  queueOf(primitive: object, label = this.t('waiting, first come first', 'очередь, по приходу')): Gauge {
    const chips = this.waitersOf(primitive).map(({ name }) => ({ text: name, tone: 'waits' as const }))
    return { kind: 'chips', label, chips }
  }

  onEnd(end: () => void): void {
    this.#ends.push(end)
  }

  end(): void {
    this.changed = () => undefined
    this.over = () => undefined
    for (const end of this.#ends) end()
  }
}
