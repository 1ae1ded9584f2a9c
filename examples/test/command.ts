/** Runs a program of the examples as its users do: a process of its own, with its output piped. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once stdout has a line that matches, with all that it said so far. */
  printed(pattern: RegExp): Promise<string>
}

interface Options {
  env?: NodeJS.ProcessEnv
  /** Loaded before the program. */
  preload?: string
}

/** `program` is a path beneath examples/. */
export function start(program: string, args: string[] = [], { env = {}, preload }: Options = {}): Running {
  const { NO_COLOR: _, FORCE_COLOR: __, NODE_OPTIONS: ___, CI: ____, ...inherited } = process.env
  const child = spawn(
    process.execPath,
    [
      '--conditions=@interlock/source',
      ...(preload === undefined ? [] : ['--import', join(import.meta.dirname, preload)]),
      join(import.meta.dirname, '..', program),
      ...args,
    ],
    { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))

  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })

  async function printed(pattern: RegExp): Promise<string> {
    return await new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stdout)) resolve(stdout)
      }
      child.stdout.on('data', look)
      child.on('close', () => reject(new Error(`it ended and never printed ${pattern}:\n${stdout}${stderr}`)))
      look()
    })
  }

  return { child, ended, printed }
}

export async function run(program: string, args: string[] = [], options: Options = {}): Promise<Ended> {
  return await start(program, args, options).ended
}

/** What a scenario printed, without the times and what the tour says round it: the lines that start with a time. */
export function scenarioLines(stdout: string): string[] {
  return stripVTControlCharacters(stdout)
    .split('\n')
    .flatMap((line) => /^ *[\d.]+ s {2}(.*)$/.exec(line)?.[1] ?? [])
}
