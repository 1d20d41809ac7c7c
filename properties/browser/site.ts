/** The built site, served with its policy, and a browser to open it in. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { policy } from '../../docs/.vitepress/policy.ts'

export const built = fileURLToPath(new URL('../../docs/.vitepress/dist', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.woff2': 'font/woff2',
}

export interface Served {
  readonly url: string
  readonly close: () => void
}

/** A static server on a free port of this machine. `more` are files that are not in the folder, `headers` are sent with all. */
export const serve = async (folder: string = built, { csp = policy, more = {}, headers = {} }: { readonly csp?: string; readonly more?: Readonly<Record<string, string>>; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<Served> => {
  if (!existsSync(join(folder, 'playground.html'))) throw new Error(`${folder}: expected the built site; run npm run docs:build`)
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
    const name = path.endsWith('/') ? `${path}index.html` : path
    const file = join(folder, name)
    const text = more[name]
    if (text === undefined && (name.includes('..') || !existsSync(file) || !statSync(file).isFile())) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream', 'content-security-policy': csp, ...headers })
    response.end(text ?? readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, close: () => { server.close() } }
}

const executablePath = process.env['PHIFOLD_CHROMIUM'] ?? '/usr/bin/chromium'

export const launch = async (): Promise<Browser> => {
  if (!existsSync(executablePath)) throw new Error(`${executablePath}: expected Chromium; apt-get install chromium, or name it in PHIFOLD_CHROMIUM`)
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/** What a page must not do: errors on the console, violations of its policy, requests to anywhere else. */
export interface Watched {
  readonly page: Page
  readonly context: BrowserContext
  readonly complaints: readonly string[]
}

export const open = async (browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`) })
  page.on('pageerror', ({ message }) => { complaints.push(`uncaught: ${message}`) })
  page.on('request', (request) => { if (!/^(http:\/\/localhost:|data:|blob:)/.test(request.url())) complaints.push(`request: ${request.url()}`) })
  await page.goto(url)
  return { page, context, complaints }
}
