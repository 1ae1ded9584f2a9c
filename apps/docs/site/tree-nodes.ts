/** As much of Markdown's tree as our plugins look at. */
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

/** Calls `change` on every node below `tree`; what it answers takes the node's place. */
export function replaceNodes(tree: Node, change: (node: Node) => Node | undefined): void {
  tree.children = tree.children?.map((node) => {
    const other = change(node)
    if (other !== undefined) return other
    replaceNodes(node, change)
    return node
  }) as Node[]
  if (tree.children === undefined) delete tree.children
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

export function box(className: string, children: Node[]): Node {
  return { type: 'box', data: { hName: 'div', hProperties: { class: className } }, children }
}

export const html = (value: string): Node => ({ type: 'html', value })
