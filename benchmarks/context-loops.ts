// Loops over the variables of a context, made from a library's source text as those of compile.ts are.
// Each goes through a ring of RING slots, the same variable many times or as many different ones: nothing can be read once for all turns.
import { type Compiled, synchronous } from './compile.ts'
import type { ContextWork, MadeContext } from './library.ts'

export type ContextPart = 'get' | 'set' | 'setReset' | 'copy' | 'run'

const RING = 100

/** Does `turns` of it, a multiple of RING, and answers what it got out of them: see expectedOf. */
export type ContextLoop = (turns: number) => number

// `kept` holds what a turn made, where it made something: what nobody can see need not be made.
const bodies: Record<ContextPart, (text: string) => string> = {
  get: (text) => `sum += ${text};`,
  set: (text) => `${text};`,
  setReset: (text) => `${text};`,
  copy: (text) => `kept[at] = ${text};`,
  run: (text) => `sum += ${text};`,
}

const endings: Record<ContextPart, (get: string) => string> = {
  get: () => '',
  set: readAll,
  setReset: readAll,
  copy: () => 'sum = new Set(kept).size;',
  run: () => '',
}

function readAll(get: string): string {
  return `for (let at = 0; at < ${RING}; at++) { const slot = slots[at]; sum += ${get}; }`
}

/** `undefined` where the library cannot. */
export function contextLoopOf(
  what: string,
  work: ContextWork,
  part: ContextPart,
  variables: number,
): ContextLoop | undefined {
  const text = work[part]
  if (text === undefined) return undefined
  const loop: Compiled<[unknown, readonly unknown[], number, unknown[]], number> = synchronous(
    `${what}, ${variables}`,
    'made, slots, turns, kept',
    `const task = (value) => value;
    let sum = 0;
    for (let turn = 0; turn < turns; turn += ${RING}) {
      for (let at = 0; at < ${RING}; at++) { const slot = slots[at]; const value = turn + at; ${bodies[part](text)} }
    }
    ${endings[part](work.get ?? '0')}
    return sum;`,
  )
  return (turns) => {
    const made = work.make(variables)
    return made.within(() => loop(made, ringOf(made, variables), turns, []))
  }
}

const ringOf = ({ slots }: MadeContext, variables: number): unknown[] =>
  Array.from({ length: RING }, (_, at) => slots[at % variables])

/** What a loop that did its work answers. */
export function expectedOf(part: ContextPart, variables: number, turns: number): number {
  const held = sumOf(RING, (at) => (at % variables) + 1)
  if (part === 'get') return (turns / RING) * held
  // What was set last: by the last turn of a single variable, and in the last round of many.
  if (part === 'set') return sumOf(RING, (at) => turns - RING + (variables === 1 ? RING - 1 : at))
  if (part === 'setReset') return held
  return part === 'copy' ? RING : sumOf(turns, (turn) => turn)
}

function sumOf(count: number, each: (place: number) => number): number {
  let sum = 0
  for (let place = 0; place < count; place++) sum += each(place)
  return sum
}
