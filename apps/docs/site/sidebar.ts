/** The sidebar, of the pages that there are. A page's title, in the reader's language, is its entry. */
import { pages, readPage } from './pages.ts'

interface Group {
  readonly label: string
  readonly ru: string
  readonly prefix: string
}

const groups: readonly Group[] = [
  { label: 'Guides', ru: 'Руководства', prefix: 'guides' },
  { label: 'Tasks of one thread', ru: 'Задачи одного потока', prefix: 'core' },
  { label: 'Tasks and cancellation', ru: 'Задачи и отмена', prefix: 'tasks' },
  { label: 'Contexts', ru: 'Контексты', prefix: 'contextvar' },
  { label: 'Threads of a process', ru: 'Потоки процесса', prefix: 'worker' },
  { label: 'A loop of its own', ru: 'Собственный цикл', prefix: 'loop' },
  { label: 'Reference', ru: 'Справочник', prefix: 'reference' },
]

type Item = { slug: string } | { label: string; translations: { ru: string }; link: string }
interface Entry {
  label: string
  translations: { ru: string }
  collapsed?: boolean
  items: Item[]
}

export function sidebar(): Entry[] {
  const all = pages()
    .filter(({ language }) => language === 'en')
    .map((page) => {
      const { order = '', title = '' } = readPage(page).data
      return { id: page.id, title, order: order === '' ? 1000 : Number(order) }
    })
  const filled = groups.map(({ label, ru, prefix }) => ({
    label,
    translations: { ru },
    collapsed: prefix === 'reference',
    items: all
      .filter(({ id }) => id === prefix || id.startsWith(`${prefix}/`))
      // A package's own page comes first.
      .toSorted(
        (a, b) =>
          Number(b.id === prefix) - Number(a.id === prefix) || a.order - b.order || a.title.localeCompare(b.title),
      )
      .map(({ id }) => ({ slug: id })),
  }))
  const proof: Entry = {
    label: 'Try and prove',
    translations: { ru: 'Проба и доказательства' },
    items: all
      .filter(({ id }) => ['playground', 'benchmarks', 'compatibility'].includes(id))
      .map(({ id }) => ({ slug: id })),
  }
  const reference = filled.pop()
  return [...filled, proof, ...(reference ? [reference] : [])].filter(({ items }) => items.length > 0)
}
