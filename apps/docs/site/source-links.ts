/** `[text](repo:packages/core/src/lock/index.ts)` leads to the file itself, which the site carries along, so that it can be read offline. */
import { copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import { pages, readPage, root } from './pages.ts'
import { changing, type Plugin } from './tree-nodes.ts'

const linked = new Set<string>()

export const addressOfSource = (file: string): string => {
  const entry = statSync(join(root, file), { throwIfNoEntry: false })
  if (entry === undefined) throw new Error(`repo:${file} is not in the repository`)
  linked.add(file)
  return `/source/${file}.txt`
}

export const sourceLinks: Plugin = changing((node) => {
  if (node.type === 'link' && node.url?.startsWith('repo:')) node.url = addressOfSource(node.url.slice('repo:'.length))
  return undefined
})

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
          // Of a folder, what is in it.
          if (statSync(join(root, file)).isDirectory())
            writeFileSync(to, `${readdirSync(join(root, file)).join('\n')}\n`)
          else copyFileSync(join(root, file), to)
        }
      },
    },
  }
}
