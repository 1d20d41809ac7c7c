/**
 * How fast the playground is, in headless Chromium from the local build: `npm run bench:site` after `npm run docs:build`. The files are served as
 * a static host does: compressed beforehand, so that the server takes next to nothing of the machine.
 *
 * Paint: from the start of the navigation until the first chart of EP over BPTT has been painted, and what the browser calls first and largest
 * contentful paint; fresh profile each time, nothing cached; and the processor time until then of the page's main thread, and of all of Chromium's
 * processes together, the page's workers among them, which the load of the machine hardly changes: alone on a machine, no paint comes later than their sum.
 * Frames: times between animation frames while the toy network is played, and the processor time of the main thread for each.
 * Answer: from a key on the slider of β until the new charts stand. Agreement is not this bench's affair: npm run test:browser asserts it.
 * Cannot see: networks, other machines, a screen; frames are those of a headless compositor at 60 per second.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import os from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'

const built = fileURLToPath(new URL('../docs/.vitepress/dist', import.meta.url))
if (!existsSync(join(built, 'playground.html'))) {
  console.error(`${built}: expected the built site; run npm run docs:build`)
  process.exit(2)
}
const runs = 10
const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))]
const line = (name, values, unit = 'ms') => {
  process.stdout.write(`${name.padEnd(28)} median ${quantile(values, 0.5).toFixed(1)} ${unit}, least ${Math.min(...values).toFixed(1)}, most ${Math.max(...values).toFixed(1)} (${values.length})\n`)
}

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.json': 'application/json' }
const packed = new Map()
/** The file, compressed when it is first asked for. */
const fileOf = (name) => {
  const path = join(built, name)
  if (!packed.has(name) && existsSync(path) && statSync(path).isFile()) packed.set(name, gzipSync(readFileSync(path)))
  return packed.get(name)
}
const server = createServer((request, response) => {
  const name = decodeURIComponent(new URL(request.url, 'http://localhost').pathname)
  const body = name.includes('..') ? undefined : fileOf(name)
  if (body === undefined) response.writeHead(404).end()
  else response.writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream', 'content-encoding': 'gzip', 'content-length': body.length }).end(body)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const playground = `http://localhost:${server.address().port}/playground.html`
const browser = await chromium.launch({
  executablePath: process.env.PHIFOLD_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
process.stdout.write(`${os.cpus()[0]?.model ?? 'unknown processor'}, ${os.cpus().length} cores; Chromium ${browser.version()}; load ${os.loadavg()[0].toFixed(1)}\n`)

/** When the first chart has been painted, by the page's own clock. */
const watch = () => {
  globalThis.painted = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (document.querySelector('.panels .picture svg') === null) return
      observer.disconnect()
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())))
    }).observe(document, { childList: true, subtree: true })
  })
}

/** Seconds of processor time of all processes of the browser. */
const control = await browser.newBrowserCDPSession()
const spent = async () => (await control.send('SystemInfo.getProcessInfo')).processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0)

const [charts, first, largest, busy, whole] = [[], [], [], [], []]
// The first visit is not counted: the server has nothing compressed yet.
for (let run = -1; run < runs; run++) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.addInitScript(watch)
  const before = await spent()
  await page.goto(playground)
  const chart = await page.evaluate(() => globalThis.painted)
  const used = 1000 * (await spent() - before)
  const { metrics } = await session.send('Performance.getMetrics')
  const paints = await page.evaluate(() => new Promise((resolve) => {
    new PerformanceObserver((list) => { resolve([performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN, list.getEntries().at(-1)?.startTime ?? NaN]) })
      .observe({ type: 'largest-contentful-paint', buffered: true })
  }))
  if (run >= 0) {
    charts.push(chart)
    whole.push(used)
    busy.push(1000 * metrics.find(({ name }) => name === 'TaskDuration').value)
    first.push(paints[0])
    largest.push(paints[1])
  }
  await context.close()
}
line('first contentful paint', first)
line('largest contentful paint', largest)
line('first chart painted', charts)
line('main thread until then', busy)
line('all processes until then', whole)

const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
const page = await context.newPage()
await page.goto(playground)
await page.locator('.verdict:not(.pending)').waitFor()
await page.getByRole('button', { name: 'Play' }).waitFor()
const session = await context.newCDPSession(page)
await session.send('Performance.enable', { timeDomain: 'threadTicks' })
const taken = async () => 1000 * (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value
const atFirst = await taken()
const frames = await page.evaluate(() => new Promise((resolve) => {
  const button = document.querySelector('.play')
  button.click()
  const times = []
  const tick = (now) => {
    times.push(now)
    if (button.textContent === 'Pause') requestAnimationFrame(tick)
    else resolve(times.slice(1).map((time, i) => time - times[i]))
  }
  requestAnimationFrame(() => requestAnimationFrame(tick))
}))
const perFrame = (await taken() - atFirst) / frames.length
line('between frames, playing', frames)
process.stdout.write(`${''.padEnd(28)} ${(1000 * frames.length / frames.reduce((a, b) => a + b, 0)).toFixed(1)} frames a second; ${frames.filter((time) => time > 25).length} of ${frames.length} late; the main thread works ${perFrame.toFixed(1)} ms of the 16.7 ms between two\n`)

// The slider of β is on where EP is nudged by it.
await page.goto(`${playground}?estimator=ep`)
await page.locator('.verdict:not(.pending)').waitFor()
const answers = []
for (let run = 0; run < runs; run++) {
  answers.push(await page.evaluate((right) => new Promise((resolve) => {
    const slider = document.querySelector('[name=beta]')
    const picture = document.querySelector('.panels')
    const started = performance.now()
    new MutationObserver((_, observer) => {
      observer.disconnect()
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)))
    }).observe(picture, { childList: true, subtree: true, characterData: true })
    slider.value = String(Number(slider.value) + (right ? 1 : -1))
    slider.dispatchEvent(new Event('input', { bubbles: true }))
  }), run % 2 === 0))
}
line('from slider to charts', answers)
const scripts = [...packed].filter(([name]) => name.endsWith('.js'))
process.stdout.write(`${'scripts, compressed'.padEnd(28)} ${(scripts.reduce((sum, [, body]) => sum + body.length, 0) / 1000).toFixed(1)} kB in ${scripts.length} files, those fetched ahead for other pages among them\n`)
await browser.close()
process.exit(0)
