/**
 * A service worker for hosts that cannot send headers: it adds those by which a page becomes cross-origin isolated, and may share memory
 * with its workers. It keeps nothing, changes nothing else, and is registered only by pages that need it.
 */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const { request } = event
  if (new URL(request.url).origin !== self.location.origin) return
  // A browser's own request, which fetch() would refuse.
  if (request.cache === 'only-if-cached' && request.mode !== 'same-origin') return
  event.respondWith(isolated(request))
})

async function isolated(request) {
  const response = await fetch(request)
  // A redirect that the browser wants to see itself, or what must not be looked into.
  if (response.status === 0 || response.type === 'opaqueredirect') return response
  const changed = new Headers(response.headers)
  for (const [name, value] of Object.entries(headers)) changed.set(name, value)
  const { status, statusText } = response
  return new Response(status === 204 || status === 304 ? null : response.body, { status, statusText, headers: changed })
}
