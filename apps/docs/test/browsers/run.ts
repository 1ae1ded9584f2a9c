/**
 * `npm run test:docs`: the built site in real Chromium and Firefox, and a last line `N passed, N failed`.
 * `npm run test:docs -- demos` runs the test files whose path contains the word.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { browserNames, findBrowser } from '../../../../scripts/browsers/index.ts'
import { root } from '../../site/pages.ts'

const folder = mkdtempSync(join(tmpdir(), 'interlock-docs-'))
const report = join(folder, 'report.json')

function tool(name: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', name), args, { cwd: root, stdio: 'inherit' })
  if (error) console.error(`${name}: ${error.message}. Has \`npm ci\` been run?`)
  return status === 0
}

try {
  for (const name of browserNames) console.log(`${name}: ${findBrowser(name)}`)
  let passed = 0
  let failed = 0
  if (tool('turbo', ['run', 'build', '--filter=@interlock/docs', '--output-logs=errors-only'])) {
    const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))
    const args = ['run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const ok = tool('vitest', [...args, ...process.argv.slice(2)])
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>
    passed += numPassedTests ?? 0
    failed += numFailedTests ?? 0
    if (!ok && failed === 0) failed++
  } else failed++
  console.log(`\n${passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
