/**
 * Runs one program on one runtime, in a process of its own, and says of each case whether it passed.
 *
 * It believes only what was reported: a case that the plan names and nothing is heard of has failed, as has a program that reports no
 * plan, that is run by another runtime than was asked for, that ends with an error, or that does not end by itself.
 */
import { spawn } from 'node:child_process'

/** A runtime that is installed. */
export interface Host {
  readonly kind: string
  readonly version: string
  readonly command: string
  readonly args: readonly string[]
}

export interface Outcome {
  readonly name: string
  /** Why it failed; undefined when it passed. */
  readonly error?: string
}

export interface Ended {
  /** undefined when its time was up and it was killed. */
  readonly code: number | null | undefined
  readonly stdout: string
  readonly stderr: string
}

export const LOADS = 'is loaded and reports its cases'
export const ENDS = 'ends by itself, without an error'

/** How long a program may take, all its cases together. */
export const PATIENCE_MS = 60_000

interface Options {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly patience?: number
  /** How long a single case may take, in milliseconds: the program's argument. */
  readonly caseLimit?: number
}

export async function runProgram(host: Host, program: string, options: Options = {}): Promise<Outcome[]> {
  const { patience = PATIENCE_MS, caseLimit } = options
  const args = [...host.args, program, ...(caseLimit === undefined ? [] : [String(caseLimit)])]
  return judge(host, await ended(host.command, args, options, patience), patience)
}

const running = new Set<number>()

/** They run in groups of processes of their own, which Ctrl-C does not reach. */
export function endPrograms(): void {
  for (const pid of running) endGroup(pid)
}

function endGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // Ended in the meantime.
  }
}

async function ended(
  command: string,
  args: readonly string[],
  { cwd, env }: Options,
  patience: number,
): Promise<Ended> {
  return await new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...bareEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const { pid } = child
    let late = false
    const timer = setTimeout(() => {
      late = true
      if (pid !== undefined) endGroup(pid)
    }, patience)
    if (pid !== undefined) running.add(pid)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
    const end = (code: number | null, error = ''): void => {
      clearTimeout(timer)
      if (pid !== undefined) running.delete(pid)
      resolve({ code: late ? undefined : code, stdout, stderr: stderr + error })
    }
    child.on('error', (error) => end(null, String(error)))
    child.on('close', (code) => end(code))
  })
}

/** What this process was started with says how Node, npm and colours are to behave: none of it is meant for the program. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(?:node_|npm_|bun_|deno_|force_color$|init_cwd$)/i
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}

export interface Line {
  readonly interlock: 'conformance'
  readonly plan?: readonly string[]
  readonly kind?: string
  readonly version?: string
  readonly case?: string
  readonly error?: string
}

export function judge(host: Pick<Host, 'kind' | 'version'>, run: Ended, patience: number): Outcome[] {
  const lines = linesOf(run.stdout)
  const plan = lines.find((line) => line.plan !== undefined)
  const end = endOf(run, patience)
  if (plan?.plan === undefined) {
    return [{ name: LOADS, error: `It reported nothing. ${end ?? 'It ended without an error.'}` }]
  }
  const asked = `${host.kind} ${host.version}`
  const runBy = `${plan.kind} ${plan.version}`
  const loads = runBy === asked ? { name: LOADS } : { name: LOADS, error: `It was run by ${runBy}, not by ${asked}` }
  const stopped = plan.plan.find((name) => !lines.some((line) => line.case === name))
  const cases = plan.plan.map((name): Outcome => {
    const reports = lines.filter((line) => line.case === name)
    if (reports.length > 1) return { name, error: 'It was reported more than once' }
    const [report] = reports
    if (report === undefined) {
      const why = end ?? 'The process ended, without an error.'
      return { name, error: name === stopped ? `The process got no further. ${why}` : 'Not run' }
    }
    return report.error === undefined ? { name } : { name, error: report.error }
  })
  return [loads, ...cases, end === undefined ? { name: ENDS } : { name: ENDS, error: end }]
}

export function linesOf(stdout: string): Line[] {
  return stdout.split('\n').flatMap((text) => {
    if (!text.startsWith('{"interlock":"conformance"')) return []
    try {
      return [JSON.parse(text) as Line]
    } catch {
      // Cut off: the case that it was about counts as not reported.
      return []
    }
  })
}

/** What was wrong with the end of the process. */
function endOf({ code, stderr }: Ended, patience: number): string | undefined {
  if (code === 0) return undefined
  const said = stderr.trim().split('\n').slice(-15).join('\n')
  const how =
    code === undefined
      ? `It did not end within ${patience / 1000} s and was killed.`
      : `It ended with ${code === null ? 'a signal, or never began' : `exit code ${code}`}.`
  return said === '' ? how : `${how}\n${said}`
}
