/**
 * `npm run test:explore -- worker`: runs the shipped sources of two to four threads in every order within large bounds, and then in orders drawn
 * by a seed. See explore/search.ts for what is counted, and explore/machine.ts for what a step is.
 */
import { parseArgs } from 'node:util'
import { count, report, simplest, summary } from './explore/run.ts'
import { scenarios } from './explore/scenarios/index.ts'
import { explore, replay, walk } from './explore/search.ts'
import { bundle } from './explore/source.ts'

const HELP = `npm run test:explore -- worker [option …]

  --only TEXT            the scenarios whose name contains it
  --preemptions N        how often a thread is interrupted that could go on (3; all: as often as can be)
  --states N             how many states of a scenario are met at most (2000000)
  --seconds N            how long a scenario is explored at most (60)
  --seed N               draws the orders of the runs that follow (the time, unless told)
  --walks N              how many of those (2000)
  --replay 'SCHEDULE'    runs one order, as a failure prints it, and says each step; with --only
  --list                 names the scenarios`

function options() {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', default: '' },
        preemptions: { type: 'string', default: '3' },
        states: { type: 'string', default: '2000000' },
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        walks: { type: 'string', default: '2000' },
        replay: { type: 'string' },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`)
    process.exit(2)
  }
}

const { only, replay: schedule, list, help, ...numbers } = options()
if (help) {
  console.log(HELP)
  process.exit(0)
}
const chosen = scenarios.filter(({ name }) => name.includes(only))
if (list) {
  for (const { name } of scenarios) console.log(name)
  process.exit(0)
}
if (chosen.length === 0) {
  console.error(`No scenario's name contains ${only}. See --list`)
  process.exit(2)
}

function number(option: keyof typeof numbers): number {
  if (option === 'preemptions' && numbers.preemptions === 'all') return Infinity
  const value = Number(numbers[option])
  if (Number.isInteger(value) && value >= 0) return value
  console.error(`--${option} must be a whole number from 0, got ${numbers[option]}\n\n${HELP}`)
  process.exit(2)
}

const seed = number('seed')
const preemptions = number('preemptions')
const bounds = { states: number('states'), milliseconds: number('seconds') * 1000 }
const walks = number('walks')

// What a thread throws is caught by the scenario, and its stack is never read.
Error.stackTraceLimit = 0
const shipped = await bundle()

if (schedule !== undefined) {
  const scenario = chosen.find(({ name }) => name === only) ?? chosen[0]!
  const { trace, failure } = replay(scenario, shipped, schedule)
  console.log([scenario.name, ...trace].join('\n'))
  console.log(failure ?? 'Nothing is wrong with it.')
  process.exit(failure === undefined ? 0 : 1)
}

console.log(
  `${scenarios.length === chosen.length ? 'All' : chosen.length} scenarios: every order with up to ${preemptions} interruptions of a thread that could go on, ${count(bounds.states)} states and ${bounds.milliseconds / 1000} s each; then ${count(walks)} orders drawn by seed ${seed}`,
)
const total = { runs: 0, states: 0, steps: 0, complete: 0, failed: 0, walks: 0 }
for (const scenario of chosen) {
  // Exhaustive where that is little.
  let result = explore(scenario, shipped, { states: 200_000, milliseconds: 5000 })
  let bound = 'all orders'
  if (result.failure === undefined && !result.complete) {
    const bounded = preemptions < Infinity ? { ...bounds, preemptions } : bounds
    result = explore(scenario, shipped, bounded)
    if (preemptions < Infinity) bound = `${preemptions} interruptions`
  }
  const { threads, deaths = 0, ticks = 0, looks = 0 } = scenario
  const also = [deaths > 0 && `${deaths} death`, ticks > 0 && `${ticks} delay`, looks > 0 && `${looks} false alarm`]
  console.log(`${scenario.name} (${[`${threads.length} threads`, ...also.filter(Boolean), bound].join(', ')})`)
  console.log(`    ${summary(result)}`)
  total.runs += result.executions + result.met
  total.states += result.states
  total.steps += result.steps
  if (result.complete) total.complete++
  let { failure } = result
  if (failure !== undefined) failure = simplest(scenario, shipped, failure, { preemptions })
  else {
    const drawn = walk(scenario, shipped, { seed, runs: walks, milliseconds: 20_000 })
    total.walks += drawn.executions
    ;({ failure } = drawn)
  }
  if (failure === undefined) continue
  total.failed++
  console.log(`\n${report(scenario, shipped, failure)}\nseed ${seed}\n`)
}
console.log(
  `${count(total.runs)} runs of ${chosen.length} scenarios, ${total.complete} of them complete within their bounds: ${count(total.states)} states, ${count(total.steps)} steps; and ${count(total.walks)} drawn runs. ${total.failed === 0 ? 'Nothing is wrong.' : `${total.failed} FAILED`}`,
)
process.exitCode = total.failed === 0 ? 0 : 1
