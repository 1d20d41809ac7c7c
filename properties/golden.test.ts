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
import type { EngineName } from '../src/cli/engine.ts'
import { golden } from '../src/cli/golden.ts'
import type { Computed } from '../src/experiment/golden/comparison.ts'
import { decodeCase } from '../src/experiment/golden/decode.ts'
import { run } from '../src/experiment/golden/verdict.ts'
import { reference } from '../src/tensor/reference.ts'

const folder = mkdtempSync(join(tmpdir(), 'phifold-golden-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Outcome {
  readonly code: number
  readonly out: readonly string[]
  readonly err: readonly string[]
}

const checkOn = (engine: EngineName) => async (...paths: readonly string[]): Promise<Outcome> => {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await golden({ paths, engine, threads: 1 }, (line) => out.push(line), (line) => err.push(line))
  return { code, out, err }
}
const check = checkOn('simd64')

const written = (name: string, content: unknown): string => {
  const path = join(folder, `${name}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

// ── Cases made by the library itself ─────────────────────────────────────────────────────────────────────────────

type Json = Record<string, unknown>

/** Deterministic numbers of no particular order, of size ½ or another around a centre. */
const some = (shape: readonly number[], salt: number, size = 0.5, centre = 0) => {
  const data = Array.from({ length: shape.reduce((n, m) => n * m, 1) }, (_, i) => centre + size * Math.sin(12.9898 * (i + 1) + 78.233 * salt))
  return { shape, data }
}
const affine = (rows: number, columns: number, salt: number) => ({ weight: some([rows, columns], salt), bias: some([rows], salt + 0.5) })
const y = { shape: [2, 2], data: [1, 0, 0, 1] }
const batch = (salt: number) => ({ x: some([2, 3], salt), y })
const pictures = (salt: number) => ({ x: some([2, 1, 7, 6], salt, 0.5, 0.5), y })

const layeredSetup = {
  activation: 'tanh', clamp: false, T: 300, K: 5, beta: 0.1, dt: 0.3, batch: 2, sizes: [2, 3, 3],
  params: { w0: affine(2, 3, 1), w1: affine(3, 3, 2) },
}
// Small weights and positive biases, so that some units lie between the walls of hardsigm and the gradient gets through.
const kernel = (to: number, from: number, salt: number) => ({ weight: some([to, from, 3, 3], salt, 0.25), bias: some([to], salt + 0.5, 0.1, 0.3) })
const small = (to: number, from: number, salt: number) => ({ weight: some([to, from], salt, 0.25), bias: some([to], salt + 0.5, 0.1, 0.4) })
// Pooling drops a row of the 7×6 maps, and a row and a column of the 3×3 ones.
const convSetup = {
  model: 'conv', activation: 'hardsigm', clamp: false, T: 40, K: 4, beta: 0.1, dt: 1, batch: 2,
  sizes: [2, 3], channels: [3, 2, 1], filter: 3, padding: 1, pool: 2,
  params: { fc0: small(2, 3, 31), fc1: small(3, 3, 32), conv0: kernel(3, 2, 33), conv1: kernel(2, 1, 34) },
}
const inputs: Readonly<Record<string, Json>> = {
  eb: { model: 'eb', ...layeredSetup, ...batch(3) },
  clamped: { model: 'eb', ...layeredSetup, activation: 'sigm', clamp: true, ...batch(4) },
  p: { model: 'p', ...layeredSetup, ...batch(5) },
  toy: { model: 'toy', ...layeredSetup, params: { w01: affine(2, 3, 6), w0x: affine(2, 3, 7), w1x: affine(3, 3, 8) }, ...batch(9) },
  scan: { model: 'eb', ...layeredSetup, beta: [0.1, 0.01], ...batch(10) },
  training: { model: 'p', ...layeredSetup, batches: [batch(11), batch(12), batch(13)], learning_rates: [0.1, 0.2] },
  signs: { model: 'p', ...layeredSetup, batches: [batch(14), batch(15)] },
  conv: { ...convSetup, ...pictures(35) },
  convTraining: { ...convSetup, batches: [pictures(35), pictures(36), pictures(37)], learning_rates: [0.1, 0.2, 0.3, 0.4] },
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

const synthetic = (kind: string, more: Json = {}): { readonly file: Json; readonly computed: Computed } => {
  const head = { format: 'ep-bptt-golden-1', case: `own_${kind}`, inputs: { ...inputs[kind], ...more } }
  const decoded = right(decodeCase(head))
  if (decoded._tag === 'Unsupported') throw new Error(decoded.what)
  const computed = right(run(reference, decoded))
  return { file: { ...head, ...(fileOf(computed) as Json) }, computed }
}

/** A file's numbers by section, field and layer or name. */
type Recorded = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, { readonly data: readonly number[] }>>>>>>

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

    it(`${kind}: simd64 and reference say the same line`, async () => {
      expect(await checkOn('simd64')(written(kind, file))).toEqual(await checkOn('reference')(written(kind, file)))
    })

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

describe('convolutional cases made by the library itself', () => {
  it('the conventions, by hand: the map nearest the image and the bias of its kernel at the first steps', () => {
    const { rerun } = synthetic('conv').file as unknown as Recorded
    const { params: { conv1 } } = convSetup
    const { x } = pictures(35)
    const pixel = (row: number, column: number): number =>
      row < 0 || row >= 7 || column < 0 || column >= 6 ? 0 : x.data[row * 6 + column] ?? NaN
    const at = (channel: number, row: number, column: number): number => [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) =>
      (conv1.weight.data[9 * channel + 3 * i + j] ?? NaN) * pixel(row + i - 1, column + j - 1))).reduce((sum, term) => sum + term, 0)
    // From s = 0 no feedback acts: clip(bias + the largest of each 2×2 window), and the layers above get clip(bias) alone.
    const [first, second] = [rerun?.['free_head']?.[3]?.data.slice(36, 54), rerun?.['pool_indices_star']?.['conv1']?.data.slice(0, 18)]
    ;[0, 1].forEach((c) => [0, 1, 2].forEach((i) => [0, 1, 2].forEach((j) => {
      const window = [0, 1, 2, 3].map((e) => [2 * i + Math.floor(e / 2), 2 * j + (e % 2)] as const)
      const values = window.map(([row, column]) => at(c, row, column))
      const best = values.indexOf(Math.max(...values))
      const unit = 9 * c + 3 * i + j
      expect(first?.[unit]).toBeCloseTo(Math.min(1, Math.max(0, (values[best] ?? NaN) + (conv1.bias.data[c] ?? NaN))), 14)
      expect(second?.[unit]).toBe((window[best]?.[0] ?? NaN) * 6 + (window[best]?.[1] ?? NaN))
    })))
  })

  it('the conventions, by hand: the rule for a kernel takes its positions from the state one step before', () => {
    const [beta, batches] = [0.5, [0, 1]]
    // Unsettled, and chosen so that feedback moves a maximum in the last free step.
    const weight = some([3, 2, 3, 3], 45, 0.3)
    const x = some([2, 1, 7, 6], 35, 0.2, 0.2)
    const params = { ...convSetup.params, conv0: { weight, bias: convSetup.params.conv0.bias } }
    const { official, rerun } = synthetic('conv', { T: 2, K: 1, beta, params, x }).file as unknown as Recorded
    // Layers 2 and 3 from the output, (3, 1, 1) and (2, 3, 3), of one sample at one moment.
    const layersOf = (course: Recorded[string][string] | undefined, t: number) => (b: number) => ({
      upper: (o: number): number => course?.[2]?.data[6 * t + 3 * b + o] ?? NaN,
      lower: (i: number, row: number, column: number): number =>
        row < 0 || row > 2 || column < 0 || column > 2 ? 0 : course?.[3]?.data[36 * t + 18 * b + 9 * i + 3 * row + column] ?? NaN,
    })
    type Layers = ReturnType<typeof layersOf>
    const around = [0, 1, 2].flatMap((k) => [0, 1, 2].map((l) => [k, l] as const))
    const place = (s: Layers, b: number, o: number): readonly [number, number] => {
      const window = [[0, 0], [0, 1], [1, 0], [1, 1]] as const
      const values = window.map(([row, column]) => [0, 1].flatMap((i) => around.map(([k, l]) =>
        (weight.data[18 * o + 9 * i + 3 * k + l] ?? NaN) * s(b).lower(i, row + k - 1, column + l - 1))).reduce((sum, term) => sum + term, 0))
      return window[values.indexOf(Math.max(...values))] ?? [NaN, NaN]
    }
    const H = (s: Layers, poolsOf: Layers): readonly number[] => [0, 1, 2].flatMap((o) => [0, 1].flatMap((i) => around.map(([k, l]) =>
      batches.reduce((sum, b) => {
        const [row, column] = place(poolsOf, b, o)
        return sum + s(b).upper(o) * s(b).lower(i, row + k - 1, column + l - 1)
      }, 0))))
    const [before, star, nudged] = [layersOf(rerun?.['free_head'], 1), layersOf(rerun?.['free_head'], 2), layersOf(rerun?.['s_nudged'], 1)]
    const contrast = (first: readonly number[], second: readonly number[]) => second.map((h, i) => ((first[i] ?? NaN) - h) / (beta * 2))
    const [published, strict] = [contrast(H(star, before), H(nudged, star)), contrast(H(star, star), H(nudged, nudged))]
    const apart = (a: readonly number[]): number =>
      Math.max(...a.map((value, i) => Math.abs(value - (official?.['DT']?.['conv0']?.data[i] ?? NaN))))
    expect(apart(published)).toBeLessThan(1e-14)
    expect(apart(strict)).toBeGreaterThan(0.01)
  })

  it('BPTT counts K steps for training, where layered networks count K + 1', () => {
    const { own } = synthetic('convTraining').file as unknown as { own: Json }
    expect(own['bptt_steps_in_official_training']).toBe(convSetup.K)
    expect(own['batch1_bptt_gradient']).toEqual(own['batch1_bptt_gradient_exactly_K_steps'])
    expect(own['batch1_bptt_gradient']).not.toEqual(own['batch1_bptt_gradient_all_T_steps'])
    const layered = synthetic('training').file['own'] as Json
    expect(layered['bptt_steps_in_official_training']).toBe(layeredSetup.K + 1)
    expect(layered['batch1_bptt_gradient']).not.toEqual(layered['batch1_bptt_gradient_exactly_K_steps'])
  })

  it('a black image ties every window of its map, and the first entry in row-major order wins', () => {
    const { file } = synthetic('conv', { x: { shape: [2, 1, 7, 6], data: Array<number>(84).fill(0) } })
    const { rerun, own } = file as unknown as Recorded
    expect(own?.['pool_ties_at_s_star']?.['conv1']).toBe(2 * 2 * 3 * 3)
    expect(rerun?.['pool_indices_star']?.['conv1']?.data.slice(0, 9)).toEqual([0, 2, 4, 12, 14, 16, 24, 26, 28])
  })

  it('further β are read from the file, and what is recorded of them is checked', async () => {
    const { file } = synthetic('conv')
    const betas = (gaps: Json) => changed(file, ['own', 'ep_minus_bptt_by_beta'], () => [{ beta: 0.1, ...gaps }, { beta: 0.01 }])
    const gaps = file['checks'] as { ep_minus_bptt: { weights_max: Record<string, number>; biases_max: Record<string, number> } }
    const { weights_max, biases_max } = gaps.ep_minus_bptt
    expect((await check(written('betas', betas({ weights_max, biases_max })))).code).toBe(0)
    const { code, out } = await check(written('betas', betas({ weights_max: { ...weights_max, conv1: (weights_max['conv1'] ?? NaN) + 1e-9 } })))
    expect(code).toBe(1)
    expect(out[1]).toContain('own.ep_minus_bptt_by_beta[0].weights_max.conv1')
  })
})

describe('what is not a case', () => {
  const { file } = synthetic('p')
  const { file: conv } = synthetic('conv')
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
    ['no name of a model', changed(file, ['inputs', 'model'], () => 3), /inputs\.model: /],
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
    ['a kernel that does not fit', changed(conv, ['inputs', 'filter'], () => 9), /inputs: conv W1: a 9×9 kernel does not fit maps of 7×6/],
    ['a pooling window that does not fit', changed(conv, ['inputs', 'pool'], () => 7), /inputs: conv W1: .*does not fit/],
    ['a convolution with a leak', changed(conv, ['inputs', 'dt'], () => 0.5), /inputs\.dt: /],
    ['an image in a row', changed(conv, ['inputs', 'x'], () => some([2, 42], 1)), /inputs\.x\.shape: /],
    ['a rate too few', changed(synthetic('convTraining').file, ['inputs', 'learning_rates'], () => [1, 1]), /learning_rates: expected one for each of 4 layers, got 2/],
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

  it('a model that is not known, at all or in this kind of case, is listed as skipped by name; the rest is still checked', async () => {
    const folderOf = mkdtempSync(join(folder, 'models-'))
    const put = (name: string, content: unknown) => writeFileSync(join(folderOf, `${name}.json`), JSON.stringify(content))
    put('a', changed(file, ['inputs', 'model'], () => 'hopfield'))
    put('b', { format: 'ep-bptt-golden-1', case: 'scanned', inputs: { ...convSetup, ...pictures(35), beta: [0.1] } })
    put('c', file)
    const { code, out, err } = await check(folderOf)
    expect(err).toEqual([])
    expect(out[0]).toBe('own_p  skipped (model hopfield in a case of kind Course is not supported)')
    expect(out[1]).toBe('scanned  skipped (model conv in a case of kind BetaScan is not supported)')
    expect(out[2]).toMatch(/^own_p .* ok$/)
    expect(out[3]).toBe('1 passed, 0 failed, 2 skipped')
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
    expect(out.filter((line) => !/ {2}ok$/.test(line))).toEqual([`${files.length} passed, 0 failed, 0 skipped`])
    expect(out).toHaveLength(files.length + 1)
    expect(code).toBe(0)
  })
})
