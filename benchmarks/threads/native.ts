// C with pthread and futex, compiled here where there is a `cc`.
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Line } from '../row.ts'
import { spreadOf } from '../statistics.ts'

export type NativeName = 'pthread free' | 'futex free' | 'pthread contended' | 'futex contended' | 'futex hand-off'

let program: string | undefined
let reason: string | undefined

function compiled(): string | undefined {
  if (program !== undefined || reason !== undefined) return program
  try {
    const file = join(mkdtempSync(join(tmpdir(), 'interlock-')), 'native')
    const source = fileURLToPath(new URL('native.c', import.meta.url))
    execFileSync('cc', ['-O2', '-pthread', '-o', file, source], { stdio: ['ignore', 'ignore', 'pipe'] })
    return (program = file)
  } catch {
    reason = 'cc does not compile it here (it wants Linux and a C compiler)'
    return undefined
  }
}

const samples = new Map<string, number[]>()

/** Lines of C for a table: all are measured at the first call, `rounds` times. */
export function nativeLines(names: readonly NativeName[], rounds: number, per = 1): Line[] {
  const file = compiled()
  if (file !== undefined && samples.size === 0) {
    for (let round = 0; round < rounds; round++) {
      for (const line of execFileSync(file, ['1000000'], { encoding: 'utf8' }).trim().split('\n')) {
        const [name = '', figure] = line.split('\t')
        samples.set(name, [...(samples.get(name) ?? []), Number(figure)])
      }
    }
  }
  return names.map((name) => {
    const all = samples.get(name)?.map((sample) => sample / per)
    const cell =
      all === undefined ? { absent: reason ?? 'not measured' } : { ...spreadOf(all), size: per, samples: all }
    return { name: `C, ${name.split(' ')[0]}`, kind: 'floor', cells: { time: cell } }
  })
}
