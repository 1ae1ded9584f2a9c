/** What the runtime tests wrote, as a table. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './pages.ts'
import { escapeHtml } from './tree-nodes.ts'

interface Runtime {
  readonly id: string
  readonly kind: string
  readonly version: string
  readonly passed: number
  readonly failed: number
}

interface Results {
  readonly date: string
  readonly platform: string
  readonly packages: readonly {
    readonly name: string
    readonly version: string
    readonly programs: readonly {
      readonly name: string
      readonly cases: readonly { readonly name: string; readonly failed: Readonly<Record<string, unknown>> }[]
    }[]
  }[]
}

/** compatibility.json: what the runtimes did, and apart from it what the browsers did. */
interface Recorded extends Results {
  readonly runtimes: readonly Runtime[]
  readonly browsers?: Results & { readonly browsers: readonly Runtime[] }
}

const words = {
  en: {
    what: 'What is tested',
    all: 'All cases',
    of: 'of',
    failed: 'What failed',
    on: 'Run on',
    none: 'Nothing failed.',
    runtimes: 'Runtimes',
    browsers: 'Browsers',
    variants: { polling: 'no waitAsync' } as Record<string, string>,
  },
  ru: {
    what: 'Что проверяется',
    all: 'Все проверки',
    of: 'из',
    failed: 'Что не прошло',
    on: 'Прогон от',
    none: 'Прошло всё.',
    runtimes: 'Среды исполнения',
    browsers: 'Браузеры',
    variants: { polling: 'без waitAsync' } as Record<string, string>,
  },
}

const names: Record<string, string> = {
  node: 'Node',
  bun: 'Bun',
  deno: 'Deno',
  chromium: 'Chromium',
  firefox: 'Firefox',
}

type Language = keyof typeof words

function draw({ date, platform, packages }: Results, runtimes: readonly Runtime[], language: Language): string {
  const say = words[language]
  const heads = runtimes.map(({ id, kind, version }) => {
    // `firefox, polling`: the browser, and what was taken away from it.
    const variant = id.split(', ')[1]
    const without = variant === undefined ? '' : `<br><small>${escapeHtml(say.variants[variant] ?? variant)}</small>`
    return `<th scope="col">${escapeHtml(names[kind] ?? kind)}<br><small>${escapeHtml(version)}</small>${without}</th>`
  })
  const cell = (passed: number, all: number) =>
    passed === all ? `<td class="met">${passed}</td>` : `<td class="unmet">${passed} ${say.of} ${all}</td>`
  const failures: string[] = []
  const body: string[] = []
  for (const { name, programs } of packages) {
    body.push(
      `<tr class="package"><th scope="rowgroup" colspan="${runtimes.length + 1}">${escapeHtml(name)}</th></tr>`,
      ...programs.map(({ name: program, cases }) => {
        const cells = runtimes.map(({ id }) => cell(cases.filter(({ failed }) => !(id in failed)).length, cases.length))
        for (const { name: title, failed } of cases)
          for (const [id, reason] of Object.entries(failed))
            failures.push(`<li>${escapeHtml(`${id}: ${program}: ${title}: ${String(reason)}`)}</li>`)
        return `<tr><th scope="row" lang="en">${escapeHtml(program)}</th>${cells.join('')}</tr>`
      }),
    )
  }
  const all = runtimes.map(({ passed, failed }) => cell(passed, passed + failed))
  const list =
    failures.length === 0 ? `<p>${say.none}</p>` : `<h3>${say.failed}</h3><ul lang="en">${failures.join('')}</ul>`
  return `<div class="bench-scroll" tabindex="0" role="region" aria-label="${say.what}: ${escapeHtml(runtimes.map(({ id }) => id).join(', '))}"><table class="compatibility"><thead><tr><th scope="col">${say.what}</th>${heads.join('')}</tr></thead><tbody>${body.join('')}<tr class="all"><th scope="row">${say.all}</th>${all.join('')}</tr></tbody></table></div><p>${say.on} ${date}, ${escapeHtml(platform)}.</p>${list}`
}

export function drawCompatibility(language: Language): string {
  const say = words[language]
  const { browsers, ...results } = JSON.parse(readFileSync(join(root, 'compatibility.json'), 'utf8')) as Recorded
  const parts = [`<h2 id="runtimes">${say.runtimes}</h2>`, draw(results, results.runtimes, language)]
  if (browsers !== undefined)
    parts.push(`<h2 id="browsers">${say.browsers}</h2>`, draw(browsers, browsers.browsers, language))
  return parts.join('')
}
