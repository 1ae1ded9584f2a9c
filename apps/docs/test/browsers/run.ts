/**
 * `npm run test:docs`: builds the site, looks at it in real Chromium and Firefox, and ends with the line `N passed, N failed`.
 * It needs nothing but `npm ci` and the two browsers.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { browserNames, findBrowser } from '../../../../scripts/browsers/index.ts'
import { type Tally, tool, vitest } from '../../../../scripts/tools.ts'

const HELP = `Builds the site if something has changed, and tests it in this machine's Chromium and Firefox.

  npm run test:docs                       everything
  npm run test:docs -- --only firefox     one browser
  npm run test:docs -- demos              the test files whose path contains one of the words
  npm run test:docs -- -t semaphore       the tests whose name matches
  npm run test:docs -- --help             this`

const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))

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

function run({ args, browsers }: Options): Tally {
  for (const name of browsers) console.log(`${name}: ${findBrowser(name as (typeof browserNames)[number])}`)
  console.log('building the site, if something has changed …')
  if (tool('turbo', ['run', 'build', '--filter=@interlock/docs', '--output-logs=errors-only']))
    return vitest(['--config', config, '--reporter=verbose', ...args])
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
