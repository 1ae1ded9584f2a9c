/** `[text](repo:packages/core/src/lock/index.ts)` leads to the file itself, which the site carries along, so that it can be read offline. */
import { copyFileSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import { idOf, pages, readPage, root } from './pages.ts'
import { type Plugin, replaceNodes } from './tree-nodes.ts'

const linked = new Set<string>()

export const addressOfSource = (file: string): string => {
  const entry = statSync(join(root, file), { throwIfNoEntry: false })
  if (!entry?.isFile()) throw new Error(`repo:${file} is no file`)
  linked.add(file)
  return `/source/${file}.txt`
}

export const sourceLinks: Plugin = () => (tree, file) => {
  replaceNodes(tree, (node) => {
    if (node.type !== 'link' || !node.url?.startsWith('repo:')) return undefined
    try {
      node.url = addressOfSource(node.url.slice('repo:'.length))
    } catch (error) {
      throw new Error(`${idOf(file)}: ${(error as Error).message}`, { cause: error })
    }
    return undefined
  })
}

/** All pages are looked at again: what came out of the build's cache was not seen by the plugin. */
export function carrySources(): AstroIntegration {
  return {
    name: 'carry-sources',
    hooks: {
      'astro:build:done': ({ dir }) => {
        for (const page of pages()) {
          for (const [, file] of readPage(page).body.matchAll(/\]\(repo:([^)\s]+)\)/g)) if (file) linked.add(file)
        }
        for (const file of linked) {
          const to = join(fileURLToPath(dir), 'source', `${file}.txt`)
          mkdirSync(dirname(to), { recursive: true })
          copyFileSync(join(root, file), to)
        }
      },
    },
  }
}
