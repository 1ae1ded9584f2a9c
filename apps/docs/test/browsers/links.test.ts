import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { demoKinds } from '../../src/demos/kinds.ts'
import { addresses, dist, htmlOf, withDemo } from './site.ts'

const ids = new Map<string, Set<string>>()

function idsOf(file: string): Set<string> {
  const known = ids.get(file)
  if (known !== undefined) return known
  const found = new Set(
    [...readFileSync(join(dist, file), 'utf8').matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id ?? ''),
  )
  ids.set(file, found)
  return found
}

/** Every address in `html`, but those of other sites and of programs. */
function linksOf(html: string): string[] {
  const prose = html.replaceAll(/<script\b[^>]*>.*?<\/script>/gs, '')
  return [...prose.matchAll(/\s(?:href|src)="([^"]*)"/g)]
    .map(([, link]) => (link ?? '').replaceAll('&amp;', '&').replaceAll('&#38;', '&'))
    .filter((link) => !/^[a-z][a-z+.-]*:/i.test(link))
}

function broken(address: string, link: string): string | undefined {
  const [path = '', anchor = ''] = link.split('#')
  if (path.startsWith('/')) return 'is not relative'
  const target = path === '' ? address : posix.join(address, decodeURI(path))
  if (target.startsWith('..')) return 'leaves the site'
  const file = target === '' || target === './' || target.endsWith('/') ? posix.join(target, 'index.html') : target
  if (!existsSync(join(dist, file))) return `leads nowhere: ${file}`
  // A program in the address of the playground is no anchor.
  if (anchor === '' || anchor === '_top' || /(^|\/)playground\/index\.html$/.test(file)) return undefined
  return idsOf(file).has(decodeURIComponent(anchor)) ? undefined : `has no anchor in ${file}`
}

test.each(addresses)('no broken link in /%s', (address) => {
  const links = linksOf(htmlOf(address))
  expect(links.length).toBeGreaterThan(5)
  expect(links.map((link) => [link, broken(address, link)]).filter(([, fault]) => fault !== undefined)).toEqual([])
})

test('nothing in a script or a style sheet names a folder of the host', () => {
  for (const file of globSync('_astro/*.{js,css}', { cwd: dist }).filter((name) => !name.includes('typescript'))) {
    const text = readFileSync(join(dist, file), 'utf8')
    expect([file, /["'`(]\/(?:_astro|pagefind|core|ru)\//.exec(text)?.[0]]).toEqual([file, undefined])
  }
})

describe('text versions', () => {
  const texts = globSync('**/*.md', { cwd: dist })

  test('every page that links to one has it', () => {
    for (const address of addresses) {
      const link = /<link rel="alternate" type="text\/markdown" href="([^"]*)"/.exec(htmlOf(address))?.[1]
      if (link !== undefined) expect([address, broken(address, link)]).toEqual([address, undefined])
    }
    expect(texts.length).toBeGreaterThan(40)
  })

  test.each(['llms.txt', 'llms-full.txt', ...texts])('no broken link in %s', (file) => {
    const prose = readFileSync(join(dist, file), 'utf8')
      .replaceAll(/^(`{3,}).*?^\1/gms, '')
      .replaceAll(/`[^`\n]*`/g, '')
    const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link ?? '')
      .filter((link) => !/^[a-z]+:/.test(link))
    const wrong = links.filter((link) => {
      const path = link.split('#')[0] ?? ''
      return path !== '' && (path.startsWith('/') || !existsSync(join(dist, dirname(file), path)))
    })
    expect(wrong).toEqual([])
  })

  test('llms.txt lists every English page', () => {
    const list = readFileSync(join(dist, 'llms.txt'), 'utf8')
    for (const address of addresses.filter(
      (name) => !name.startsWith('ru/') && existsSync(join(dist, name, 'index.md')),
    ))
      expect(list).toContain(`](${address}index.md)`)
  })
})

test.each(demoKinds)('the demo %s is in a page of each language', (kind) => {
  const pages = withDemo(kind)
  expect(pages.some((address) => address.startsWith('ru/'))).toBe(true)
  expect(pages.some((address) => !address.startsWith('ru/'))).toBe(true)
})
