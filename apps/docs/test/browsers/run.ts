/**
 * `npm run test:docs`: builds the site, looks at it in real Chromium and Firefox, and ends with the line `N passed, N failed`.
 * It needs nothing but `npm ci` and the two browsers.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { browserNames, findBrowser } from '../../../../scripts/browsers/index.ts'
import { root } from '../../site/pages.ts'

const HELP = `Builds the site if something has changed, and tests it in this machine's Chromium and Firefox.

  npm run test:docs                       everything
  npm run test:docs -- --only firefox     one browser
  npm run test:docs -- demos              the test files whose path contains one of the words
  npm run test:docs -- -t semaphore       the tests whose name matches
  npm run test:docs -- --help             this`

/** What is wrong with the command line, or missing on this machine. Its message is for the user. */
class UsageError extends Error {}

interface Options {
  readonly help: boolean
  /** For vitest. */
  readonly args: readonly string[]
  readonly browsers: readonly string[]
}

function readOptions(): Options {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        only: { type: 'string' },
        testNamePattern: { type: 'string', short: 't' },
      },
    })
    const { help, only, testNamePattern: pattern } = values
    if (only !== undefined && !(browserNames as readonly string[]).includes(only))
      throw new Error(`--only: no browser is "${only}". There are ${browserNames.join(', ')}`)
    return {
      help,
      args: [
        ...positionals,
        ...(only === undefined ? [] : ['--project', only]),
        ...(pattern === undefined ? [] : ['-t', pattern]),
      ],
      browsers: only === undefined ? browserNames : [only],
    }
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${HELP}`)
  }
}

function tool(name: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) },
    shell: process.platform === 'win32',
  })
  if (error) console.error(`${name}: ${error.message}. Has \`npm ci\` been run?`)
  return status === 0
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

interface Tally {
  readonly passed: number
  readonly failed: number
}

/** Vitest's own; a file that could not even be loaded has failed once. */
function vitest(args: readonly string[]): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-docs-'))
  const file = join(folder, 'report.json')
  const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${file}`]
  try {
    const ok = tool('vitest', ['run', '--config', config, ...reporters, ...args])
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

function run({ args, browsers }: Options): Tally {
  for (const name of browsers) console.log(`${name}: ${findBrowser(name as (typeof browserNames)[number])}`)
  console.log('building the site, if something has changed …')
  if (tool('turbo', ['run', 'build', '--filter=@interlock/docs', '--output-logs=errors-only'])) return vitest(args)
  console.error('The site could not be built.')
  return { passed: 0, failed: 1 }
}

let tally: Tally = { passed: 0, failed: 1 }
try {
  const options = readOptions()
  if (options.help) console.log(HELP)
  else tally = run(options)
  if (!options.help) console.log(`\n${tally.passed} passed, ${tally.failed} failed`)
  process.exitCode = options.help || tally.failed === 0 ? 0 : 1
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = error instanceof UsageError ? 2 : 1
  if (process.exitCode === 1) console.log(`\n${tally.passed} passed, ${tally.failed} failed`)
}
