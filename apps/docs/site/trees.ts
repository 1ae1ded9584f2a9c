/**
 * A fence of the language `tree` becomes a picture: a decision tree that grows to the right, drawn by the style sheet from a nested list,
 * so that it can be read aloud, searched and clicked.
 */
import { changing, escapeHtml, html, type Plugin } from './tree-nodes.ts'

export interface Branch {
  /** The answer that leads here. */
  readonly answer: string
  readonly text: string
  readonly link: string
  readonly branches: Branch[]
}

/** One node a line, two spaces a level: `answer -> text /link/`. */
export function parseTree(source: string): Branch[] {
  const top: Branch[] = []
  const path: Branch[][] = [top]
  source.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const [, indent = '', rest = ''] = /^( *)(.*?)\s*$/.exec(line) ?? []
    const depth = indent.length / 2
    const siblings = path[depth]
    if (!Number.isInteger(depth) || siblings === undefined)
      throw new Error(`line ${index + 1} of a tree is indented by ${indent.length}: two spaces a level`)
    const [before, after] = rest.split(' -> ')
    const [, text = '', link = ''] = /^(.*?)(?:\s+(\/\S*\/(?:#\S*)?))?$/.exec(after ?? before ?? '') ?? []
    const branch: Branch = { answer: after === undefined ? '' : (before ?? ''), text, link, branches: [] }
    siblings.push(branch)
    path.length = depth + 1
    path.push(branch.branches)
  })
  return top
}

function draw(branches: readonly Branch[]): string {
  const items = branches.map(({ answer, text, link, branches: further }) => {
    const words = escapeHtml(text)
    const label = link === '' ? words : `<a href="${escapeHtml(link)}">${words}</a>`
    const said = answer === '' ? '' : `<span class="answer">${escapeHtml(answer)}</span>`
    return `<li>${said}<span class="${link === '' ? 'question' : 'choice'}">${label}</span>${draw(further)}</li>`
  })
  return items.length === 0 ? '' : `<ul>${items.join('')}</ul>`
}

export const trees: Plugin = changing((node) =>
  node.type === 'code' && node.lang === 'tree'
    ? html(`<figure class="tree not-content">${draw(parseTree(node.value ?? ''))}</figure>`)
    : undefined,
)
