/** Where the site begins, whichever folder of whichever host that is. */
export function siteRoot(): string {
  return document.querySelector<HTMLLinkElement>('link[rel="site-root"]')?.href ?? new URL('/', location.href).href
}

export type Language = 'en' | 'ru'

export function languageOf(place: Element): Language {
  return place.closest('[lang]')?.getAttribute('lang')?.startsWith('ru') ? 'ru' : 'en'
}

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}
