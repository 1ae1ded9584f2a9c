// Rows and libraries are found by looking into rows/ and adapters/: a file more there is a row or a library more.
import { readdirSync } from 'node:fs'
import type { Library } from './library.ts'
import type { Row } from './row.ts'

const namesIn = (folder: string): string[] =>
  readdirSync(new URL(`${folder}/`, import.meta.url))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .toSorted((a, b) => a.localeCompare(b))

export async function loadRows(): Promise<Row[]> {
  const modules = await Promise.all(namesIn('rows').map((name) => import(`./rows/${name}.ts`) as Promise<{ row: Row }>))
  return modules.map(({ row }) => row).toSorted((a, b) => a.order - b.order)
}

async function loadAdapter(name: string): Promise<Library[]> {
  const { libraries } = (await import(`./adapters/${name}.ts`)) as { libraries: Library[] }
  return libraries
}

/** Ours first. An adapter that cannot be loaded is told of in `failures`, and the others are measured. */
export async function loadLibraries(): Promise<{ libraries: Library[]; failures: { file: string; reason: string }[] }> {
  const failures: { file: string; reason: string }[] = []
  const loaded = await Promise.all(
    namesIn('adapters').map(async (name) => {
      try {
        return await loadAdapter(name)
      } catch (error) {
        failures.push({ file: `${name}.ts`, reason: error instanceof Error ? error.message : String(error) })
        return []
      }
    }),
  )
  const libraries = loaded.flat()
  return { libraries: [...libraries.filter(isOurs), ...libraries.filter((library) => !isOurs(library))], failures }
}

const isOurs = ({ kind }: Library): boolean => kind === 'ours'

/** One library, with as few of the others as its name allows to tell: a process that measures heap loads no more than it must. */
export async function loadLibrary(name: string): Promise<Library> {
  const likeliest = (adapter: string): number => Number(!name.includes(adapter))
  for (const adapter of namesIn('adapters').toSorted((a, b) => likeliest(a) - likeliest(b))) {
    // oxlint-disable-next-line no-await-in-loop -- stops at the first that has it
    const found = (await loadAdapter(adapter)).find((library) => library.name === name)
    if (found !== undefined) return found
  }
  throw new Error(`no adapter is named ${name}`)
}
