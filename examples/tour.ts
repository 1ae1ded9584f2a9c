/**
 * The tour: plays the scenarios in turn, all of them or those named.
 *
 * Exit code 0: all went well. 1: a scenario failed, and the last line says which. 2: the arguments were wrong.
 */
import { parseArgs } from 'node:util'
import { scenarios as all } from './scenarios.ts'
import { createClock, PACE, paceOf } from './stage/clock.ts'
import { nearest } from './stage/nearest.ts'
import { perform } from './stage/perform.ts'
import type { Scenario } from './stage/scenario.ts'
import { endWithReader, showError, showHeading, showLine, showNote } from './stage/terminal.ts'

const HELP = `Usage: npm start -- [options] [name ...]

Plays the scenarios in turn: all of them, or those named.

  --list       the names, and what each scenario shows
  --pace <ms>  how long a scenario's second takes: ${PACE} unless told, 1000 is real time
  --help       this text
`

interface Plan {
  readonly action: 'play' | 'list' | 'help'
  readonly scenarios: readonly Scenario[]
  readonly pace: number
}

/** Plays what `args` ask for, and answers with the exit code. */
export async function tour(args: string[], scenarios: readonly Scenario[] = all): Promise<number> {
  endWithReader()
  let plan: Plan
  try {
    plan = planOf(args, scenarios)
  } catch (error) {
    showError(error instanceof Error ? error.message : String(error))
    return 2
  }
  if (plan.action === 'play') return await playAll(plan)
  if (plan.action === 'list') list(scenarios)
  else process.stdout.write(HELP)
  return 0
}

/** Throws an error that says what is wrong with `args`. */
function planOf(args: string[], scenarios: readonly Scenario[]): Plan {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      list: { type: 'boolean', default: false },
      pace: { type: 'string' },
    },
  })
  const pace = paceOf(values.pace)
  if (values.help) return { action: 'help', scenarios, pace }
  if (values.list) return { action: 'list', scenarios, pace }

  const byName = new Map(scenarios.map((scenario) => [scenario.name, scenario]))
  const unknown = positionals.filter((name) => !byName.has(name))
  if (unknown.length > 0) throw new Error(complaint(unknown, [...byName.keys()]))
  const named = positionals.flatMap((name) => byName.get(name) ?? [])
  return { action: 'play', scenarios: named.length > 0 ? named : scenarios, pace }
}

function complaint(unknown: string[], known: string[]): string {
  const lines = unknown.map((name) => {
    const guess = nearest(name, known)
    return `There is no scenario "${name}".${guess === undefined ? '' : ` Did you mean "${guess}"?`}`
  })
  return [...lines, `There are: ${known.join(', ')}`].join('\n')
}

function list(scenarios: readonly Scenario[]): void {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  for (const { name, description } of scenarios) process.stdout.write(`${name.padEnd(width)}  ${description}\n`)
}

async function playAll({ scenarios, pace }: Plan): Promise<number> {
  const began = performance.now()
  const failed: string[] = []
  showNote(`On the left the scenario's own time. One of its seconds takes ${pace} ms here.\n`)
  for (const [index, scenario] of scenarios.entries()) {
    showHeading(scenario.name, scenario.description, `[${index + 1}/${scenarios.length}] `)
    const playBegan = performance.now()
    try {
      await perform(scenario, { print: showLine, clock: createClock(Math.max(pace, scenario.leastPace)) })
      showNote(`\nplayed in ${secondsSince(playBegan)}\n`)
    } catch (error) {
      failed.push(scenario.name)
      showError(`${scenario.name} failed: ${error instanceof Error ? error.stack : String(error)}\n`)
    }
  }
  const played = `${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'} in ${secondsSince(began)}`
  if (failed.length === 0) {
    showNote(`${played}, none failed`, 'green')
    return 0
  }
  showNote(played)
  showError(`failed: ${failed.join(', ')}`)
  return 1
}

const secondsSince = (began: number): string => `${((performance.now() - began) / 1000).toFixed(2)} s`

if (import.meta.main) process.exitCode = await tour(process.argv.slice(2))
