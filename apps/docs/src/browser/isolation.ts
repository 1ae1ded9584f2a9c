/** Sees to it that the page may share memory. */
import { siteRoot } from './site.ts'

const TRIED = 'interlock-isolation-tried'

/**
 * Answers whether this page is cross-origin isolated. Where the host sent no headers the site's service worker makes up for it: the page is
 * loaded once more, under its control, and the promise is never settled before that.
 */
export async function isolated(): Promise<boolean> {
  if (globalThis.crossOriginIsolated) {
    sessionStorage.removeItem(TRIED)
    return true
  }
  if (!globalThis.isSecureContext || !('serviceWorker' in navigator)) return false
  // Once is enough: a browser that does not isolate the page then will not do so the next time.
  if (sessionStorage.getItem(TRIED) !== null) return false
  sessionStorage.setItem(TRIED, 'yes')
  const { serviceWorker } = navigator
  const controlled = new Promise<void>((resolve) => {
    if (serviceWorker.controller !== null) resolve()
    else serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true })
  })
  try {
    await serviceWorker.register(`${siteRoot()}isolation.js`)
  } catch {
    return false
  }
  await controlled
  location.reload()
  return new Promise(() => undefined)
}
