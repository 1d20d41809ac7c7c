/** The playground in Chromium: every control, each broken hypothesis, the numbers against Node's, three views, files, links, keys, motion. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleOf } from '../../docs/.vitepress/playground/answer.ts'
import { choicesOf, queryOf } from '../../docs/.vitepress/playground/model/address.ts'
import { type Choices, chosen, type FieldName, fields, start, stepsOf } from '../../docs/.vitepress/playground/model/choices.ts'
import { courseOf } from '../../docs/.vitepress/playground/model/course.ts'
import { relativeGap } from '../../docs/.vitepress/playground/model/course-charts.ts'
import { read } from '../../docs/.vitepress/playground/model/digit.ts'
import { shown } from '../../docs/.vitepress/playground/model/markup.ts'
import { familyNames, sweepOf } from '../../docs/.vitepress/playground/model/sweep.ts'
import { diagnosed } from '../../docs/.vitepress/playground/model/verdict.ts'
import { policy } from '../../docs/.vitepress/policy.ts'
import { type Mistake, simd64 } from '../../src/index.ts'
import { broken } from './axe.ts'
import { built, launch, open, type Served, serve, type Watched } from './site.ts'

const A = simd64()
const value = <T>(either: E.Either<Mistake | { readonly message: string }, T>): T => {
  if (E.isLeft(either)) throw new Error(either.left.message)
  return either.right
}

/** Small enough to be quick. */
const small: Choices = { ...start, estimator: 'ep', inputs: 3, width: 5, outputs: 2, epsilon: 0.5, T: 2000, K: 40 }

let browser: Browser
let site: Served
beforeAll(async () => {
  browser = await launch()
  site = await serve()
})
afterAll(async () => {
  await browser.close()
  site.close()
})

const ready = { theorem: '.verdict:not(.pending) h2', beta: '.slopes tbody tr:nth-child(4) td:nth-of-type(3):not(:empty)', digit: '.answer:not([data-answer=""])' } as const

/** The playground under these choices, once its view has its numbers. */
const opened = async (choices: Choices, options: BrowserContextOptions = {}, from: Served = site): Promise<Watched> => {
  const watched = await open(browser, `${from.url}playground.html${queryOf(choices)}`, options)
  await watched.page.locator(ready[choices.view]).waitFor()
  return watched
}

const closed = async ({ context, complaints }: Watched): Promise<void> => {
  expect(complaints).toEqual([])
  await context.close()
}

/** The table of gaps, as texts and as numbers. */
const gaps = async (page: Page): Promise<Readonly<Record<string, readonly { readonly text: string; readonly value: number }[]>>> =>
  Object.fromEntries(await page.locator('.gaps tbody tr').evaluateAll((rows) => rows.map((row) => [
    (row as HTMLElement).dataset['quantity'] ?? '', Array.from(row.querySelectorAll('td'), (cell) => ({ text: cell.textContent, value: Number(cell.dataset['value']) })),
  ])))

const now = (page: Page): Choices => choicesOf(new URL(page.url()).search)

describe('numbers', () => {
  test.each([
    ['in the limit', { estimator: 'limit' }],
    ['with the sigmoid', { activation: 'sigm', estimator: 'limit' }],
    ['at β = 0.01', {}],
    ['centered, prototypical, two hidden layers', { estimator: 'centered', setting: 'prototypical', depth: 2 }],
  ] as const)('%s, are those of the library in Node, bit for bit', async (_, change) => {
    const choices = { ...small, ...change }
    const watched = await opened(choices)
    const { panels } = value(courseOf(A, choices))
    expect(await gaps(watched.page)).toEqual(Object.fromEntries([...panels].map((panel) =>
      [panel.name, [panel.worst, panel.scale, relativeGap(panel), panel.rmse].map((each) => ({ text: shown(each), value: each }))])))
    await closed(watched)
  })

  test('of the paper’s toy network stand beside its pictures', async () => {
    const watched = await opened(start)
    const { panels } = value(courseOf(A, start))
    const found = await gaps(watched.page)
    panels.forEach((panel) => { expect(found[panel.name]?.map((cell) => cell.value)).toEqual([panel.worst, panel.scale, relativeGap(panel), panel.rmse]) })
    // Each picture says its gap beside its title.
    for (const panel of panels) expect(await watched.page.locator(`.panels figure[data-quantity=${panel.name}] .gap`).textContent()).toBe(`gap ${shown(relativeGap(panel))}`)
    await closed(watched)
  })

  test('of the errors against β are those of the library in Node, bit for bit, slopes within rounding', async () => {
    const choices = { ...small, view: 'beta', T: 500, K: 10 } as const
    const watched = await opened(choices)
    for (const family of familyNames) {
      const sweep = value(sweepOf(A, choices, family))
      const cells = await watched.page.locator(`.slopes tr[data-family=${family}] td`).evaluateAll((all) => all.map((cell) => (cell as HTMLElement).dataset['value']))
      // A slope is of logarithms, which are the engine's own: each within 2⁻⁵² of 14 decades, over β's a third of a decade apart.
      expect(Math.abs(Number(cells[0]) - (sweep.slope ?? NaN))).toBeLessThan(1e-12)
      expect(cells[2]).toBe(String(Math.min(...sweep.points.map(({ error }) => error))))
    }
    await closed(watched)
  })
})

describe('every control', () => {
  const shownIn = (name: FieldName): Choices['view'] => (name === 'view' ? 'beta' : 'theorem')
  const names = (Object.keys(fields) as FieldName[])

  test.each(names)('%s changes the choices, the address and the outcome', async (name) => {
    const field = fields[name]
    const watched = await opened(small)
    const { page } = watched
    const before = await page.locator('.outcome').innerHTML()
    const control = page.locator(`[name=${name}]`)
    if (name === 'view') {
      await page.getByRole('radio', { name: fields.view.names.beta }).focus()
      await page.keyboard.press('Space')
    } else {
      expect((await control.evaluate((element) => (element as HTMLInputElement).labels?.[0]?.textContent)) ?? '').toContain(field.label)
      await control.focus()
      if (field.kind === 'number') await page.keyboard.press(small[name] === field.values.at(-1) ? 'ArrowLeft' : 'ArrowRight')
      else if (field.kind === 'switch') await page.keyboard.press('Space')
      else await page.keyboard.press(small[name] === Object.keys(field.names).at(-1) ? 'ArrowUp' : 'ArrowDown')
    }
    const at = field.kind === 'number' ? (field.values as readonly number[]).indexOf(small[name] as number) : 0
    const options = field.kind === 'name' ? Object.keys(field.names) : []
    const option = options.indexOf(String(small[name]))
    const next = field.kind === 'number' ? field.values[at + (at === field.values.length - 1 ? -1 : 1)]
      : field.kind === 'switch' ? true
        : options[option + (option === options.length - 1 ? -1 : 1)]
    const expected = chosen(small, name, next as never)
    await expect.poll(() => now(page)).toEqual(expected)
    await expect.poll(() => page.locator('.outcome').innerHTML()).not.toBe(before)
    await page.locator(ready[shownIn(name)]).waitFor()
    await closed(watched)
  })

  test('an address opens the same view, and “Start again” leaves it', async () => {
    const choices: Choices = { ...small, dropped: true, estimator: 'limit', seed: 7 }
    const watched = await opened(choices)
    const { page } = watched
    expect(await page.locator('[name=seed]').evaluate((input) => (input as HTMLInputElement).getAttribute('aria-valuetext'))).toBe('7')
    expect(await page.getByRole('switch', { name: 'Dropped ρ′' }).isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Start again' }).click()
    await expect.poll(() => now(page)).toEqual(start)
    await closed(watched)
  })

  test('what does nothing is switched off and says why', async () => {
    const watched = await opened({ ...small, estimator: 'limit' })
    expect(await watched.page.locator('[name=beta]').isDisabled()).toBe(true)
    expect(await watched.page.locator('#hint-beta').textContent()).toBe('in the limit there is no β')
    await closed(watched)
  })
})

describe('each broken hypothesis', () => {
  test.each([
    ['Asymmetric weights', 'asymmetric', 'H1 is broken', 'Asymmetric'],
    ['Unsettled state', 'unsettled', 'H2 is broken', 'NotSettled'],
    ['Dropped ρ′', 'dropped', 'H1 is broken', 'SlopeMissing'],
    ['Outer nudge', 'outer', 'H1 is broken', 'NudgeOutside'],
  ] as const)('%s is told, with its cause in words, and the curves part', async (label, name, title, cause) => {
    // A smaller step, so that K steps are not enough to settle.
    const choices: Choices = { ...small, estimator: 'limit', epsilon: 0.1, K: 20 }
    const watched = await opened(choices)
    const { page } = watched
    expect(await page.locator('.verdict').getAttribute('class')).toContain('equal')
    const worst = async (): Promise<number> => Math.max(...Object.values(await gaps(page)).map((cells) => cells[2]?.value ?? NaN))
    expect(await worst()).toBeLessThan(1e-11)
    await page.getByRole('switch', { name: label }).check()
    await page.locator('.verdict.broken').waitFor()
    const broken = chosen(choices, name, true)
    const verdict = value(diagnosed(A, broken))
    expect(verdict.cause).toBe(cause)
    expect(await page.locator('.verdict h2').textContent()).toContain(title)
    const text = await page.locator('.verdict').textContent()
    expect(text?.toLowerCase()).toContain(verdict.says.toLowerCase())
    expect(text).toContain(verdict.remedy)
    await expect.poll(worst).toBeGreaterThan(1e-3)
    // And back.
    await page.getByRole('switch', { name: label }).uncheck()
    await page.locator('.verdict.equal').waitFor()
    await closed(watched)
  })

  test('what the library checked is listed with its numbers', async () => {
    const watched = await opened({ ...small, dropped: true })
    const { findings } = value(diagnosed(A, { ...small, dropped: true }))
    expect(await watched.page.locator('.verdict tbody tr').count()).toBe(findings.length)
    expect(await watched.page.locator('.verdict tbody tr.failed').count()).toBe(1)
    await closed(watched)
  })

  test('a view that cannot be computed says so in one line', async () => {
    const watched = await opened(small)
    // No such thing can be chosen; a worker that fails is what is left.
    await watched.page.evaluate(() => { globalThis.history.replaceState(null, '', '?K=none') })
    expect(now(watched.page).K).toBe(start.K)
    await closed(watched)
  })
})

describe('time', () => {
  const share = (page: Page): Promise<number> => page.locator('rect.revealed').first().evaluate((rect) => Number(/scaleX\((.*)\)/.exec((rect as SVGRectElement).style.transform)?.[1] ?? NaN))

  test('with reduced motion the end is shown at once; the slider goes back', async () => {
    const watched = await opened(small)
    const { page } = watched
    await expect.poll(() => share(page)).toBe(1)
    const slider = page.getByRole('slider', { name: 'Time' })
    await slider.focus()
    await page.keyboard.press('Home')
    await expect.poll(() => share(page)).toBe(0)
    expect(await slider.getAttribute('aria-valuetext')).toBe(`free phase, t = 0 of ${stepsOf(small)}`)
    await page.keyboard.press('End')
    expect(await slider.getAttribute('aria-valuetext')).toBe(`nudged phase, t = ${small.K - 1}`)
    await closed(watched)
  })

  test('EP draws itself: it is played, can be stopped, and comes to its end', async () => {
    const watched = await opened(small, { reducedMotion: 'no-preference' })
    const { page } = watched
    await page.getByRole('button', { name: 'Play' }).waitFor()
    await expect.poll(() => share(page)).toBe(1)
    await page.getByRole('button', { name: 'Play' }).click()
    await page.getByRole('button', { name: 'Pause' }).click()
    expect(await share(page)).toBeLessThan(1)
    await page.getByRole('button', { name: 'Play' }).click()
    await expect.poll(() => share(page), { timeout: 20_000 }).toBe(1)
    await closed(watched)
  })

  test('the neurons are painted', async () => {
    const watched = await opened(small)
    const colours = await watched.page.locator('.strips canvas').evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement
      const data = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? []
      const seen = new Set<string>()
      for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]},${data[i + 1]},${data[i + 2]}`)
      return seen.size
    })
    expect(colours).toBeGreaterThan(5)
    expect(await watched.page.locator('.strips canvas').getAttribute('aria-label')).toMatch(/^The settled network: s1, 5 neurons from /)
    await closed(watched)
  })
})

describe('a digit', () => {
  const network = new Uint8Array(readFileSync(new URL('../../docs/.vitepress/network/network.safetensors', import.meta.url)))
  const view: Choices = { ...start, view: 'digit' }
  const answerOf = async (page: Page): Promise<string> => (await page.locator('.answer').getAttribute('data-answer')) ?? ''
  const ink = async (page: Page): Promise<number> => Number(await page.locator('.paper canvas').getAttribute('data-ink'))

  test('that the library wrote is read as in Node', async () => {
    const watched = await opened(view)
    const { page } = watched
    expect(await answerOf(page)).toBe(String(value(read(A, network, sampleOf(3, 1))).answer))
    await page.getByRole('button', { name: 'A written 7' }).click()
    const expected = value(read(A, network, sampleOf(7, 2)))
    await expect.poll(() => answerOf(page)).toBe(String(expected.answer))
    expect(await page.locator('.answer').textContent()).toContain(`output ${shown(expected.outputs[expected.answer] ?? NaN)}`)
    expect(await page.locator('.reading svg').last().getAttribute('aria-label')).toContain(`${expected.answer} at ${shown(expected.outputs[expected.answer] ?? NaN)}`)
    await closed(watched)
  })

  test('is drawn by pointer: a stroke down is a one', async () => {
    const watched = await opened(view)
    const { page } = watched
    await page.getByRole('button', { name: 'Clear' }).click()
    await expect.poll(() => ink(page)).toBe(0)
    const box = await page.locator('.paper canvas').boundingBox()
    if (box === null) throw new Error('no paper')
    await page.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.2)
    await page.mouse.down()
    for (let i = 1; i <= 10; i++) await page.mouse.move(box.x + box.width * (0.55 - 0.01 * i), box.y + box.height * (0.2 + 0.06 * i))
    await page.mouse.up()
    expect(await ink(page)).toBeGreaterThan(20)
    await expect.poll(() => answerOf(page)).toBe('1')
    await closed(watched)
  })

  test('is drawn by keys alone', async () => {
    const watched = await opened(view)
    const { page } = watched
    await page.locator('.paper canvas').focus()
    await page.keyboard.press('Delete')
    await expect.poll(() => ink(page)).toBe(0)
    await page.keyboard.press('ArrowRight')
    expect(await ink(page)).toBe(0)
    await page.keyboard.press('Space')
    for (let i = 0; i < 16; i++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowLeft')
    expect(await ink(page)).toBeGreaterThan(20)
    await expect.poll(() => answerOf(page)).toBe('1')
    await closed(watched)
  })

  test('is labelled with how well the network knows others', async () => {
    const facts = JSON.parse(readFileSync(new URL('../../docs/.vitepress/network/network.json', import.meta.url), 'utf8')) as { readonly testError: number }
    const watched = await opened(view)
    expect(await watched.page.locator('.digit > .label').textContent()).toContain(`${(100 * facts.testError).toFixed(2)} % errors`)
    await closed(watched)
  })
})

describe('files', () => {
  const saved = async (page: Page, name: string): Promise<string> => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
    return readFileSync(await download.path(), 'utf8')
  }
  test.each([['theorem', 1 + 40], ['beta', 1 + 4 * 19], ['digit', 2]] as const)('of the view %s: SVG that stands alone, CSV', async (view, least) => {
    const watched = await opened({ ...small, view })
    const svg = await saved(watched.page, 'Save SVG')
    const problems = await watched.page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml')
      return [parsed.querySelector('parsererror')?.textContent ?? '', parsed.documentElement.tagName, String(parsed.querySelectorAll('path.line').length > 0 || parsed.querySelectorAll('path.mark').length > 0)]
    }, svg)
    expect(problems).toEqual(['', 'svg', 'true'])
    const rows = (await saved(watched.page, 'Save CSV')).trim().split('\n')
    expect(rows.length).toBeGreaterThanOrEqual(least)
    expect(new Set(rows.map((row) => row.split(',').length)).size).toBe(1)
    await closed(watched)
  })

  test('and a link to the view', async () => {
    const watched = await opened({ ...small, seed: 5 }, { permissions: ['clipboard-read', 'clipboard-write'] })
    await watched.page.getByRole('button', { name: 'Copy link' }).click()
    await watched.page.getByRole('status').getByText('Link copied.').waitFor()
    expect(await watched.page.evaluate(() => navigator.clipboard.readText())).toBe(watched.page.url())
    expect(now(watched.page).seed).toBe(5)
    await closed(watched)
  })
})

describe('what it needs', () => {
  test('no SharedArrayBuffer, and no more than 450 kB of scripts', async () => {
    const watched = await open(browser, `${site.url}index.html`)
    const { page } = watched
    const scripts = new Map<string, number>()
    page.on('response', (response) => {
      const { pathname } = new URL(response.url())
      if (pathname.endsWith('.js')) scripts.set(pathname, gzipSync(readFileSync(join(built, pathname))).length)
    })
    // All three views, one after another, in one visit.
    for (const view of ['theorem', 'beta', 'digit'] as const) {
      await page.goto(`${site.url}playground.html${queryOf({ ...small, view })}`)
      await page.locator(ready[view]).waitFor()
    }
    expect(await page.evaluate(() => [globalThis.crossOriginIsolated, typeof SharedArrayBuffer])).toEqual([false, 'undefined'])
    expect(scripts.size).toBeGreaterThan(3)
    expect([...scripts.values()].reduce((a, b) => a + b, 0)).toBeLessThan(450_000)
    await closed(watched)
  })

  test('its own code along with the page, not after it', async () => {
    const watched = await opened(small)
    const early = await watched.page.locator('head link[rel=modulepreload]').evaluateAll((links) => links.map((link) => (link as HTMLLinkElement).href))
    const came = await watched.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /chunks\/playground\.[\w-]+\.js$/.test(name)))
    expect(came).toHaveLength(1)
    expect(early).toContain(came[0])
    expect(readFileSync(join(built, 'playground.html'), 'utf8')).toContain(new URL(came[0] ?? '').pathname)
    await closed(watched)
  })

  test('no code made from text: the reference interpreter is left out of every script', () => {
    const scripts = readdirSync(join(built, 'assets'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js') && !/\.md\.[^/]*\.js$/.test(name) && !name.includes('localSearchIndex'))
    expect(scripts.length).toBeGreaterThan(3)
    scripts.forEach((name) => { expect(readFileSync(join(built, 'assets', name), 'utf8'), name).not.toMatch(/new Function|\beval\(|cwise|ndarray/) })
  })

  test('no WebAssembly: without it plain loops give the same numbers', async () => {
    const strict = await serve(built, { csp: policy.replace(" 'wasm-unsafe-eval'", '') })
    const [plain, fast] = [await open(browser, `${strict.url}playground.html${queryOf(small)}`), await opened(small)]
    await plain.page.locator(ready.theorem).waitFor()
    expect(await gaps(plain.page)).toEqual(await gaps(fast.page))
    const engine = (page: Page): Promise<string | null> => page.locator('.theorem > .hint').textContent()
    expect(await engine(fast.page)).toContain('simd64')
    expect(await engine(plain.page)).not.toContain('simd64')
    // Trying it is a violation, and all that there is to complain about.
    expect(plain.complaints.every((text) => /WebAssembly|Content Security Policy/i.test(text))).toBe(true)
    await plain.context.close()
    await closed(fast)
    strict.close()
  })
})

describe('accessibility', () => {
  test.each((['theorem', 'beta', 'digit'] as const).flatMap((view) => (['light', 'dark'] as const).map((colorScheme) => [view, colorScheme] as const)))(
    'of the view %s in the %s', async (view, colorScheme) => {
      const watched = await opened({ ...small, view, asymmetric: view === 'theorem' }, { colorScheme, viewport: { width: 390, height: 844 } })
      await watched.page.locator('details').evaluateAll((all) => { all.forEach((details) => { (details as HTMLDetailsElement).open = true }) })
      expect(await broken(watched.page)).toEqual([])
      expect(await watched.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
      // Every picture has words.
      const unnamed = await watched.page.locator('.outcome svg:not([aria-hidden]), .outcome canvas').evaluateAll((all) => all.filter((each) => (each.getAttribute('aria-label') ?? '').length < 10).length)
      expect(unnamed).toBe(0)
      await closed(watched)
    })

  test.each(['theorem', 'beta', 'digit'] as const)('the tab key comes to every control of the view %s, and shows where it is', async (view) => {
    const watched = await opened({ ...small, view })
    const { page } = watched
    // Of the radio buttons of the views, the one that is chosen.
    const all = await page.locator('.playground').evaluate((root) => {
      const found = [...root.querySelectorAll<HTMLElement>('a[href], button, input, select, summary, [tabindex="0"]')]
        .filter((each) => !each.matches(':disabled, [type=radio]:not(:checked)') && each.checkVisibility())
      found.forEach((each, i) => { each.dataset['stop'] = String(i) })
      found[0]?.focus()
      return found.map((each) => each.outerHTML.slice(0, 80))
    })
    expect(all.length).toBeGreaterThan({ theorem: 22, beta: 19, digit: 15 }[view])
    for (const [i, html] of all.entries()) {
      const [stop, outlined] = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement
        const shown = (one: Element | null): boolean => one !== null && getComputedStyle(one).outlineStyle !== 'none'
        return [element.dataset['stop'] ?? '', shown(element) || shown(element.closest('label'))] as const
      })
      expect(stop, html).toBe(String(i))
      expect(outlined, html).toBe(true)
      await page.keyboard.press('Tab')
    }
    await closed(watched)
  })

  test('buttons and folds act by keys', async () => {
    const watched = await opened({ ...small, seed: 3 })
    const { page } = watched
    const press = async (name: string, key: string): Promise<void> => {
      await page.getByRole('button', { name }).focus()
      await page.keyboard.press(key)
    }
    await press('Play', 'Enter')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await press('Pause', 'Space')
    await page.getByRole('button', { name: 'Play' }).waitFor()
    const fold = page.locator('.playground .group').first()
    await fold.locator('summary').focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => fold.evaluate((element) => (element as HTMLDetailsElement).open)).toBe(false)
    const [download] = await Promise.all([page.waitForEvent('download'), press('Save CSV', 'Enter')])
    expect(download.suggestedFilename()).toBe('phifold-theorem.csv')
    await press('Start again', 'Space')
    await expect.poll(() => now(page)).toEqual(start)
    await closed(watched)
  })

  test.each([['reduce', true], ['no-preference', false]] as const)('a digit with motion %s: the end is shown at once: %s', async (reducedMotion, atOnce) => {
    const watched = await opened({ ...start, view: 'digit' }, { reducedMotion })
    const { page } = watched
    const bars = async (): Promise<number> => Number(/step (\d+)/.exec(await page.locator('.reading svg').first().getAttribute('aria-label') ?? '')?.[1])
    const end = (value(read(A, new Uint8Array(readFileSync(new URL('../../docs/.vitepress/network/network.safetensors', import.meta.url))), sampleOf(3, 1)))).frames.length - 1
    expect(end).toBeGreaterThan(5)
    if (atOnce) expect(await bars()).toBe(end)
    else {
      // Played at 20 steps a second: it begins before the end (no step is told before the first answer), and comes to it.
      await page.getByRole('button', { name: 'Settle again' }).click()
      expect(await bars()).not.toBe(end)
      await expect.poll(bars, { timeout: 20_000 }).toBe(end)
    }
    await closed(watched)
  })
})
