/** Just enough colour to read a program by. */
const tokens =
  /(\/\/.*|\/\*[\s\S]*?\*\/)|(`(?:\\.|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\b(import|from|export|const|let|var|function|async|await|return|for|of|in|if|else|while|do|new|class|extends|try|catch|finally|throw|using|typeof|instanceof|type|interface|as|yield|switch|case|default|break|continue)\b|\b(\d[\d_.]*n?|true|false|null|undefined|this)\b/g

const kinds = ['comment', 'string', 'keyword', 'value'] as const

export function highlight(source: string): (Node | string)[] {
  const parts: (Node | string)[] = []
  let last = 0
  for (const match of source.matchAll(tokens)) {
    const kind = kinds[[1, 2, 3, 4].findIndex((group) => match[group] !== undefined)]
    if (kind === undefined) continue
    parts.push(source.slice(last, match.index))
    const span = document.createElement('span')
    span.className = kind
    span.textContent = match[0]
    parts.push(span)
    last = match.index + match[0].length
  }
  parts.push(source.slice(last))
  return parts
}
