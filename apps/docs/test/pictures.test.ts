import { inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { packProgram } from '../site/code.ts'
import { embed } from '../site/embeds.ts'
import { drawLayout } from '../site/layouts.ts'
import { relativePage, relativeSheet } from '../site/portable.ts'
import { parseTree } from '../site/trees.ts'

describe('a tree', () => {
  test('is read by its indents', () => {
    const tree = parseTree(
      'Whom?\n  tasks -> How many? \n    one -> Lock /core/lock/\n  threads -> Worker /worker/#use',
    )
    expect(tree).toEqual([
      {
        answer: '',
        text: 'Whom?',
        link: '',
        branches: [
          {
            answer: 'tasks',
            text: 'How many?',
            link: '',
            branches: [{ answer: 'one', text: 'Lock', link: '/core/lock/', branches: [] }],
          },
          { answer: 'threads', text: 'Worker', link: '/worker/#use', branches: [] },
        ],
      },
    ])
  })

  test('with an odd indent is refused', () => {
    expect(() => parseTree('a\n   b')).toThrow('line 2 of a tree is indented by 3: two spaces a level')
    expect(() => parseTree('a\n    b')).toThrow('line 2')
  })
})

test('a layout has four columns', () => {
  expect(drawLayout('# Lock\n0  4  state  0 free, 1 held', 'en')).toContain('<td>0 free, 1 held</td>')
  expect(() => drawLayout('0  4  state', 'en')).toThrow('four columns')
})

test('a demo that nobody wrote is refused, and anything else is left alone', () => {
  expect(embed('<interlock-demo kind="lock"></interlock-demo>', 'ru')).toContain('JavaScript')
  expect(() => embed('<interlock-demo kind="mutex"></interlock-demo>', 'en')).toThrow('no demo of the kind mutex')
  expect(embed('<em>lock</em>', 'en')).toBe(undefined)
})

test('the address of a program holds the program', () => {
  const code = 'const text = "Блокировка"\n'.repeat(20)
  const packed = packProgram(code)
  expect(packed).toMatch(/^[\w-]+$/)
  expect(inflateRawSync(Buffer.from(packed, 'base64url')).toString()).toBe(code)
})

test('addresses within the site become relative, others stay', () => {
  const html =
    '<a href="/core/lock/#use"><img src="/x.png"><a href="https://a.b/c"><a href="//a.b"><a href="#x"><a href="/">'
  expect(relativePage(html, 'ru/core/lock/index.html')).toBe(
    '<a href="../../../core/lock/#use"><img src="../../../x.png"><a href="https://a.b/c"><a href="//a.b"><a href="#x"><a href="../../../">',
  )
  expect(relativePage('<a href="/ru/">', 'index.html')).toBe('<a href="./ru/">')
  expect(relativeSheet('a{background:url(/_astro/x.woff2)}b{c:url("data:,")}', '_astro/a.css')).toBe(
    'a{background:url(../_astro/x.woff2)}b{c:url("data:,")}',
  )
})
