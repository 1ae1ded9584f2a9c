/** A fence of the language `layout` becomes a picture of memory: a box a field, with its offset, its size and its meaning. */
import { changing, escapeHtml, html, type Language, type Plugin } from './tree-nodes.ts'

const heads = {
  en: ['Offset', 'Bytes', 'Field', 'Meaning'],
  ru: ['Смещение', 'Байты', 'Поле', 'Смысл'],
}

export function drawLayout(source: string, language: Language): string {
  const lines = source.split('\n').filter((line) => line.trim() !== '')
  const title = lines[0]?.startsWith('# ') ? lines.shift()?.slice(2) : undefined
  const rows = lines.map((line) => {
    const cells = line.trim().split(/ {2,}/)
    if (cells.length !== 4) throw new Error(`a layout's line has four columns, apart by two spaces or more: ${line}`)
    return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
  })
  const head = heads[language].map((word) => `<th scope="col">${word}</th>`).join('')
  const caption = title === undefined ? '' : `<figcaption>${escapeHtml(title)}</figcaption>`
  return `<figure class="layout not-content">${caption}<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></figure>`
}

export const layouts: Plugin = changing((node, language) =>
  node.type === 'code' && node.lang === 'layout' ? html(drawLayout(node.value ?? '', language)) : undefined,
)
