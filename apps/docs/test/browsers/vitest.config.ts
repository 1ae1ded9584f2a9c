import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** The built site in real browsers. `npm run test:docs` builds it first. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['*.test.ts'],
    // One browser at a time: there are two processors, and each page is to have one.
    fileParallelism: false,
    maxConcurrency: 4,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
