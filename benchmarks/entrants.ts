// Who takes part in a row, and why the others do not.
import { floors } from './floors.ts'
import { type Field, isOf, type Library } from './library.ts'
import type { Bench, Line } from './row.ts'

export interface Entrant<Work> {
  library: Library
  work: Work
}

/** Libraries (the floors among them) that offer the work, and lines for those of the field that do not. */
export function entrants<Work>(
  bench: Bench,
  row: string,
  column: string,
  pick: (library: Library) => Work | undefined,
  field: Field = 'primitives',
): { able: Entrant<Work>[]; absent: Line[] } {
  const able: Entrant<Work>[] = []
  const absent: Line[] = []
  for (const library of [...floors, ...bench.libraries]) {
    const work = pick(library)
    if (work !== undefined) able.push({ library, work })
    else if (library.kind !== 'floor' && !library.variant && isOf(field, library)) {
      absent.push({ name: library.name, kind: library.kind, cells: { [column]: { absent: whyAbsent(library, row) } } })
    }
  }
  return { able, absent }
}

/** The library's own words for the row, or for the family of rows that its id starts with. */
export function whyAbsent(library: Library, row: string): string {
  const family = row.split('-')[0] as string
  return library.absent?.[row] ?? library.absent?.[family] ?? 'does not offer this'
}
