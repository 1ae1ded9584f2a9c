/** `npm run docs`: builds the site if something has changed, serves it on this machine, and says where. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Served, serve } from '../../../scripts/browsers/serve.ts'
import { tool } from '../../../scripts/tools.ts'
import { app } from './pages.ts'

const HELP = `Builds the documentation if something has changed, serves it on this machine, and says where.

  npm run docs                        at port 4321, or the next free one
  npm run docs -- --port 8080         at this port
  npm run docs -- --at /some/place/   in a folder of the host
  npm run docs -- --plain             without the headers of cross-origin isolation, as many hosts do
  npm run docs -- --help              this

npm run docs:dev is for writing: it shows a page anew as it is saved.`

const FIRST = 4321
const ATTEMPTS = 20

/** What is wrong with the command line. Its message is for the user. */
class UsageError extends Error {}

interface Options {
  readonly help: boolean
  readonly port: number | undefined
  readonly at: string
  readonly isolated: boolean
}

function parsed() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string' },
        at: { type: 'string', default: '/' },
        plain: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${HELP}`)
  }
}

function readOptions(): Options {
  const { help, port, at, plain } = parsed()
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535))
    throw new UsageError(`--port: a number from 0 (any free one) to 65535, got ${port}`)
  if (!/^\/(?:.*\/)?$/.test(at)) throw new UsageError(`--at: a folder that begins and ends with a slash, got ${at}`)
  return { help, port: port === undefined ? undefined : Number(port), at, isolated: !plain }
}

function build(): void {
  if (!tool('turbo', ['run', 'build', '--filter=@interlock/docs', '--output-logs=errors-only']))
    throw new Error('The site could not be built: see above.')
}

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EADDRINUSE'

async function begin({ port: told, at, isolated }: Options): Promise<Served> {
  const folder = join(app, 'dist')
  for (let port = told ?? FIRST; ; port++) {
    try {
      return await serve(folder, { at, isolated, port })
    } catch (error) {
      if (!isTaken(error)) throw error
      if (told !== undefined)
        throw new Error(`Port ${told} is taken. Without --port a free one is found.`, { cause: error })
      if (port === FIRST + ATTEMPTS)
        throw new Error(`The ports from ${FIRST} to ${port} are taken. --port 0 takes any free one.`, { cause: error })
    }
  }
}

try {
  const options = readOptions()
  if (options.help) console.log(HELP)
  else {
    build()
    const { url } = await begin(options)
    console.log(`\nThe documentation is at ${url} (in Russian at ${url}ru/). Ctrl-C ends it.`)
  }
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
