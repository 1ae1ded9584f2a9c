/** Who did what in a run, a line for each step. */
import type { Callback } from './callback.ts'
import { Future } from './future.ts'
import { Primitive } from './primitive.ts'
import { running, type Witness } from './running.ts'
import { Scripted } from './schedule.ts'
import { Task } from './task.ts'

interface Step {
  readonly who: string
  /** The task that was stepped before could have gone on. */
  readonly preempts: boolean
  readonly time: number
  readonly deeds: (string | { deed: string; object: object })[]
  end: string
}

export class Tracer extends Scripted implements Witness {
  readonly witness: Witness = this
  readonly #steps: Step[] = []
  readonly #unnamed = new Map<string, object[]>()

  override choose(options: readonly Callback[], canGoOn: boolean): number {
    const index = super.choose(options, canGoOn)
    const { task, kind } = options[index]!
    this.#steps.push({
      who: task?.name ?? (kind === 'own' ? 'a callback' : kind),
      preempts: canGoOn && index > 0,
      time: running.loop?.time() ?? 0,
      deeds: [],
      end: '',
    })
    return index
  }

  stepped({ task }: Callback): void {
    const step = this.#steps.at(-1)!
    if (task === undefined) return
    if (!task.done) step.end = task.waitsFor === 'its next step' ? 'yields' : `waits for ${task.waitsFor}`
    else if (task.cancelled) step.end = 'is cancelled'
    else if (task.state === 'finished') step.end = 'ends'
    else step.end = `throws ${String(task.failureUnread)}`
  }

  made(): void {}

  noted(text: string): void {
    this.#steps.at(-1)?.deeds.push(text)
  }

  touched(object: object, deed: string | undefined): void {
    if (deed === undefined) return
    this.#steps.at(-1)?.deeds.push({ deed, object })
    if (object instanceof Primitive && object.name === undefined) {
      const known = this.#unnamed.get(object[Symbol.toStringTag]) ?? []
      this.#unnamed.set(object[Symbol.toStringTag], known)
      if (!known.includes(object)) known.push(object)
    }
  }

  /** The lines, numbered, the tasks' names in a column. */
  override toString(): string {
    const width = Math.max(0, ...this.#steps.map(({ who }) => who.length))
    let time = 0
    return this.#steps
      .map(({ who, preempts, deeds, end, time: now }, index) => {
        const done = deeds.map((deed) =>
          typeof deed === 'string' ? deed : `${deed.deed} ${this.#called(deed.object)}`,
        )
        const later = now > time ? `at ${now} ms: ` : ''
        time = now
        const what = [...done, end].filter((part) => part !== '').join('; ')
        return `${String(index + 1).padStart(4)}  ${who.padEnd(width)}${preempts ? ' !' : '  '} ${later}${what}`
      })
      .join('\n')
  }

  #called(object: object): string {
    if (object instanceof Task) return JSON.stringify(object.name)
    if (object instanceof Future) return 'a Future'
    if (!(object instanceof Primitive)) return 'something'
    const alike = this.#unnamed.get(object[Symbol.toStringTag]) ?? []
    return object.name === undefined && alike.length > 1
      ? `${object.called} ${alike.indexOf(object) + 1}`
      : object.called
  }
}
