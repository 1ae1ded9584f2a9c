/** npm, as a child: the one that started this script, where npm did. */
import { spawn } from 'node:child_process'

/** Resolves with what it printed on stdout; rejects with all that it said when it fails. */
export async function npm(args: readonly string[]): Promise<string> {
  const own = process.env['npm_execpath']
  const isNpm = own !== undefined && own.endsWith('npm-cli.js')
  return await new Promise((resolve, reject) => {
    const child = isNpm
      ? spawn(process.execPath, [own, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn('npm', args, { stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(stdout)
      else reject(new Error(`npm ${args.join(' ')} ended with exit code ${code}:\n${stderr}${stdout}`))
    })
  })
}

/** Installs into a folder that is no part of the repository's own tree, and runs no package's scripts. */
export async function npmInstall(folder: string, what: readonly string[]): Promise<void> {
  await npm([
    'install',
    '--prefix',
    folder,
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--no-package-lock',
    ...what,
  ])
}
