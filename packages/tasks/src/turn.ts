/** Which turn of the host's event loop this is: what happens in one turn happens before any timer, message or I/O is heard of. */

// As they are when this package is loaded: a turn is real, also where a test has replaced the clock.
const { setTimeout } = globalThis
/** Calls `fn` when all that has to do with this turn is done. */
export const nextTurn: (fn: () => void) => void =
  (globalThis as { setImmediate?: (fn: () => void) => void }).setImmediate ?? ((fn) => setTimeout(fn))

let turn: object | undefined

export function currentTurn(): object {
  if (turn === undefined) {
    turn = {}
    nextTurn(() => {
      turn = undefined
    })
  }
  return turn
}
