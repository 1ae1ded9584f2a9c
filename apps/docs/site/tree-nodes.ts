/** As much of Markdown's tree as our plugins look at, and what they have in common. */
import { idOf } from './pages.ts'

export interface Node {
  type: string
  value?: string
  lang?: string | null
  meta?: string | null
  url?: string
  children?: Node[]
  data?: { hName?: string; hProperties?: Record<string, string> }
}

export interface PageFile {
  path?: string | undefined
}

export type Plugin = () => (tree: Node, file: PageFile) => void

export type Language = 'en' | 'ru'

/** What was wrong with pages. Astro goes on without a page that it cannot render; the build must not. */
export const faults: string[] = []

/** Calls `change` on every node below `tree`; what it answers takes the node's place. */
export function replaceNodes(tree: Node, change: (node: Node) => Node | undefined): void {
  if (tree.children === undefined) return
  tree.children = tree.children.map((node) => {
    const other = change(node)
    if (other !== undefined) return other
    replaceNodes(node, change)
    return node
  })
}

/** A plugin that changes nodes, and says of which page it is that something is wrong. */
export function changing(change: (node: Node, language: Language) => Node | undefined): Plugin {
  return () => (tree, file) => {
    const id = idOf(file)
    try {
      replaceNodes(tree, (node) => change(node, id === 'ru' || id.startsWith('ru/') ? 'ru' : 'en'))
    } catch (error) {
      const fault = `${id}: ${(error as Error).message}`
      faults.push(fault)
      throw new Error(fault, { cause: error })
    }
  }
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

export function box(className: string, children: Node[]): Node {
  return { type: 'box', data: { hName: 'div', hProperties: { class: className } }, children }
}

export const html = (value: string): Node => ({ type: 'html', value })
