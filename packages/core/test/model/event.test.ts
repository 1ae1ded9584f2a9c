/** Event against a flag and an array of those who wait. */
import fc from 'fast-check'
import { test } from 'vitest'
import { Event } from '../../src/event/index.ts'
import { agree, manner, type Manner, Reference, type Terms } from './trial.ts'

class EventReference extends Reference {
  isSet = false
  queue: number[] = []

  waitFor(id: number, terms: Terms): void {
    this.wait(
      id,
      terms,
      () => (this.isSet ? 'set' : null),
      () => this.queue.push(id),
    )
  }

  set(): void {
    this.isSet = true
    for (const id of this.queue) this.fulfil(id, 'set')
    this.queue = []
  }

  protected override forget(ids: readonly number[]): void {
    this.queue = this.queue.filter((id) => !ids.includes(id))
  }
}

type Command = { do: 'wait'; how: Manner } | { do: 'set' } | { do: 'clear' }

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const), how: manner }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
)

test('an Event and its reference agree after every command', async () => {
  await agree(commands, (trial) => {
    const event = new Event()
    const reference = new EventReference()
    return {
      reference,
      run(command) {
        switch (command.do) {
          case 'wait':
            return trial.call(
              command.how,
              (options) => event.wait(options),
              (id, terms) => reference.waitFor(id, terms),
              (value) => (value === undefined ? 'set' : `set, with ${String(value)}`),
            )
          case 'set':
            event.set()
            return reference.set()
          case 'clear':
            event.clear()
            reference.isSet = false
        }
      },
      shown() {
        const waiting = reference.queue.length
        return [
          { isSet: event.isSet, waiting: event.waiting, printed: String(event) },
          {
            isSet: reference.isSet,
            waiting,
            printed: `Event <${reference.isSet ? 'set' : 'unset'}${waiting > 0 ? `, waiting: ${waiting}` : ''}>`,
          },
        ]
      },
      letGo: { real: () => event.set(), expected: () => reference.set() },
      finish() {
        event.set()
        reference.set()
      },
    }
  })
})
