/**
 * Makes the built site portable: every address within it becomes relative, so that it works from any folder of any host. Pages name what
 * they need from the root (`/core/lock/`); here each is rewritten to what it is from the page that holds it (`../../core/lock/`).
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'

/** `file` is from the root of the site, as `core/lock/index.html`. */
export function rootFrom(file: string): string {
  return '../'.repeat(file.split('/').length - 1) || './'
}

const attribute = /(\s(?:href|src|action|poster|content|data-src|xlink:href)=)(["'])\/(?!\/)([^"']*)\2/g
const sheet = /url\((["']?)\/(?!\/)([^)"']*)\1\)/g

export function relativePage(html: string, file: string): string {
  const up = rootFrom(file)
  return html
    .replaceAll(attribute, (_, name: string, quote: string, path: string) => `${name}${quote}${up}${path}${quote}`)
    .replaceAll(sheet, (_, quote: string, path: string) => `url(${quote}${up}${path}${quote})`)
}

export function relativeSheet(css: string, file: string): string {
  return css.replaceAll(sheet, (_, quote: string, path: string) => `url(${quote}${rootFrom(file)}${path}${quote})`)
}

export function portable(): AstroIntegration {
  return {
    name: 'portable',
    hooks: {
      'astro:build:done': ({ dir, logger }) => {
        const folder = fileURLToPath(dir)
        const rewrite = (pattern: string, change: (text: string, file: string) => string) => {
          const files = globSync(pattern, { cwd: folder })
          for (const file of files) {
            const path = join(folder, file)
            writeFileSync(path, change(readFileSync(path, 'utf8'), file.replaceAll('\\', '/')))
          }
          return files.length
        }
        const pages = rewrite('**/*.html', relativePage)
        rewrite('_astro/**/*.css', relativeSheet)
        logger.info(`${pages} pages work from any folder`)
      },
    },
  }
}
