/** `npm run docs`: serves the built site on this machine, and says where. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { serve } from '../../../scripts/browsers/serve.ts'
import { app } from './pages.ts'

const usage = `npm run docs                      builds the site if something has changed, and serves it
npm run docs -- --port 8080       at this port (4321 unless told, or the next free one)
npm run docs -- --at /some/place/ in a folder of the host
npm run docs -- --plain           without the headers of cross-origin isolation, as many hosts do`

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    at: { type: 'string', default: '/' },
    plain: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

const FIRST = 4321
const ATTEMPTS = 20

async function begin() {
  const folder = join(app, 'dist')
  if (!statSync(join(folder, 'index.html'), { throwIfNoEntry: false }))
    throw new Error('There is no built site: npm run build')
  const options = { at: values.at, isolated: !values.plain }
  if (values.port !== undefined) return serve(folder, { ...options, port: Number(values.port) })
  for (let port = FIRST; ; port++) {
    try {
      return await serve(folder, { ...options, port })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || port === FIRST + ATTEMPTS) throw error
    }
  }
}

if (values.help) console.log(usage)
else {
  try {
    const { url } = await begin()
    console.log(`The documentation is at ${url} (and ${url}ru/). Ctrl-C ends it.`)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
