/**
 * The runner of recorded cases: passes on the authors' numbers (where they are at hand) and on numbers of its own, and
 * rejects a single altered number, wherever it is.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { golden } from '../src/cli/golden.ts'
import type { Computed } from '../src/experiment/golden/comparison.ts'
import { decodeCase } from '../src/experiment/golden/decode.ts'
import { run } from '../src/experiment/golden/verdict.ts'

const folder = mkdtempSync(join(tmpdir(), 'phifold-golden-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Outcome {
  readonly code: number
  readonly out: readonly string[]
  readonly err: readonly string[]
}

const check = async (...paths: readonly string[]): Promise<Outcome> => {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await golden(paths, (line) => out.push(line), (line) => err.push(line))
  return { code, out, err }
}

const written = (name: string, content: unknown): string => {
  const path = join(folder, `${name}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

// ── Cases made by the library itself ─────────────────────────────────────────────────────────────────────────────

type Json = Record<string, unknown>

/** Deterministic numbers in [−½, ½] of no particular order. */
const some = (shape: readonly number[], salt: number) => {
  const data = Array.from({ length: shape.reduce((n, m) => n * m, 1) }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * salt) / 2)
  return { shape, data }
}
const affine = (rows: number, columns: number, salt: number) => ({ weight: some([rows, columns], salt), bias: some([rows], salt + 0.5) })
const batch = (salt: number) => ({ x: some([2, 3], salt), y: { shape: [2, 2], data: [1, 0, 0, 1] } })

const layeredSetup = {
  activation: 'tanh', clamp: false, T: 300, K: 5, beta: 0.1, dt: 0.3, batch: 2, sizes: [2, 3, 3],
  params: { w0: affine(2, 3, 1), w1: affine(3, 3, 2) },
}
const inputs: Readonly<Record<string, Json>> = {
  eb: { model: 'eb', ...layeredSetup, ...batch(3) },
  clamped: { model: 'eb', ...layeredSetup, activation: 'sigm', clamp: true, ...batch(4) },
  p: { model: 'p', ...layeredSetup, ...batch(5) },
  toy: { model: 'toy', ...layeredSetup, params: { w01: affine(2, 3, 6), w0x: affine(2, 3, 7), w1x: affine(3, 3, 8) }, ...batch(9) },
  scan: { model: 'eb', ...layeredSetup, beta: [0.1, 0.01], ...batch(10) },
  training: { model: 'p', ...layeredSetup, batches: [batch(11), batch(12), batch(13)], learning_rates: [0.1, 0.2] },
  signs: { model: 'p', ...layeredSetup, batches: [batch(14), batch(15)] },
}

const fileOf = (computed: Computed): unknown => {
  switch (computed._tag) {
    case 'Aside': return 0
    case 'Same': return computed.value
    case 'List': return computed.items.map(fileOf)
    case 'Fields': return Object.fromEntries(Object.entries(computed.fields).map(([name, field]) => [name, fileOf(field)]))
    case 'Numbers': return computed.shape.length === 0 ? computed.data[0] : { shape: computed.shape, data: Array.from(computed.data) }
  }
}

const right = <A>(either: E.Either<string, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left)
  return either.right
}

const synthetic = (kind: string): { readonly file: Json; readonly computed: Computed } => {
  const head = { format: 'ep-bptt-golden-1', case: `own_${kind}`, inputs: inputs[kind] }
  const decoded = right(decodeCase(head))
  if (decoded._tag === 'Unsupported') throw new Error(decoded.what)
  const computed = right(run(decoded))
  return { file: { ...head, ...(fileOf(computed) as Json) }, computed }
}

/** The way to every number that a file of this kind records, with its allowance. */
type Leaf = { readonly path: readonly (string | number)[]; readonly allowance: number }
const leaves = (computed: Computed, path: Leaf['path'] = []): readonly Leaf[] => {
  switch (computed._tag) {
    case 'Aside': return []
    case 'Same': return typeof computed.value === 'number' ? [{ path, allowance: 0 }] : []
    case 'List': return computed.items.flatMap((item, i) => leaves(item, [...path, i]))
    case 'Fields': return Object.entries(computed.fields).flatMap(([name, field]) => leaves(field, [...path, name]))
    case 'Numbers': {
      const each = Array.from(computed.data, (_, i): Leaf['path'] => (computed.shape.length === 0 ? path : [...path, 'data', i]))
      return each.map((way) => ({ path: way, allowance: computed.allowance }))
    }
  }
}

/** The same file with one place changed. */
const changed = (json: unknown, [step, ...rest]: Leaf['path'], f: (old: unknown) => unknown): unknown => {
  if (step === undefined) return f(json)
  if (Array.isArray(json)) return json.map((item: unknown, i) => (i === step ? changed(item, rest, f) : item))
  return { ...(json as Json), [step]: changed((json as Json)[step], rest, f) }
}

describe('cases made by the library itself', () => {
  for (const kind of Object.keys(inputs)) {
    const { file, computed } = synthetic(kind)

    it(`${kind}: passes as recorded`, async () => {
      const { code, out, err } = await check(written(kind, file))
      expect(err).toEqual([])
      expect(out[0]).toMatch(new RegExp(`^own_${kind}  .*  ok$`))
      expect(out).toHaveLength(2)
      expect(code).toBe(0)
    })

    it(`${kind}: one altered number, wherever it is, is found and named`, async () => {
      const all = leaves(computed)
      await fc.assert(fc.asyncProperty(fc.nat(all.length - 1), fc.constantFrom(-1, 1), async (i, sign) => {
        const { path, allowance } = all[i] as Leaf
        const tampered = changed(file, path, (old) => (old as number) + sign * Math.max(1e-9, 2 * allowance))
        const { code, out } = await check(written(`${kind}-altered`, tampered))
        expect(code).toBe(1)
        expect(out[0]).toMatch(/ {2}FAILED$/)
        expect(out[1]).toContain(path.filter((step) => typeof step === 'string' && step !== 'data').at(-1))
      }), { numRuns: 25 })
    })
  }

  it('half of an allowance is let through, twice an allowance is not', async () => {
    const { file, computed } = synthetic('eb')
    const [leaf] = leaves(computed).filter(({ path }) => path[1] === 'dS')
    const { path, allowance } = leaf as Leaf
    const shifted = (by: number) => written('shifted', changed(file, path, (old) => (old as number) + by))
    expect((await check(shifted(allowance / 2))).code).toBe(0)
    expect((await check(shifted(2 * allowance))).code).toBe(1)
  })

  it('the conventions, by hand: the published energy-based network at its first free and its first nudged step', () => {
    const { params, dt } = layeredSetup
    const official = synthetic('eb').file['official'] as Record<string, readonly { readonly data: readonly number[] }[]>
    const rerun = synthetic('eb').file['rerun'] as typeof official
    const { x, y } = batch(3)
    // From s = 0: the output gets dt b0 without ρ′, the hidden layer dt (w1 ρ(x) + b1), since ρ′(0) = 1 and ρ(0) = 0.
    const head = rerun['free_head']?.map(({ data }) => data) ?? []
    params.w0.bias.data.forEach((b, i) => expect(head[0]?.[4 + i]).toBeCloseTo(dt * b, 15))
    params.w1.bias.data.forEach((b, i) => {
      const drive = [0, 1, 2].reduce((sum, j) => sum + (params.w1.weight.data[3 * i + j] ?? NaN) * Math.tanh(x.data[j] ?? NaN), b)
      expect(head[1]?.[6 + i]).toBeCloseTo(dt * drive, 15)
    })
    // nS(0) = dS(0) = batch mean of s* − y, per unit, at a fixed point.
    const s = official['s_star']?.[0]?.data ?? []
    ;[0, 1].forEach((unit) => {
      const mean = ((s[unit] ?? NaN) - (y.data[unit] ?? NaN) + (s[2 + unit] ?? NaN) - (y.data[2 + unit] ?? NaN)) / 2
      expect(official['nS']?.[0]?.data[unit]).toBeCloseTo(mean, 14)
      expect(official['dS']?.[0]?.data[unit]).toBeCloseTo(mean, 10)
    })
  })
})

describe('what is not a case', () => {
  const { file } = synthetic('p')
  const expectOneLine = ({ code, out, err }: Outcome, saying: RegExp): void => {
    expect(err).toHaveLength(1)
    expect(err[0]).toMatch(saying)
    expect(err[0]).not.toContain('\n')
    expect(out).toEqual([])
    expect(code).toBe(2)
  }

  it.each<readonly [string, unknown, RegExp]>([
    ['no JSON', '{"format": ', /not JSON/],
    ['another format', { ...file, format: 'something-else' }, /format: /],
    ['an unknown model', changed(file, ['inputs', 'model'], () => 'hopfield'), /inputs\.model: /],
    ['a text for a number', changed(file, ['inputs', 'T'], () => '40'), /inputs\.T: .*number/],
    ['a step size of 2', changed(file, ['inputs', 'dt'], () => 2), /inputs\.dt: /],
    ['β = 0', changed(file, ['inputs', 'beta'], () => 0), /inputs\.beta: /],
    ['K beyond T', changed(file, ['inputs', 'K'], () => 300), /inputs\.K: .*below T/],
    ['a weight of the wrong shape', changed(file, ['inputs', 'params', 'w0'], () => affine(3, 2, 1)), /w0\.weight: expected shape 2×3, got 3×2/],
    ['a missing parameter', changed(file, ['inputs', 'params'], () => ({ w0: affine(2, 3, 1) })), /expected w0, w1, got w0/],
    ['an input of the wrong width', changed(file, ['inputs', 'x'], () => some([2, 4], 1)), /x: expected shape 2×3, got 2×4/],
    ['too few entries', changed(file, ['inputs', 'x', 'data'], (old) => (old as number[]).slice(1)), /inputs\.x: /],
    ['a hole among recorded numbers', changed(file, ['official', 's_star', 0, 'data', 1], () => null), /official\.s_star\[0\]: .*data\.1/],
    ['recorded numbers of another shape', changed(file, ['official', 's_star', 0], () => some([3, 2], 1)), /s_star\[0\]: expected shape 2×2, got 3×2/],
    ['a layer too few', changed(file, ['official', 'nS'], (old) => (old as unknown[]).slice(1)), /official\.nS: expected 2 items, got 1/],
    ['an unknown section', { ...file, extra: 1 }, /extra: /],
    ['nothing recorded', { format: file['format'], case: 'empty', inputs: file['inputs'] }, /no recorded numbers/],
  ])('%s: exit 2 and one line', async (name, content, saying) => {
    expectOneLine(await check(written(name.replaceAll(/\W+/g, '-'), content)), saying)
  })

  it('no such path, no case in a folder, no path at all: exit 2 and one line', async () => {
    expectOneLine(await check(join(folder, 'nowhere')), /nowhere: cannot be read \(ENOENT\)/)
    expectOneLine(await check(mkdtempSync(join(folder, 'empty-'))), /no case found/)
    expectOneLine(await check(), /expected a folder or files/)
  })

  it('a recorded quantity that nothing computes is a failure, not an omission', async () => {
    const { code, out } = await check(written('more', changed(file, ['official', 'curvature'], () => 1)))
    expect(code).toBe(1)
    expect(out[1]).toContain('official.curvature: recorded, but nothing here computes it')
  })

  it('convolution is listed as skipped, by name; the rest of the folder is still checked', async () => {
    const both = mkdtempSync(join(folder, 'both-'))
    writeFileSync(join(both, 'a.json'), JSON.stringify({ format: 'ep-bptt-golden-1', case: 'conv_example', inputs: { model: 'conv' } }))
    writeFileSync(join(both, 'b.json'), JSON.stringify(file))
    const { code, out } = await check(both)
    expect(out[0]).toBe('conv_example  skipped (convolution is not supported yet)')
    expect(out[1]).toMatch(/^own_p .* ok$/)
    expect(out[2]).toBe('1 passed, 0 failed, 1 skipped')
    expect(code).toBe(0)
  })
})

// ── The authors' numbers ─────────────────────────────────────────────────────────────────────────────────────────

describe('the authors\' numbers', () => {
  const recorded = join(process.env['PHIFOLD_SHARED'] ?? join(import.meta.dirname, '..', '..', 'shared'), 'golden')
  const present = existsSync(recorded)
  if (!present) console.info(`golden: no recorded cases at ${recorded}; set PHIFOLD_SHARED to the folder above golden/`)

  it.skipIf(!present)('every small case agrees (those of the paper\'s size are for npm run golden)', async () => {
    const files = readdirSync(recorded).filter((name) => name.endsWith('.json') && !name.startsWith('real_')).sort()
    const { code, out, err } = await check(...files.map((name) => join(recorded, name)))
    expect(err).toEqual([])
    expect(out.filter((line) => !/ {2}(ok|skipped \(convolution is not supported yet\))$/.test(line))).toEqual([out.at(-1)])
    expect(out).toHaveLength(files.length + 1)
    expect(code).toBe(0)
  })
})
