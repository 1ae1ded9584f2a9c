/** What a page embeds by an HTML line of its own: a live demo, the table of a class's members, charts. */
import { readFileSync } from 'node:fs'
import { demoKinds } from '../src/demos/kinds.ts'
import { drawCharts } from './charts.ts'
import { drawCompatibility } from './compatibility.ts'
import { type Api, apiFile } from './reference-file.ts'
import { changing, escapeHtml, html, type Language, type Plugin } from './tree-nodes.ts'

const words = {
  en: 'This demo needs JavaScript: it runs the library itself, here in the page.',
  ru: 'Демонстрации нужен JavaScript: она запускает саму библиотеку прямо на странице.',
}

const heads = {
  en: { member: 'Member', meaning: 'What it does', all: 'In full, with examples and errors: the reference' },
  ru: {
    member: 'Имя и типы',
    meaning: 'Что делает',
    all: 'Целиком, с примерами и ошибками: справочник (по-английски)',
  },
}

/** Docstrings speak of code in backquotes. */
const inline = (text: string): string => escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')

let api: Api | undefined

/** `of` is `@interlock/core Lock`, or several of them, apart by commas. */
export function drawApi(of: string, language: Language): string {
  api ??= JSON.parse(readFileSync(apiFile, 'utf8')) as Api
  const head = heads[language]
  return of
    .split(',')
    .map((name) => {
      const known = api?.[name.trim()]
      if (known === undefined)
        throw new Error(`no ${name.trim()} in the reference: ${Object.keys(api ?? {}).join(', ')}`)
      const rows = known.members.map(
        ({ signature, summary }) =>
          `<tr><td><code>${escapeHtml(signature)}</code></td><td lang="en">${inline(summary)}</td></tr>`,
      )
      return `<table class="api"><thead><tr><th scope="col">${head.member}</th><th scope="col">${head.meaning}</th></tr></thead><tbody>${rows.join('')}</tbody></table><p class="api-more"><a href="${language === 'ru' ? '/ru' : ''}${known.address}">${head.all}</a></p>`
    })
    .join('')
}

function demo(kind: string, autoplay: string, language: Language): string {
  if (!(demoKinds as readonly string[]).includes(kind))
    throw new Error(`no demo of the kind ${kind}: ${demoKinds.join(', ')}`)
  return `<interlock-demo class="not-content" kind="${escapeHtml(kind)}"${autoplay === '' ? '' : ' autoplay'}><noscript><p>${words[language]}</p></noscript></interlock-demo>`
}

/** What an HTML line of a page becomes, or undefined if it is none of ours. */
export function embed(line: string, language: Language): string | undefined {
  const [, name, attributes = ''] = /^<(interlock-[a-z]+)((?:\s+[a-z]+="[^"]*")*)\s*><\/\1>$/.exec(line.trim()) ?? []
  if (name === undefined) return undefined
  const {
    kind = '',
    of = '',
    rows = 'all',
    autoplay = '',
  } = Object.fromEntries(
    [...attributes.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  ) as Record<string, string>
  switch (name) {
    case 'interlock-demo':
      return demo(kind, autoplay, language)
    case 'interlock-api':
      return drawApi(of, language)
    case 'interlock-playground':
      return `<interlock-playground class="not-content"><noscript><p>${words[language]}</p></noscript></interlock-playground>`
    case 'interlock-bench':
      return drawCharts(rows, language)
    case 'interlock-compatibility':
      return drawCompatibility(language)
    default:
      throw new Error(`nothing is called ${name}`)
  }
}

export const embeds: Plugin = changing((node, language) => {
  // Both tags in one line are a paragraph to Markdown.
  const tags = node.type === 'paragraph' ? (node.children ?? []) : [node]
  if (!tags.every(({ type }) => type === 'html') || !tags[0]?.value?.startsWith('<interlock-')) return undefined
  const drawn = embed(tags.map(({ value }) => value).join(''), language)
  return drawn === undefined ? undefined : html(drawn)
})
