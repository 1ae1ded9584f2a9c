/** Each page as Markdown beside its HTML (`core/lock/index.md`), and `llms.txt`: the list of them, and all of them in one. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'
import { addressOf, pages, readPage, type Source } from './pages.ts'
import { rootFrom } from './portable.ts'
import { faults } from './tree-nodes.ts'

const summary =
  "asyncio's synchronization primitives, tasks and context variables in TypeScript: one contract, from the tasks of one thread to the threads of a process."

/** The page's own text, with links that lead from `file` to the Markdown of other pages. */
export function textOf(page: Source, file: string): string {
  const { data, body } = readPage(page)
  const up = rootFrom(file)
  const links = body
    .replaceAll(/\]\(\/([^)#\s]*?)(#[^)\s]*)?\)/g, (_, path: string, anchor = '') => `](${up}${path}index.md${anchor})`)
    .replaceAll(/\]\(repo:([^)\s]+)\)/g, (_, path: string) => `](${up}source/${path}.txt)`)
  const lead = data['description'] === undefined ? '' : `${data['description']}\n\n`
  return `# ${data['title'] ?? page.id}\n\n${lead}${links.replaceAll(/^(?:import .*|<\/?(?:interlock-|div|figure).*)\n+/gm, '').trim()}\n`
}

export function textVersions(): AstroIntegration {
  return {
    name: 'text-versions',
    hooks: {
      'astro:build:done': ({ dir, logger }) => {
        if (faults.length > 0) throw new Error(faults.join('\n'))
        const folder = fileURLToPath(dir)
        const all = pages().filter(({ file }) => file.endsWith('.md'))
        const lines: string[] = [`# Interlock\n\n> ${summary}\n`]
        const whole: string[] = [`# Interlock\n\n> ${summary}\n`]
        let group = ''
        for (const page of all) {
          const file = `${addressOf(page.id).slice(1)}index.md`
          mkdirSync(dirname(join(folder, file)), { recursive: true })
          writeFileSync(join(folder, file), textOf(page, file))
          if (page.language !== 'en') continue
          const { title = page.id, description = '' } = readPage(page).data
          const first = page.id.split('/')[0] ?? ''
          if (first !== group) lines.push(`\n## ${first}\n`)
          group = first
          lines.push(`- [${title}](${file})${description === '' ? '' : `: ${description}`}`)
          if (!page.generated) whole.push(textOf(page, 'llms-full.txt'))
        }
        writeFileSync(join(folder, 'llms.txt'), `${lines.join('\n')}\n`)
        writeFileSync(join(folder, 'llms-full.txt'), whole.join('\n\n'))
        logger.info(`${all.length} pages as Markdown, llms.txt, llms-full.txt`)
      },
    },
  }
}
