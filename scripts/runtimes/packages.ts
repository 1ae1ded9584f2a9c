/**
 * The packages as their users get them: built, packed, and installed from the tarballs into a folder outside of the repository, so that
 * each runtime resolves `exports` and `imports` by its own conditions. The programs lie there as they lie here.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { npm, npmInstall } from './npm.ts'

export interface Program {
  /** Its package's folder in packages/. */
  readonly package: string
  /** Its file's name, without the ending. */
  readonly name: string
  /** From the root. */
  readonly path: string
}

export interface Package {
  readonly folder: string
  readonly name: string
  readonly version: string
  /** Packages of this repository that it needs, by name. */
  readonly needs: readonly string[]
  /** Packages of others that it works with, if they are there: as npm's arguments, in the version that it is tested with. */
  readonly peers: readonly string[]
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}

/** Every package that has a test/runtimes folder has its programs there. */
export const programsIn = (root: string): Program[] =>
  globSync('packages/*/test/runtimes/*.js', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
    .map((path) => ({ package: path.split('/')[1] as string, name: basename(path, '.js'), path }))

/** Those packages of the repository that `programs` test, and those that these need. */
export function packagesOf(root: string, programs: readonly Program[]): Package[] {
  const all = globSync('packages/*/package.json', { cwd: root }).map((path): Package => {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest
    const { name, version } = manifest
    const needs = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
    const peers = Object.keys(manifest.peerDependencies ?? {}).flatMap((peer) => {
      const tested = manifest.devDependencies?.[peer]
      return tested === undefined || peer.startsWith('@interlock/') ? [] : [`${peer}@${tested}`]
    })
    return { folder: basename(join(path, '..')), name, version, needs, peers }
  })
  const wanted = new Set<Package>()
  const want = (entry: Package | undefined): void => {
    if (entry === undefined || wanted.has(entry)) return
    wanted.add(entry)
    for (const name of entry.needs) want(all.find((other) => other.name === name))
  }
  for (const program of programs) want(all.find(({ folder }) => folder === program.package))
  return [...wanted]
}

export function build(root: string, packages: readonly Package[]): void {
  const filters = packages.map(({ name }) => `--filter=${name}`)
  const { status, error, stdout, stderr } = spawnSync(
    join(root, 'node_modules/.bin/turbo'),
    ['run', 'build', '--output-logs=errors-only', ...filters],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
      shell: process.platform === 'win32',
    },
  )
  if (error) throw new Error(`turbo: ${error.message}. Has \`npm ci\` been run?`)
  if (status !== 0) throw new Error(`The build failed:\n${stdout}${stderr}`)
}

/** Fills `folder` with the installed packages and all programs. */
export async function installPacked(root: string, packages: readonly Package[], folder: string): Promise<void> {
  for (const { folder: name } of packages) {
    if (!existsSync(join(root, 'packages', name, 'dist'))) throw new Error(`packages/${name} has not been built`)
  }
  const sources = packages.map((entry) => join(root, 'packages', entry.folder))
  const packed = await npm(['pack', ...sources, '--ignore-scripts', '--json', '--pack-destination', folder])
  const tarballs = (JSON.parse(packed) as { filename: string }[]).map(({ filename }) => join(folder, filename))
  await npmInstall(folder, [...tarballs, ...packages.flatMap(({ peers }) => peers)])
  // Without the dependencies that npm wrote into it: Deno would look for the tarballs.
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const shared = ['conformance.js', 'entries.js'].map((name) => `scripts/runtimes/${name}`)
  const folders = globSync('packages/*/test/runtimes', { cwd: root })
  for (const path of [...shared, ...folders]) cpSync(join(root, path), join(folder, path), { recursive: true })
}
