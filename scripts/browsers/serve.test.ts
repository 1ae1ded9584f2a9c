import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serve } from './serve.ts'

function site(): string {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-site-'))
  mkdirSync(join(folder, 'site/lock'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'site/index.html'), 'start')
  writeFileSync(join(folder, 'site/lock/index.html'), 'lock')
  writeFileSync(join(folder, 'site/lock/a b.js'), 'export {}')
  return join(folder, 'site')
}

test('files, folders and what is missing', async () => {
  const missing: string[] = []
  await using host = await serve(site(), { at: '/docs/', onMissing: (path) => missing.push(path) })
  const get = (path: string) => fetch(host.url + path, { redirect: 'manual' })
  expect(await (await get('')).text()).toBe('start')
  expect(await (await get('lock/')).text()).toBe('lock')
  const script = await get('lock/a%20b.js')
  expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8'])
  const folder = await get('lock')
  expect([folder.status, folder.headers.get('location')]).toEqual([301, '/docs/lock/'])
  expect((await get('none/')).status).toBe(404)
  expect((await fetch(new URL('/', host.url))).status).toBe(404)
  expect((await get('lock/index.html/')).status).toBe(404)
  expect((await get('%ff')).status).toBe(400)
  expect((await fetch(host.url, { method: 'POST' })).status).toBe(405)
  expect(missing).toEqual(['/docs/none/', '/', '/docs/lock/index.html/'])
})

test('nothing outside the folder', async () => {
  await using host = await serve(site())
  expect((await fetch(`${host.url}%2e%2e%2fsecret.txt`)).status).toBe(404)
  expect((await fetch(`${host.url}..%2fsecret.txt`)).status).toBe(404)
})

test('isolated only when told', async () => {
  const folder = site()
  await using plain = await serve(folder)
  await using isolated = await serve(folder, { isolated: true })
  const policy = async (url: string) => (await fetch(url)).headers.get('cross-origin-embedder-policy')
  expect(await policy(plain.url)).toBe(null)
  expect(await policy(isolated.url)).toBe('require-corp')
})

test('wrong options', async () => {
  await expect(serve(join(site(), 'none'))).rejects.toThrow(/No folder .*none to serve/)
  await expect(serve(site(), { at: 'docs' })).rejects.toThrow('at must begin and end with a slash, got docs')
  await using host = await serve(site())
  await expect(serve(site(), { port: Number(new URL(host.url).port) })).rejects.toThrow('EADDRINUSE')
})
