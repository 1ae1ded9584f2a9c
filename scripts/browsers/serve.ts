/** A static host as plain as the plainest: files of a folder, at any path, with the headers of cross-origin isolation or without. */
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, resolve, sep } from 'node:path'

export interface ServeOptions {
  /** Sends what makes a page cross-origin isolated, so that it may share memory with its workers. */
  readonly isolated?: boolean
  /** The folder of the host under which the files appear: `/` unless told. */
  readonly at?: string
  /** Any free one unless told. */
  readonly port?: number
  /** Hears of each request that found no file. */
  readonly onMissing?: (path: string) => void
}

export interface Served extends AsyncDisposable {
  /** Of the folder's own index.html, with a slash at the end. */
  readonly url: string
  close(): Promise<void>
}

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
}

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

type Found = { readonly file: string; readonly size: number } | { readonly folder: true } | undefined

function find(root: string, path: string): Found {
  const file = resolve(root, `.${path}`)
  if (file !== root && !file.startsWith(root + sep)) return undefined
  const entry = statSync(file, { throwIfNoEntry: false })
  if (entry?.isFile()) return path.endsWith('/') ? undefined : { file, size: entry.size }
  if (!entry?.isDirectory()) return undefined
  if (!path.endsWith('/')) return { folder: true }
  const index = join(file, 'index.html')
  const page = statSync(index, { throwIfNoEntry: false })
  return page?.isFile() ? { file: index, size: page.size } : undefined
}

/** Serves `folder` on this machine alone. Rejects when the port is taken. */
export async function serve(folder: string, options: ServeOptions = {}): Promise<Served> {
  const { isolated = false, at = '/', port = 0, onMissing } = options
  const root = resolve(folder)
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`No folder ${root} to serve`)
  if (!at.startsWith('/') || !at.endsWith('/')) throw new TypeError(`at must begin and end with a slash, got ${at}`)

  const server = createServer((request, response) => {
    const headers: Record<string, string> = { 'Cache-Control': 'no-cache', ...(isolated ? isolation : {}) }
    let path: string
    try {
      path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname)
    } catch {
      response.writeHead(400, headers).end()
      return
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { ...headers, Allow: 'GET, HEAD' }).end()
      return
    }
    let status = 200
    let found = path.startsWith(at) ? find(root, path.slice(at.length - 1)) : undefined
    if (found && 'folder' in found) {
      response.writeHead(301, { ...headers, Location: `${encodeURI(path)}/` }).end()
      return
    }
    if (!found) {
      onMissing?.(path)
      status = 404
      found = find(root, '/404.html')
    }
    if (!found || 'folder' in found) {
      response.writeHead(404, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }).end(`Nothing at ${path}\n`)
      return
    }
    response.writeHead(status, {
      ...headers,
      'Content-Type': types[extname(found.file)] ?? 'application/octet-stream',
      'Content-Length': found.size,
    })
    if (request.method === 'HEAD') response.end()
    else createReadStream(found.file).pipe(response)
  })

  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', listening)
  })
  const close = async () => {
    const closed = new Promise<void>((done) => {
      server.close(() => done())
    })
    server.closeAllConnections()
    await closed
  }
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${at}`,
    close,
    [Symbol.asyncDispose]: close,
  }
}
