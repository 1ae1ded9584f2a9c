import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { whyAbsent } from '../entrants.ts'
import { isOf } from '../library.ts'
import type { Cell, Column, Line, Row } from '../row.ts'

export const row: Row = {
  id: 'size',
  title: 'size, minified and gzipped',
  work: "An entry that exports the lock alone, or all there is, bundled and minified by esbuild; gzip level 9. Node's own modules are left out.",
  order: 140,
  async run(bench) {
    const lines = await Promise.all(
      bench.libraries
        .filter((library) => !library.variant && isOf('primitives', library))
        .map(async (library): Promise<Line> => {
          const { name, kind, size } = library
          const cells: Record<string, Cell> = {}
          await Promise.all(
            (['lock', 'all'] as const).map(async (part) => {
              const source = size?.[part]
              if (source === undefined) {
                cells[part] = {
                  absent: library.lock === undefined ? whyAbsent(library, 'lock') : 'too much to be compared',
                }
                return
              }
              const { minified, gzipped } = await bundled(source)
              cells[`${part} minified`] = exactly(minified)
              cells[part] = exactly(gzipped)
            }),
          )
          return { name, kind, cells }
        }),
    )
    const columns: Column[] = [
      { key: 'lock minified', title: 'lock, minified', unit: 'bytes' },
      { key: 'lock', title: 'gzipped', unit: 'bytes', sorts: true },
      { key: 'all minified', title: 'all, minified', unit: 'bytes' },
      { key: 'all', title: 'gzipped', unit: 'bytes' },
    ]
    return [{ key: 'size', title: 'bytes', columns, lines }]
  },
  standings: [
    { label: 'size, Lock alone', table: 'size', column: 'lock', measure: 'value', unit: 'bytes', bar: 1000 },
    { label: 'size, everything', table: 'size', column: 'all', measure: 'value', unit: 'bytes', bar: 4500 },
  ],
}

const exactly = (value: number): Cell => ({ value, low: value, high: value, size: 1, samples: [value] })

async function bundled(source: string): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'node',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  return { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length }
}
