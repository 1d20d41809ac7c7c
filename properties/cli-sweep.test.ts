/** `evaluate`, `predict`, `sweep` and `table` as a user meets them. Tiny networks on synthetic digits. */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { requestOf } from '../src/cli/arguments.ts'
import { writeNpy } from '../src/data/npy.ts'
import { syntheticDigits } from '../src/data/synthetic.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { contents, type Done, scratch } from './program.ts'

const { at, phifold, file } = scratch()
const lines = (text: string): readonly string[] => text.trimEnd().split('\n')
/** What the program would say, in this process, which takes less long; paths are of the folder. */
const told = async (...args: readonly string[]): Promise<Done> => {
  const [out, err]: readonly [string[], string[]] = [[], []]
  const request = await requestOf(args.map((word) => (/\.|^grid$|\//.test(word) && word !== '3/2' ? at(word) : word)))
  const answer = E.isLeft(request) ? request : await request.right((one) => { out.push(one) }, (one) => { err.push(one) })
  return E.isLeft(answer) ? { code: 2, out: out.join('\n'), err: answer.left.message } : { code: answer.right, out: out.join('\n'), err: err.join('\n') }
}
const base = { name: 'P-1h', sizes: [784, 6, 10], T: 6, K: 3, batch: 5, examples: 60, epochs: 2 }
interface Summary { readonly runs: readonly { readonly id: string; readonly status: string; readonly message?: string; readonly epochs: readonly { readonly testError: number }[] }[] }
const summaryIn = (dir: string): Summary => JSON.parse(readFileSync(at(`${dir}/summary.json`), 'utf8')) as Summary
const statuses = (dir: string): readonly string[] => summaryIn(dir).runs.map(({ status }) => status)

beforeAll(async () => {
  file('grid.json', JSON.stringify({ base, grid: { seed: [1, 2] } }))
  expect(await phifold('sweep', 'grid.json', '--out', 'grid', '--threads', '2')).toMatchObject({ code: 0, err: '' })
}, 120_000)

describe('sweep', () => {
  it('takes digits to learn from and to be tested on, as train does', async () => {
    file('few.json', JSON.stringify({ runs: [{ ...base, epochs: 1, tests: 30 }, { ...base, epochs: 1 }] }))
    expect(await phifold('sweep', 'few.json', '--out', 'few')).toMatchObject({ code: 0, err: '' })
    const data = readdirSync(at('few'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
      .map(({ name }) => (JSON.parse(readFileSync(at(`few/${name}/log.jsonl`), 'utf8').split('\n')[0] ?? '') as { readonly data: { readonly train: number; readonly test: number } }).data)
    expect(new Set(data.map(({ train }) => train))).toEqual(new Set([60]))
    expect(data.map(({ test }) => test)).toContain(30)
    expect(new Set(data.map(({ test }) => test)).size).toBe(2)
  })
  it('skips what is finished; the summary is the same', async () => {
    const before = readFileSync(at('grid/summary.csv'), 'utf8')
    expect(statuses('grid')).toEqual(['finished', 'finished'])
    const { code, out } = await phifold('sweep', 'grid.json', '--out', 'grid')
    expect(code).toBe(0)
    expect(out).toContain('2 runs in grid, 2 of them finished')
    expect(out).not.toContain('epoch 1')
    expect(readFileSync(at('grid/summary.csv'), 'utf8')).toBe(before)
    rmSync(at('grid/summary.csv'))
    await phifold('sweep', 'grid.json', '--out', 'grid', '--summary')
    expect(readFileSync(at('grid/summary.csv'), 'utf8')).toBe(before)
  })
  it('in shards and with a run begun elsewhere comes to the same', async () => {
    const whole = summaryIn('grid')
    const begun = whole.runs[0]!.id
    await phifold('train', 'P-1h', '--sizes', '784-6-10', '--T', '6', '--K', '3', '--batch', '5', '--examples', '60', '--epochs', '2', '--seed', '1', '--batches', '7', '--out', `parts/${begun}`)
    await phifold('sweep', 'grid.json', '--out', 'parts', '--shard', '1/2')
    expect(statuses('parts')).toEqual(['finished', 'waiting'])
    await phifold('sweep', 'grid.json', '--out', 'parts', '--shard', '2/2')
    const errors = ({ runs }: Summary) => runs.map(({ id, epochs }) => [id, epochs.map(({ testError }) => testError)])
    expect(errors(summaryIn('parts'))).toEqual(errors(whole))
  })
  it('goes on after a run that fails, and ends with 1', async () => {
    file('bad.json', JSON.stringify({ base, runs: [{ sizes: [9, 6, 10] }, { seed: 1, epochs: 1 }] }))
    const { code, err } = await phifold('sweep', 'bad.json', '--out', 'bad', '--threads', '1')
    expect(code).toBe(1)
    expect(lines(err)).toHaveLength(1)
    expect(err).toMatch(/--sizes: expected 784 inputs/)
    expect(statuses('bad')).toEqual(['failed', 'finished'])
    expect(summaryIn('bad').runs[0]?.message).toMatch(/expected 784 inputs/)
  })
  it.each([
    [['nothing.json'], /nothing\.json: expected a readable JSON file, got ENOENT/], [['broken.json'], /broken\.json: expected JSON/],
    [['grid.json', '--shard', '3/2'], /--shard: expected i\/n/], [['grid.json', '--time-budget', '5'], /--time-budget: expected a time/],
  ])('%j is a mistake of one line', async (args, expected) => {
    file('broken.json', '{ "base": ')
    const { code, out, err } = await told('sweep', ...args)
    expect([code, out, lines(err).length]).toEqual([2, '', 1])
    expect(err).toMatch(expected)
  })
})

describe('a trained folder', () => {
  const trained = (): string => `grid/${summaryIn('grid').runs[0]!.id}`
  it('is evaluated as it was tested while it trained', async () => {
    const { code, out, err } = await told('evaluate', trained(), '--out', './test')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('SYNTHETIC')
    const { error, samples, confusion } = JSON.parse(readFileSync(at('test/evaluation.json'), 'utf8')) as { error: number; samples: number; confusion: number[][] }
    expect(error).toBe(summaryIn('grid').runs[0]!.epochs.at(-1)!.testError)
    expect(confusion.flat().reduce((a, b) => a + b)).toBe(samples)
    expect(Object.keys(contents(at('test')))).toEqual(['evaluation.json', 'evaluation.png', 'evaluation.svg', 'evaluation.txt'])
  })
  it('shows what it misreads, and tells digits of a file', async () => {
    expect(await told('predict', trained(), '--out', 'misread.svg')).toMatchObject({ code: 0, err: '' })
    expect(readFileSync(at('misread.svg'), 'utf8')).toMatch(/told \d, meant \d/)
    const { pixels, count } = syntheticDigits(5, 4)
    file('digits.npy', orThrow(writeNpy({ dtype: 'F32', shape: [count, 28, 28], data: Array.from(pixels) }, 'digits')))
    const { out } = await told('predict', trained(), '--file', 'digits.npy')
    expect(lines(out)).toHaveLength(5)
    expect(lines(out)[1]).toMatch(/^0,\d,[01],/)
  })
  it.each([
    [['evaluate', 'nowhere'], /expected a folder of phifold train/], [['predict', 'grid', '--out', 'a.gif'], /--out: expected a file such as misread\.png/],
    [['predict', 'nowhere', '--file', 'x.npy', '--data', 'y'], /--file: expected no --data/],
  ])('%j is a mistake of one line', async (args, expected) => {
    const { code, err } = await told(...args)
    expect([code, lines(err).length]).toEqual([2, 1])
    expect(err).toMatch(expected)
  })
})

describe('table', () => {
  it('stands beside the figures of the paper, with the epochs that there are, and goes on', async () => {
    const asked = ['table', '1', '--rows', 'P-1h', '--methods', 'ep', '--seeds', '1', '--examples', '20', '--epochs', '1', '--out', 'table']
    const { code, out } = await phifold(...asked)
    expect(code).toBe(0)
    expect(out).toMatch(/P-1h +ep +2\.00 ± 0\.13 +\d+\.\d+ +\d+\.\d+ +1 of 1 +1 of 1/)
    expect(out).toContain('on the first 20 digits of SYNTHETIC digits')
    expect((await phifold(...asked)).out).toContain('1 run in table, 1 of them finished')
  })
  it('names the folder of the digits, and not where it lies', async () => {
    const { pixels, labels } = syntheticDigits(3, 20)
    const idx = (dims: readonly number[], data: ArrayLike<number>): Uint8Array =>
      Uint8Array.from([0, 0, 8, dims.length, ...dims.flatMap((n) => [n >>> 24, n >>> 16, n >>> 8, n].map((byte) => byte & 255)), ...Array.from(data)])
    for (const set of ['train', 't10k']) {
      file(`deep/digits/${set}-images-idx3-ubyte`, idx([20, 28, 28], pixels))
      file(`deep/digits/${set}-labels-idx1-ubyte`, idx([20], labels))
    }
    const { code, err } = await phifold('table', '1', '--rows', 'P-1h', '--methods', 'ep', '--seeds', '1', '--epochs', '1', '--data', 'deep/digits/', '--out', 'named')
    expect([code, err]).toEqual([0, ''])
    ;['table-1.json', 'table-1.md'].forEach((name) => {
      const text = readFileSync(at(`named/${name}`), 'utf8')
      expect(text).toContain('the IDX files in digits')
      expect(text).not.toContain('deep')
    })
  })
})
