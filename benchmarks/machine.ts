// What the figures were had on, and the versions of all that was measured.
import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import type { Library } from './library.ts'

export interface Machine {
  cpu: string
  cores: number
  memoryGB: number
  platform: string
  node: string
  v8: string
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 1e9),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
  }
}

/** Over the last minute. Above one other busy core, figures are to be doubted. */
export const load = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100

export function versionsOf(libraries: readonly Library[]): Record<string, string> {
  return Object.fromEntries(libraries.map(({ package: name }) => [name, versionOf(name)]))
}

function versionOf(name: string): string {
  const file = findPackageJSON(name, import.meta.url)
  if (file === undefined) return 'unknown'
  return (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version ?? 'unknown'
}
