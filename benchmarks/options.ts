// The command line. What is wrong with it is said in one sentence, with what would be right.
import { parseArgs } from 'node:util'
import type { Row } from './row.ts'

export interface Options {
  help: boolean
  list: boolean
  quick: boolean
  seed: number
  rows: Row[]
}

/** Its message is for the user. */
export class UsageError extends Error {}

export const HELP = `Measures Interlock beside its peers and the floors, and prints a table for each row.

  npm run bench                        all rows, over ten minutes
  npm run bench -- --quick             all rows, two minutes, less exact
  npm run bench -- --only hand-off     some rows: an id, the start of one (queue), or several with commas
  npm run bench -- --list              the rows, and the bar of each
  npm run bench -- --seed 42           the order of measuring of an earlier run
  npm run bench -- --help              this

Tables go to stdout, progress to stderr, all figures to benchmarks/results/. How to read them: benchmarks/README.md`

export function readOptions(args: readonly string[], rows: readonly Row[]): Options {
  const values = parsed(args)
  const only = (values.only ?? []).flatMap((names) => names.split(',')).map((name) => name.trim())
  return {
    help: values.help ?? false,
    list: values.list ?? false,
    quick: values.quick ?? false,
    seed: seedOf(values.seed),
    rows: only.length === 0 ? [...rows] : pick(only, rows),
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        list: { type: 'boolean' },
        quick: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        seed: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
  }
}

function pick(names: readonly string[], rows: readonly Row[]): Row[] {
  for (const name of names) {
    if (!rows.some((row) => matches(row, name))) {
      throw new UsageError(`--only: no row is named "${name}". The rows: ${rows.map(({ id }) => id).join(', ')}`)
    }
  }
  return rows.filter((row) => names.some((name) => matches(row, name)))
}

const matches = ({ id }: Row, name: string): boolean => id === name || id.startsWith(`${name}-`)

function seedOf(given: string | undefined): number {
  if (given === undefined) return Math.floor(Math.random() * 1e6)
  if (!/^\d{1,9}$/.test(given)) throw new UsageError(`--seed: a whole number of up to nine digits, not "${given}"`)
  return Number(given)
}
