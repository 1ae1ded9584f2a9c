/** `npm run test:stress`: see stress/stress.ts. */
import { parseArgs } from 'node:util'
import { OUTCOMES } from './stress/ledger.ts'
import { stress } from './stress/stress.ts'

const HELP = `npm run test:stress [-- option …]

  --operations N   how many operations are made at least (1000000)
  --seconds N      ends after so long, whatever has been made (600)
  --workers N      how many threads there are beside the main one, 1 to 5 (4)
  --seed N         draws what each thread does (the time, unless told)`

function options() {
  try {
    return parseArgs({
      options: {
        operations: { type: 'string', default: '1000000' },
        seconds: { type: 'string', default: '600' },
        workers: { type: 'string', default: '4' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`)
    process.exit(2)
  }
}

const { help, ...given } = options()
if (help) {
  console.log(HELP)
  process.exit(0)
}

function number(option: keyof typeof given, least: number, most = 2 ** 31 - 1): number {
  const value = Number(given[option])
  if (Number.isInteger(value) && value >= least && value <= most) return value
  console.error(`--${option} must be a whole number from ${least} to ${most}, got ${given[option]}\n\n${HELP}`)
  process.exit(2)
}

const seed = number('seed', 0)
const operations = number('operations', 1)
const seconds = number('seconds', 1)
const workers = number('workers', 1, 5)
const count = (value: number): string => value.toLocaleString('en-US')
const live = process.stdout.isTTY

console.log(`Seed ${seed}: ${workers} workers and the main thread, ${count(operations)} operations`)
let shownAt = 0
try {
  const covered = await stress({
    seed,
    operations,
    seconds,
    workers,
    progress(made, deaths) {
      if (!live || performance.now() - shownAt < 200) return
      shownAt = performance.now()
      process.stdout.write(
        `\r${String(Math.floor((made / operations) * 100)).padStart(3)} %  ${count(made)} operations, ${count(deaths)} threads ended\u001b[K`,
      )
    },
  })
  if (live) process.stdout.write('\r\u001b[K')
  console.log(`${''.padEnd(26)}${OUTCOMES.map((outcome) => outcome.padStart(11)).join('')}`)
  for (const { name, counts } of covered.table) {
    console.log(`${name.padEnd(26)}${counts.map((value) => count(value).padStart(11)).join('')}`)
  }
  const { put, got, left } = covered.items
  console.log(`
${count(covered.operations)} operations in ${(covered.milliseconds / 1000).toFixed(1)} s, each checked
${count(covered.terminated)} workers terminated, ${count(covered.ended)} ended by themselves; ${count(covered.told)} permits said that their lock had been abandoned
${count(put)} items put, ${count(got)} got, ${count(left)} left
Nothing is wrong.`)
} catch (error) {
  console.error(
    `\nFAILED ${(error as Error).message}\nAgain: npm run test:stress -- --seed ${seed} --workers ${workers}`,
  )
  process.exitCode = 1
}
// What went wrong may have left threads that wait for ever.
process.exit()
