/**
 * `npm run test:explore`: plays every order of what the packages explore, within large bounds. (`npm test` does the same within small ones.)
 * Each packages/<name>/test/explore.ts is a program: it prints how many orders it has run, and exits 1 if one of them breaks something.
 *
 *   npm run test:explore                  all
 *   npm run test:explore -- core          the packages whose name contains one of the words
 *   npm run test:explore -- core --help   what follows an option goes to the programs
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const args = process.argv.slice(2)
const firstOption = args.findIndex((arg) => arg.startsWith('-'))
const words = firstOption === -1 ? args : args.slice(0, firstOption)
const options = firstOption === -1 ? [] : args.slice(firstOption)

if (words.length === 0 && options.some((option) => option === '--help' || option === '-h')) {
  console.log(`npm run test:explore                  every package's exploration, within large bounds
npm run test:explore -- core          those of the packages whose name contains one of the words
npm run test:explore -- core --help   what one of them can be told`)
  process.exit(0)
}

const programs = globSync('packages/*/test/explore.ts', { cwd: root })
  .toSorted()
  .map((file) => ({ file, name: file.split(sep)[1] as string }))
const chosen = programs.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
if (chosen.length === 0) {
  console.error(
    `No package that explores has ${words.join(' or ')} in its name. There are: ${programs.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}

const failed: string[] = []
for (const { name, file } of chosen) {
  console.log(`── ${name}`)
  const begin = performance.now()
  const { status, signal } = spawnSync(
    process.execPath,
    ['--conditions=@interlock/source', join(root, file), ...options],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  // Ctrl-C ends the whole, not only the program that runs.
  if (signal !== null) process.exit(130)
  if (status !== 0) failed.push(name)
  console.log(
    `── ${name}: ${status === 0 ? 'passed' : 'FAILED'} (${((performance.now() - begin) / 1000).toFixed(1)} s)\n`,
  )
}
console.log(failed.length === 0 ? `${chosen.length} explored, none failed` : `failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
