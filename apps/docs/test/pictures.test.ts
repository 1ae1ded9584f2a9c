import { inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { packProgram } from '../site/code.ts'
import { embed } from '../site/embeds.ts'
import { inRussian } from '../site/figures.ru.ts'
import { drawLayout } from '../site/layouts.ts'
import { relativePage, relativeSheet } from '../site/portable.ts'
import { type Hast, tables } from '../site/tables.ts'
import { parseTree } from '../site/trees.ts'
import { importsOnlyModules } from '../src/playground/modules.ts'

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

test('a program that the playground cannot load is not offered to it', () => {
  expect(importsOnlyModules("import { Lock } from '@interlock/core'\nnew Lock()")).toBe(true)
  expect(importsOnlyModules('1 + 1')).toBe(true)
  expect(importsOnlyModules("import { Lock } from '@interlock/core'\nimport pLimit from 'p-limit'")).toBe(false)
  expect(importsOnlyModules("import {\n  one,\n  other,\n} from 'p-limit'")).toBe(false)
  expect(importsOnlyModules("import 'p-limit'")).toBe(false)
})

test('what the benchmarks say is put together in Russian, and a number is grouped as it is there', () => {
  expect(inRussian('get() of a variable')).toBe('get() переменной')
  expect(inRussian('get() of a variable, ns each')).toBe('get() переменной, нс на каждое')
  expect(inRussian('1e3 abort')).toBe('1e3 прервать')
  expect(inRussian('growth, 10,000 waiters')).toBe('growth, 10\u{A0}000 ожидающих')
  expect(inRussian('effect (interrupts)')).toBe('effect (прерывает)')
  expect(inRussian('p-limit')).toBe('p-limit')
})

describe('a table', () => {
  const cell = (tagName: string, text: string): Hast => ({
    type: 'element',
    tagName,
    children: text === '' ? [] : [{ type: 'text', value: text }],
  })
  const part = (tagName: string, ...children: Hast[]): Hast => ({ type: 'element', tagName, children })
  const table = (heads: string[], row: string[]): Hast =>
    part(
      'table',
      part('thead', part('tr', ...heads.map((text) => cell('th', text)))),
      part('tbody', part('tr', ...row.map((text) => cell('td', text)))),
    )
  const drawn = (node: Hast): string => {
    tables()({ type: 'root', children: [node] })
    const draw = ({ tagName, value, properties, children = [] }: Hast): string =>
      value ??
      `<${tagName}${properties?.['scope'] === undefined ? '' : ' row'}>${children.map((child) => draw(child)).join('')}`
    return draw(node)
  }

  test('without words in its head has none, and its rows are headed', () => {
    expect(drawn(table(['', ''], ['Cost', 'O(1)']))).toBe('<table><tbody><tr><th row>Cost<td>O(1)')
  })

  test('with a head keeps it, but for an empty corner', () => {
    expect(drawn(table(['a', 'b'], ['1', '2']))).toBe('<table><thead><tr><th>a<th>b<tbody><tr><td>1<td>2')
    expect(drawn(table(['', 'b'], ['1', '2']))).toBe('<table><thead><tr><td><th>b<tbody><tr><th row>1<td>2')
  })
})
