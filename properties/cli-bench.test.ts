/**
 * The bench, but for its clock: what it takes for arguments, how operations are counted, that gradients which do not agree are told, that
 * targets are judged, and that the page of the record says what the record says. The bench is plain modules for Node, so each is asked in a process.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { root } from './program.ts'

/** The value of an expression in which `bench` is a module of the bench, as JSON knows it. */
const asked = async (module: string, expression: string): Promise<unknown> => {
  const program = `import * as bench from ${JSON.stringify(pathToFileURL(join(root, 'bench', module)).href)}
console.log(JSON.stringify(${expression}))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { maxBuffer: 2 ** 26 })
  return JSON.parse(stdout)
}

const run = (...args: readonly string[]): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> => new Promise((resolve) => {
  execFile(process.execPath, [join(root, 'bench/run.mjs'), ...args], (error, out, err) => { resolve({ code: error?.code ?? 0, out, err }) })
})

describe('arguments', () => {
  test.each([
    ['an unknown word', ['kernel'], 'bench: expected kernels, phases, step and names of networks, memory, record, or nothing for kernels, phases and steps, got kernel'],
    ['an unknown network', ['step', 'P-1h', 'P-9h'], 'bench step: expected names out of EB-1h, EB-2h, P-1h, P-2h, P-3h, P-conv, got P-9h'],
    ['a word too many', ['kernels', 'P-1h'], 'bench kernels: expected no more words, got P-1h'],
    ['an unknown option', ['--jso'], 'bench: expected an option out of --json, --data, --method, --seconds, --write, got --jso'],
    ['an option without its value', ['step', '--data'], 'bench --data: expected the folder of MNIST, got nothing'],
    ['an option twice', ['--json', '--json'], 'bench --json: expected it once, got it again'],
    ['an option where it says nothing', ['kernels', '--seconds', '3'], 'bench kernels: expected no --seconds; it goes with step, record'],
    ['an unknown method', ['step', '--method', 'rbp'], 'bench --method: expected ep or bptt, got rbp'],
    ['seconds that are none', ['step', '--seconds', 'few'], 'bench --seconds: expected a number of at least 0, got few'],
  ])('%s: one line and exit code 2', async (_, args, line) => {
    expect(await run(...args)).toEqual({ code: 2, out: '', err: `${line}\n` })
  })

  test('nothing is everything; a step names its networks once', async () => {
    const known = ['P-1h', 'P-2h']
    const request = (argv: readonly string[]): Promise<unknown> => asked('request.mjs', `bench.requestOf(${JSON.stringify(argv)}, ${JSON.stringify(known)})`)
    expect(await request([])).toMatchObject({ what: 'all', names: known, methods: ['ep', 'bptt'], json: false, write: 'docs/results' })
    expect(await request(['step', 'P-2h', 'P-2h', '--json', '--method', 'ep', '--seconds', '0'])).toMatchObject({
      what: 'step', names: ['P-2h'], methods: ['ep'], json: true, seconds: 0,
    })
  })

  test('a folder that holds no digits: one line', async () => {
    const { code, out, err } = await run('step', 'P-1h', '--data', join(root, 'src'))
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^bench --data: .*\n$/)
  })
})

describe('operations', () => {
  const layers = [784, 512, 10].map((units) => ({ units }))
  const params = { W1: [512, 784], b1: [512], W2: [10, 512], b2: [10] }
  const count = (method: string): Promise<unknown> =>
    asked('operations.mjs', `bench.operationsOf(${JSON.stringify({ layers, params, T: 40, K: 15, batch: 20 })}, '${method}')`)

  test('of P-1h at T 40, K 15: 55 million by EP', async () => {
    // The input's product and the outer product of its weights, 55 steps both ways through the output's weights, two outer products of those.
    expect(await count('ep')).toBe(20 * 2 * (2 * 784 * 512 + 55 * 2 * 5120 + 2 * 5120))
    expect(await count('ep')).toBeCloseTo(55e6, -6)
    expect(await count('bptt')).toBe(20 * 2 * (2 * 784 * 512 + 40 * 2 * 5120 + 15 * 4 * 5120))
  })

  test('a kernel counts at each of its places', async () => {
    const maps = [{ map: [1, 28, 28] }, { map: [32, 12, 12] }, { map: [64, 4, 4] }, { units: 10 }]
    const kernels = { W1: [32, 1, 5, 5], W2: [64, 32, 5, 5], W3: [10, 1024] }
    expect(await asked('operations.mjs', `bench.placesOf(${JSON.stringify(maps)}, ${JSON.stringify(kernels)})`)).toEqual([576, 64, 1])
    expect(await asked('operations.mjs', `bench.operationsOf({ layers: ${JSON.stringify(maps)}, params: ${JSON.stringify(kernels)}, T: 2, K: 1, batch: 1 }, 'ep')`))
      .toBe(2 * (2 * 576 * 800 + (3 * 2 + 2) * (64 * 51_200 + 10_240)))
  })
})

describe('agreement', () => {
  const told = (gaps: string, distances: string): Promise<unknown> => asked('agreement.mjs', `bench.disagreements(${gaps}, 1e-9, ${distances})`)

  test('what is near enough passes', async () => {
    expect(await told('[{ engine: "a", gap: 1e-9 }]', '[{ engine: "b", distance: 1e-6 }, { engine: "c", distance: 3.9e-6 }]')).toEqual([])
  })
  test('a gap, a distance, a gap that is no number', async () => {
    expect(await told('[{ engine: "a", gap: 2e-9 }]', '[{ engine: "b", distance: 1e-6 }, { engine: "c", distance: 4.1e-6 }]')).toEqual([
      'a in double precision: 2e-9 away from simd64, allowed 1e-9', expect.stringMatching(/^c: relative distance 0\.0000041 from simd64, allowed/),
    ])
    expect(await told('[{ engine: "a", gap: NaN }]', '[]')).toHaveLength(1)
  })
  test('gaps and distances are those of the worst', async () => {
    expect(await asked('agreement.mjs', '[bench.gapOf(Float64Array.of(1, 2, 3), Float64Array.of(1, 2.5, 3)), bench.gapOf(Float64Array.of(NaN, 0), Float64Array.of(0, 0))]')).toEqual([0.5, null])
    expect(await asked('agreement.mjs', 'bench.farthestOf({ a: [2], b: [1] }, Float64Array.of(3, 4, 2), Float64Array.of(3, 4, 1))')).toBe(1)
  })
  test('the longest sum, the largest one of magnitudes', async () => {
    const parameters = '{ W1: { shape: [2, 3], numbers: Float64Array.of(1, -1, 1, 1, 0, 0) }, b1: { shape: [2], numbers: Float64Array.of(0, -5) }, W2: { shape: [1, 2], numbers: Float64Array.of(2, -4) }, b2: { shape: [1], numbers: Float64Array.of(0) } }'
    // Layer 1: three inputs and one output, 3 + 4 + 5; layer 2: two inputs.
    expect(await asked('agreement.mjs', `bench.sumsOf(${parameters})`)).toEqual({ terms: 4, reach: 12 })
  })
  test('the allowance tells a step of other numbers from ours', async () => {
    // P-1h: gradients are some 1e-3 in size; a β that is one per cent off changes them by more than that allows.
    const allowance = await asked('agreement.mjs', 'bench.allowanceOf({ T: 40, K: 15, beta: 0.1, terms: 794, reach: 15, places: 1, method: "ep", roundoff: 2 ** -53 })')
    expect(allowance).toBeLessThan(1e-8)
  })
})

describe('targets', () => {
  const row = (step: string, method: string, engine: string, threads: number, medianMs: number) => ({ step, method, engine, threads, medianMs })
  const reached = (...rows: readonly unknown[]): Promise<unknown> => asked('targets.mjs', `bench.reachedOf(${JSON.stringify(rows)})`)

  test('our fastest row against both forms', async () => {
    expect(await reached(row('P-1h', 'ep', 'simd32', 1, 2), row('P-1h', 'ep', 'simd32', 2, 1), row('P-1h', 'ep', 'pytorch published', 2, 9), row('P-1h', 'ep', 'pytorch hoisted', 1, 1.5))).toEqual([
      { step: 'P-1h', method: 'ep', form: 'published', engine: 'simd32', threads: 2, ms: 1, peerMs: 9, peerThreads: 2, ratio: 9, target: 10, reached: false },
      { step: 'P-1h', method: 'ep', form: 'hoisted', engine: 'simd32', threads: 2, ms: 1, peerMs: 1.5, peerThreads: 1, ratio: 1.5, target: 1.5, reached: true },
    ])
  })
  test('without a peer there is nothing to judge, without a target no verdict', async () => {
    expect(await reached(row('P-2h', 'ep', 'simd32', 1, 2))).toEqual([])
    expect(await reached(row('P-2h', 'bptt', 'simd32', 1, 2), row('P-2h', 'bptt', 'pytorch published', 1, 9))).toMatchObject([{ target: null, reached: null }])
  })
})

describe('the page of the record', () => {
  const small = {
    version: '0.0.0', machine: { cpu: 'cpu', cores: 2, node: '20', v8: '11' }, load: { before: 0.1, after: 1 }, peers: {}, data: '20 synthetic digits', peaks: { simd32: 4e10 },
    kernels: [{ name: 'product', medianMs: 1, p10Ms: 0.9, p90Ms: 1.25, runs: 7, gflops: 30, share: 0.75 }], phases: [],
    steps: [{ step: 'P-1h', method: 'ep', engine: 'simd32', threads: 1, medianMs: 2, p10Ms: 1, p90Ms: 3, gflops: 27 }, { step: 'P-1h', method: 'ep', engine: 'pytorch published', threads: 2, medianMs: 18, p10Ms: 17, p90Ms: 19, gflops: 3 }],
    agreement: [], turns: [{ rounds: 7 }], chosen: [], memory: [{ experiment: 'figure 2', peakMb: 99.6, wallS: 1, cpuS: 1 }],
  }
  test('ratios, spread, shares and memory are those of the record', async () => {
    const page = await asked('page.mjs', `bench.pageOf(${JSON.stringify(small)})`)
    expect(page).toContain('| P-1h | ep | published | simd32 on 1 | 2.00 | 18.0 | 9.00 | 10 | missed |')
    expect(page).toContain('0 of 1 ratios are reached; missed: P-1h by ep against published, 9.00 of 10.')
    expect(page).toContain('| P-1h | ep | pytorch published | 2 | 18.0 | 17.0 | 19.0 | 3.0 | 9.00 |')
    expect(page).toContain('| product | 1.00 | 0.90 | 1.25 | 7 | 30.0 | 75 % |')
    expect(page).toContain('| figure 2 | 100 | 1.0 | 1.0 |')
  })
  const record = join(root, 'docs/results/performance.json')
  test.runIf(existsSync(record))('the one that is committed says what the record beside it says', async () => {
    const page = await asked('page.mjs', `bench.pageOf(${readFileSync(record, 'utf8')})`)
    expect(readFileSync(join(root, 'docs/results/performance.md'), 'utf8')).toBe(page)
  })
})
