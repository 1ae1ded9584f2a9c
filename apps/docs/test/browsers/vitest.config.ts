import { fileURLToPath } from 'node:url'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'
import { type BrowserName, browserNames } from '../../../../scripts/browsers/index.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** In which the file is run. */
    readonly browser: BrowserName
  }
}

const test = fileURLToPath(new URL('..', import.meta.url))

const inBrowser = (browser: BrowserName): TestProjectConfiguration => ({
  test: {
    name: browser,
    root: test,
    include: ['browsers/*.test.ts'],
    exclude: ['browsers/links.test.ts'],
    provide: { browser },
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})

/** The built site in real browsers, and the files that it is made of. `npm run test:docs` builds it first. */
export default defineConfig({
  test: {
    root: test,
    projects: [
      ...browserNames.map(inBrowser),
      { test: { name: 'files', root: test, include: ['*.test.ts', 'browsers/links.test.ts'] } },
    ],
    // Two files at a time, each with a browser of its own: a page that lies behind another one would not be drawn.
    maxWorkers: 2,
  },
})
