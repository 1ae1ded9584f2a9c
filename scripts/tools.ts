/** The tools that the repository installs, run as its scripts need them: to the end, with their output shown; and Vitest with its tests counted. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs `name` in the repository's root. True if it ended well. */
export function tool(name: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
      ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
    },
    shell: process.platform === 'win32',
  })
  if (error) console.error(`${name}: ${error.message}. Has \`npm ci\` been run?`)
  return status === 0
}

export interface Tally {
  readonly passed: number
  readonly failed: number
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/** Vitest's own tally; a file that could not even be loaded has failed once, and so has a run that ends badly for another reason. */
export function vitest(args: readonly string[]): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-'))
  const file = join(folder, 'report.json')
  try {
    const ok = tool('vitest', ['run', '--reporter=json', `--outputFile.json=${file}`, ...args])
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report
    const unloadable = testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    ).length
    const failed = numFailedTests + unloadable
    return { passed: numPassedTests, failed: failed === 0 && !ok ? 1 : failed }
  } catch (error) {
    console.error(`The tests have left no report: ${(error as Error).message}`)
    return { passed: 0, failed: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
