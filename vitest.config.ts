import { defineConfig } from 'vitest/config'

// Tests run on the packages' sources, by the same condition that tsc and the tour use.
const conditions = ['@interlock/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        test: {
          name: 'core',
          root: 'packages/core',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', '.doctest/**/*.test.ts'],
          typecheck: { enabled: true, include: ['src/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
        },
      },
      { test: { name: 'examples', root: 'examples', include: ['**/*.test.ts'] } },
      { test: { name: 'benchmarks', root: 'benchmarks', include: ['**/*.test.ts'] } },
    ],
  },
})
