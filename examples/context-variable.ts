/**
 * Three printers, each with a number of its own.
 *
 * Each looks at what there is, puts its own number there, prints for a second, and looks again. In a global variable
 * there is what somebody else has put: the one before, and later the last of all. A ContextVar looks the same to the
 * code, and has a value for each task: a task starts with a copy of its creator's Context, and what it sets from then
 * on only the task itself sees, across its awaits and in every function that it calls.
 *
 * Look for: the global variable is right for printer 1 at first, and after a second for printer 3 alone. With the
 * ContextVar each finds nothing at first and its own number later, and outside nothing has changed.
 */
import { ContextVar } from '@interlock/contextvar'
import { gather } from '@interlock/tasks'
import { scenario } from './stage/scenario.ts'

const description = 'Three printers keep a number in a global variable, then in a ContextVar: each sees its own.'

const ownNumber = new ContextVar<number | undefined>('ownNumber', { default: undefined })

export default scenario(import.meta, description, async ({ print, sleep }) => {
  let globalNumber: number | undefined

  async function printerOfGlobal(number: number): Promise<void> {
    print(`printer ${number} sees ${globalNumber}`)
    globalNumber = number
    await sleep(1)
    print(`printer ${number} sees ${globalNumber} after a second`)
  }

  async function printer(number: number): Promise<void> {
    print(`printer ${number} sees ${ownNumber.get()}`)
    ownNumber.set(number)
    await sleep(1)
    readAloud(number)
  }

  function readAloud(number: number): void {
    print(`printer ${number} sees ${ownNumber.get()} after a second`)
  }

  print('with a global variable')
  await gather(
    () => printerOfGlobal(1),
    () => printerOfGlobal(2),
    () => printerOfGlobal(3),
  )
  print(`outside there is ${globalNumber}`)

  print('with a ContextVar')
  await gather(
    () => printer(1),
    () => printer(2),
    () => printer(3),
  )
  print(`outside there is ${ownNumber.get()}`)
})
