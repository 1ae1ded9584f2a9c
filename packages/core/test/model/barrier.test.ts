/** Barrier against an array of those who have arrived. */
import fc from 'fast-check'
import { test } from 'vitest'
import { Barrier } from '../../src/barrier/index.ts'
import { agree, manner, type Manner, Reference, type Terms } from './trial.ts'

class BarrierReference extends Reference {
  readonly parties: number
  broken = false
  queue: number[] = []

  constructor(parties: number) {
    super()
    this.parties = parties
  }

  arrive(id: number, terms: Terms): void {
    if (this.broken && !terms.aborted) return this.reject(id, 'BrokenBarrierError')
    this.wait(
      id,
      terms,
      () => {
        if (this.queue.length < this.parties - 1) return null
        this.queue.forEach((waiter, place) => this.fulfil(waiter, `place ${place}`))
        this.queue = []
        return `place ${this.parties - 1}`
      },
      () => this.queue.push(id),
    )
  }

  turnAway(broken: boolean): void {
    this.broken = broken
    for (const id of this.queue) this.reject(id, 'BrokenBarrierError')
    this.queue = []
  }

  protected override forget(ids: readonly number[]): void {
    this.queue = this.queue.filter((id) => !ids.includes(id))
  }
}

type Command = { do: 'wait'; how: Manner } | { do: 'reset' } | { do: 'abort barrier' }

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('wait' as const), how: manner }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reset' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort barrier' as const) }) },
)

test.each([1, 2, 4])('a Barrier for %i and its reference agree after every command', async (parties) => {
  await agree(
    commands,
    (trial) => {
      const barrier = new Barrier(parties)
      const reference = new BarrierReference(parties)
      return {
        reference,
        run(command) {
          switch (command.do) {
            case 'wait':
              return trial.call(
                command.how,
                (options) => barrier.wait(options),
                (id, terms) => reference.arrive(id, terms),
                (place) => `place ${place}`,
              )
            case 'reset':
              barrier.reset()
              return reference.turnAway(false)
            case 'abort barrier':
              barrier.abort()
              return reference.turnAway(true)
          }
        },
        shown() {
          const waiting = reference.queue.length
          return [
            { broken: barrier.broken, waiting: barrier.waiting, printed: String(barrier) },
            {
              broken: reference.broken,
              waiting,
              printed: `Barrier <${reference.broken ? 'broken' : `filling, ${waiting}/${parties}`}>`,
            },
          ]
        },
        finish() {
          barrier.reset()
          reference.turnAway(false)
        },
      }
    },
    3,
  )
})
