/**
 * `npm run test:explore -- core`: every order of what is explored of core (explore/explorations.ts), the large ones too; and how many there
 * were. Exits 1 when one breaks something, with its schedule and who did what in it.
 */
import { parseArgs } from 'node:util'
import * as core from '../src/index.ts'
import { explorationsOf } from './explore/explorations.ts'
import { play } from './explore/play.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', short: 'h' },
    list: { type: 'boolean' },
    runs: { type: 'string', default: '20000000' },
    only: { type: 'string', multiple: true, default: [] },
  },
})
const explorations = explorationsOf(core)
const words = [...values.only, ...positionals].map((word) => word.toLowerCase())
const chosen = explorations.filter(
  ({ title }) => words.length === 0 || words.some((word) => title.toLowerCase().includes(word)),
)
if (values.help === true) {
  console.log(`  --only <word>   those whose title contains it
  --runs <n>      at most so many orders each (${values.runs})
  --list          their titles`)
} else if (values.list === true) {
  for (const { title } of explorations) console.log(title)
} else {
  let orders = 0
  for (const exploration of chosen) {
    const begin = performance.now()
    try {
      const { runs, complete } = play(exploration, { runs: Number(values.runs) })
      orders += runs
      const seconds = (performance.now() - begin) / 1000
      console.log(
        `${exploration.title}: ${runs.toLocaleString('en')} orders, ${complete ? 'all there are' : 'NOT ALL'} (${seconds.toFixed(1)} s)`,
      )
      if (!complete) process.exitCode = 1
    } catch (error) {
      console.error(`${exploration.title}: ${error instanceof Error ? error.message : String(error)}`)
      process.exitCode = 1
    }
  }
  console.log(`${orders.toLocaleString('en')} orders in all`)
}
