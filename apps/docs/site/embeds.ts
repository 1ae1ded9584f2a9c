/** What a page embeds by an HTML line of its own: a live demo, the table of a class's members, charts. */
import { demoKinds } from '../src/demos/kinds.ts'
import { idOf } from './pages.ts'
import { escapeHtml, html, type Plugin, replaceNodes } from './tree-nodes.ts'

const words = {
  en: 'This demo needs JavaScript: it runs the library itself, here in the page.',
  ru: 'Демонстрации нужен JavaScript: она запускает саму библиотеку прямо на странице.',
}

export function embed(line: string, language: 'en' | 'ru'): string | undefined {
  const [, name, attributes = ''] = /^<(interlock-[a-z]+)((?:\s+[a-z]+="[^"]*")*)\s*><\/\1>$/.exec(line.trim()) ?? []
  if (name === undefined) return undefined
  const given = Object.fromEntries(
    [...attributes.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  )
  if (name !== 'interlock-demo') return undefined
  const { kind = '' } = given
  if (!(demoKinds as readonly string[]).includes(kind))
    throw new Error(`no demo of the kind ${kind}: ${demoKinds.join(', ')}`)
  return `<interlock-demo class="not-content" kind="${escapeHtml(kind)}"><noscript><p>${words[language]}</p></noscript></interlock-demo>`
}

export const embeds: Plugin = () => (tree, file) => {
  const id = idOf(file)
  replaceNodes(tree, (node) => {
    // Both tags in one line are a paragraph to Markdown.
    const tags = node.type === 'paragraph' ? (node.children ?? []) : [node]
    if (!tags.every(({ type }) => type === 'html') || !tags[0]?.value?.startsWith('<interlock-')) return undefined
    try {
      const drawn = embed(tags.map(({ value }) => value).join(''), id.startsWith('ru') ? 'ru' : 'en')
      return drawn === undefined ? undefined : html(drawn)
    } catch (error) {
      throw new Error(`${id}: ${(error as Error).message}`, { cause: error })
    }
  })
}
