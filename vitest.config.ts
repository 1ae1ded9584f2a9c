import { defineConfig } from 'vitest/config'

/** `testTimeout`: milliseconds; longer where tests start threads, which takes seconds on a busy machine. */
const ofPackage = (name: string, testTimeout = 5000) => ({
  test: {
    name,
    testTimeout,
    root: `packages/${name}`,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', '.doctest/**/*.test.ts'],
    typecheck: { enabled: true, include: ['src/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
  },
})

// Tests run on the packages' sources, by the same condition that tsc and the tour use.
const conditions = ['@interlock/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      ofPackage('contextvar'),
      ofPackage('core'),
      ofPackage('loop'),
      ofPackage('tasks'),
      ofPackage('worker', 60_000),
      { test: { name: 'examples', root: 'examples', include: ['**/*.test.ts'] } },
      { test: { name: 'docs', root: 'apps/docs', include: ['test/*.test.ts'] } },
      { test: { name: 'scripts', root: 'scripts', include: ['**/*.test.ts'] } },
      { test: { name: 'benchmarks', root: 'benchmarks', include: ['**/*.test.ts'] } },
    ],
  },
})
