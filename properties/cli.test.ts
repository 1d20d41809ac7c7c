/** The built program as a user meets it: mistakes, help, the laws, figures and the files they leave. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answer } from '../src/cli/answer.ts'
import { closest } from '../src/cli/closest.ts'
import { syntheticDigits } from '../src/data/synthetic.ts'
import type { BarsRecord, FigureRecord } from '../src/experiment/record.ts'
import { auditOf } from '../src/law/audit.ts'
import { laws } from '../src/law/index.ts'
import { contents, type Done, program, root, scratch } from './program.ts'

const { phifold, at, folder } = scratch()

// ── Data ─────────────────────────────────────────────────────────────────────────────────────────────────────────

const idx = (dims: readonly number[], data: ArrayLike<number>): Buffer => {
  const head = Buffer.alloc(4 + 4 * dims.length)
  head.set([0, 0, 8, dims.length])
  dims.forEach((n, i) => head.writeUInt32BE(n, 4 + 4 * i))
  return Buffer.concat([head, Buffer.from(Uint8Array.from(data))])
}

/** The four MNIST files with 12 digits each; `spoil` changes some of them (undefined leaves one out). */
const mnist = (name: string, spoil: Readonly<Record<string, Buffer | undefined>> = {}): string => {
  const { count, rows, cols, pixels, labels } = syntheticDigits(8, 12)
  const files: Readonly<Record<string, Buffer | undefined>> = {
    'train-images-idx3-ubyte.gz': gzipSync(idx([count, rows, cols], pixels)),
    'train-labels-idx1-ubyte': idx([count], labels),
    't10k-images-idx3-ubyte': idx([count, rows, cols], pixels),
    't10k-labels-idx1-ubyte.gz': gzipSync(idx([count], labels)),
    ...spoil,
  }
  const dir = folder(name)
  for (const [file, bytes] of Object.entries(files)) if (bytes !== undefined) writeFileSync(join(dir, file), bytes)
  return dir
}

// ── Mistakes ─────────────────────────────────────────────────────────────────────────────────────────────────────

describe('a mistake', () => {
  const figure2 = ['figure', '2', '--out', 'never']
  const figure8 = ['figure', '8', '--out', 'never', '--sizes', '784-4-10', '--T', '9', '--K', '3']
  const recipe = ['recipe', 'P-1h', '--out', 'never', '--sizes', '784-4-10', '--batches', '1']
  const mistakes: readonly (readonly [args: readonly string[], line: RegExp])[] = [
    [['frobnicate'], /unknown command "frobnicate"; known: verify, figure, recipe, .*start, audit \(/],
    [['figure'], /expected a value for number/],
    [['figure', '7'], /expected a figure of the paper, all or departures, got "7"; known: 2, 3, 4, 8, 9, 10, 11, 12, 13, 16/],
    [['figure', '2', '8'], /unknown argument 8/],
    [['figure', '2', '--betta', '1'], /unknown argument --betta 1; see phifold figure --help/],
    [['figure', '2', '-x'], /unknown argument -x/],
    [['figure', '2', '--beta'], /expected a value for --beta/],
    [['figure', '2', '--out', ''], /expected no empty argument/],
    [['figure', '2', '--T='], /expected a value for --T, got none/],
    [['verify', '--law=', '--seed', '1'], /expected a value for --law, got none/],
    [['figure', '2', '--beta', '1', '--beta', '2'], /--beta 1 --beta 2: expected once/],
    [[...figure2, '--beta', '0'], /--beta: expected a number above 0, got 0; with β = 0 /],
    [[...figure2, '--beta', '-0.1'], /--beta: expected a number above 0, got -0.1/],
    [[...figure2, '--beta', 'NaN'], /--beta: expected a number, got "NaN"/],
    [[...figure2, '--beta', '1e999'], /--beta: .*got Infinity/],
    [[...figure2, '--beta', '1e300'], /--beta: expected a nudge under which \w+ stays finite, got 1e\+300; take a smaller one/],
    [[...figure2, '--dt', '1.5'], /--dt: expected a step size above 0 and at most 1, got 1.5/],
    [[...figure2, '--T', '1.5'], /--T: expected a whole number/],
    [[...figure2, '--T', '1000000000000'], /--T: expected a whole number of steps from 1 to 10000000, got 1000000000000/],
    [[...figure2, '--T', '20', '--K', '30'], /--T: expected at least K = 30 steps/],
    [[...figure2, '--K', '1'], /--K: expected a whole number of steps from 2/],
    [[...figure2, '--batch', '0'], /--batch: expected a whole number above 0/],
    [[...figure2, '--batch', '1000000000000'], /--batch: expected at most 16777216 numbers in a tensor, got 1000000000000 samples/],
    [[...figure2, '--seed', '-1'], /--seed: expected a whole number from 0 to 4294967295/],
    [[...figure2, '--sizes', 'a-b'], /--sizes: .*got "a-b"; write them as in 784-512-10/],
    [[...figure2, '--sizes', '5'], /--sizes: expected at least two sizes/],
    [[...figure2, '--sizes', '5-0-10'], /--sizes: expected whole numbers above 0, got 5-0-10/],
    [[...figure2, '--sizes', '99999999-99999999'], /--sizes: expected at most/],
    [['figure', '8', '--sizes', '783-4-10'], /--sizes: expected 784 inputs, one per pixel, got 783/],
    [['figure', '11', '--sizes', '784-4-9'], /--sizes: expected 10 outputs, one per digit, got 9/],
    [[...figure2, '--activation', 'relu'], /--activation: expected names among tanh, sigm, hardsigm, identity, joined by commas, got "relu"/],
    [[...figure2, '--activation', 'tanh,sigm,tanh'], /--activation: expected one name, or one for each of 2 layers, got 3/],
    [[...figure2, '--variant', 'leak'], /--variant: expected exact, published or some of input-activation,.* \(figure 2\), got leak/],
    [[...figure2, '--variant', ''], /expected no empty argument/],
    [[...figure2, '--engine', 'fast'], /--engine: expected one of reference, simd64, simd32, simd32-fused, got "fast"/],
    [[...figure2, '--threads', '0'], /--threads: expected a whole number above 0/],
    [['figure', 'departures', '--variant', 'leak'], /--variant: expected none/],
    [['figure', 'departures', '--sizes', '784-3-10'], /--sizes: expected none/],
    [['figure', 'all', '--sizes', '784-4-10'], /--sizes: expected the layers of figure 4 as they are/],
    [[...figure2, '--data', '.'], /--data: figure 2 draws its own random input/],
    [[...figure8, '--data', 'nowhere'], /nowhere: expected a directory with the four MNIST files/],
    // Several figures: the digits are read before any of them is run.
    ...['3', 'all', 'departures'].flatMap((which) => ['nowhere', 'truncated'].map((data): [string[], RegExp] =>
      [['figure', which, '--out', 'never', '--data', data], /nowhere: expected a directory|labels-idx1-ubyte: truncated/])),
    [[...figure8, '--data', 'lacking'], /got none named t10k-labels-idx1-ubyte .*leave out --data/],
    [[...figure8, '--data', 'magic'], /train-images-idx3-ubyte.gz: expected an IDX file/],
    [[...figure8, '--data', 'truncated'], /train-labels-idx1-ubyte: truncated/],
    [[...figure8, '--data', 'counts'], /expected 12 labels, one for each image/],
    [[...figure8, '--data', 'packed'], /expected gzip data/],
    [[...figure8, '--data', 'good', '--batch', '13'], /--batch: expected at most the 12 digits/],
    [['figure', '2', '--out', 'file'], /expected a folder, got a file/],
    [['figure', '2', '--out', 'pipe'], /expected a folder, got neither file nor folder/],
    // Where no folder can be made, though the one above it is there.
    ...(process.platform === 'linux' ? [[['figure', '2', '--out', '/proc/phifold'], /\/proc\/phifold: expected [^\n]+; choose another folder/] as const] : []),
    [['start', '--out', 'file'], /start: results: file: expected a folder, got a file/],
    [['start', '--out', 'file', 'more'], /unknown argument more/],
    [['verify', '--law', 'L5.foo'], /no law "L5.foo"; close names: L5\./],
    [['verify', '--law', 'L5', '--path', '1'], /--path needs one law, got \d/],
    [['verify', '--mutant', 'x'], /--mutant needs one law/],
    [['verify', '--law', 'L1.tanh', '--mutant', 'x'], /L1.tanh has no seeded fault "x"; it has: "/],
    [['verify', '--law', 'L1.tanh', '--path', 'a'], /--path: expected numbers joined by colons/],
    [['verify', '--law', 'L1.tanh', '--path', '0:0:0:0:0'], /--path: expected the path of an instance of L1\.tanh/],
    [['verify', '--law', 'L1.tanh', '--path', '99999999'], /--path: expected numbers joined by colons/],
    [['verify', '--runs', '0'], /--runs: expected a whole number from 1 to 1000000/],
    [['verify', '--runs', '1000000000000'], /--runs: expected a whole number from 1 to 1000000/],
    [['verify', '--json=1'], /--json=1: expected no value/],
    [['compare', '--estimators', 'bp'], /--estimators: expected the name of an estimator, got "bp"; known: bptt, rbp/],
    [['compare', '--estimators', 'ep'], /--estimators: expected 1 number after ep/],
    [['compare', '--estimators', 'ep:x'], /--estimators: expected 1 number after ep/],
    [['compare', '--estimators', 'random:0.1:-1'], /--estimators: expected a seed from 0 to 4294967295 in random/],
    [['compare', '--estimators', 'ep:0'], /--estimators: expected a finite β other than 0 in ep, got "ep:0"/],
    [['compare', '--estimators', 'ep:1e999'], /--estimators: expected a finite β other than 0 in ep/],
    [['compare', '--estimators', 'implicit:-1'], /--estimators: expected a tolerance above 0 and below 1 in implicit/],
    [['compare', '--estimators', 'holomorphic:1000000000000:0.1'], /--estimators: expected a whole N from 1 to 1000 in holomorphic/],
    [['compare', '--estimators', 'holomorphic:3:-1'], /--estimators: expected a finite r above 0 in holomorphic/],
    [['compare', '--estimators', 'continual:0.1:-1'], /--estimators: expected an η of at least 0 in continual/],
    [['compare', '--estimators', 'bptt,bptt'], /--estimators: expected each once, got bptt twice/],
    [['compare', '--estimators', 'a,,b'], /--estimators: expected names joined by commas/],
    [['compare', '--network', 'toi'], /--network: expected toy, P-1h, EB-1h or sizes such as 4-8-3, got "toi"; did you mean toy\?/],
    [['compare', '--network', '4-0-3'], /--network: expected sizes above 0/],
    [['compare', '--network', '4-999999999-3'], /--network: sizes: expected at most 16777216 numbers in a tensor/],
    [['compare', '--network', '4-8-3', '--K', '1000000000000'], /--K: expected a whole number of steps from 1 to 10000/],
    [['compare', '--network', 'P-1h', '--batch', '1000000000000'], /--batch: expected at most 16777216 numbers/],
    [['compare', '--T', '3', '--K', '4'], /--T: expected at least K = 4 steps/],
    [['compare', '--data', 'never'], /--data: expected a network from 784 to 10 units/],
    [['recipe'], /expected a value for network/],
    [['recipe', 'P1h'], /expected a network of Table 1, got "P1h"; did you mean P-1h\? known: EB-1h, EB-2h, P-1h, P-2h, P-3h, P-conv/],
    [[...recipe, '--K', '31'], /--T: expected at least 31 steps/],
    [[...recipe, '--variant', 'published', '--T', '15'], /--T: expected at least 16 steps/],
    [['recipe', 'P-1h', '--batches', '0'], /--batches: expected a whole number above 0/],
    [['recipe', 'P-1h', '--batches', '1001'], /--batches: expected at most 1000/],
    [[...recipe, '--batch', '0'], /--batch: expected a whole number above 0/],
    [[...recipe, '--batch', '1000000000000'], /--batch: expected at most 16777216 numbers/],
    [[...recipe, '--search', '--batch', '1000000'], /--batch: expected at most 16777216 numbers/],
    [['recipe', 'P-1h', '--batch', '10000', '--batches', '1000'], /expected at most 1000000 synthetic digits in all, got 10000000/],
    [['train', 'P-1h', '--out', 'never', '--examples', '10000000'], /expected at most 1000000 synthetic digits in all/],
    [[...recipe, '--beta', '0'], /--beta: expected a number above 0, got 0; take 0.1/],
    [[...recipe, '--beta', '1e300'], /all entries must be finite; take a smaller β/],
    [[...recipe, '--tolerance', '0'], /--tolerance: expected a number above 0/],
    [[...recipe, '--tolerance', 'NaN'], /--tolerance: expected a number, got "NaN"/],
    [[...recipe, '--search', '--agreement', '0'], /--agreement: expected a percentage above 0 and at most 100, got 0/],
    [[...recipe, '--search', '--agreement', '100.1'], /--agreement: expected a percentage/],
    [[...recipe, '--search', '--agreement', 'NaN'], /--agreement: expected a number, got "NaN"/],
    [[...recipe, '--agreement', '90'], /--agreement: expected to come with --search.*add --search/],
    [[...recipe, '--nudge', 'sideways'], /--nudge: expected outer or inner, got "sideways"/],
    [[...recipe, '--nudge', 'inner', '--variant', 'published'], /--nudge: expected outer, as the published program has it/],
    [['recipe', 'EB-1h', '--nudge', 'inner', '--threads', '1'], /--nudge: .*leave --nudge out with EB-1h/],
    [[...recipe, '--variant', 'other'], /--variant: expected exact or published/],
    [['recipe', 'P-1h', '--sizes', '784-10'], /--sizes: expected 3 sizes, as P-1h has/],
    [['recipe', 'P-1h', '--sizes', '783-4-10', '--threads', '1'], /--sizes: expected 784 inputs/],
    [['recipe', 'P-conv', '--sizes', '784-4-10'], /--sizes: expected the layers of P-conv as they are/],
    [[...recipe, '--data', 'nowhere'], /nowhere: expected a directory with the four MNIST files/],
    [['recipe', 'P-1h', '--out', 'file'], /expected a folder, got a file/],
    [['golden'], /golden: expected a folder or files/],
    [['golden', '--engine', 'simd32', 'pipe'], /--engine: expected reference or simd64, since what was recorded are doubles, got simd32/],
    [['golden', 'nowhere'], /nowhere: cannot be read \(ENOENT\)/],
    [['golden', 'pipe'], /pipe: cannot be read \(not a file\)/],
    [['golden', 'magic/t10k-images-idx3-ubyte'], /not JSON; correct the file or leave it out/],
    [['report', 'piped'], /figure-1\.json: cannot be read \(not a file\)/],
    [['report'], /report: expected a value for folder/],
    [['report', 'nowhere'], /nowhere: expected a folder of results, got none \(ENOENT\)/],
    [['report', 'good'], /good: expected records figure-\*\.json, training runs or other reports, got none; make one/],
    [['audit', '--write'], /expected a value for --write/],
    [['audit', '--write', 'file/x.md'], /expected a folder, got a file; choose another folder with --write/],
    [['audit', '--write', 'pipe'], /pipe: expected a file, got neither file nor folder/],
  ]

  beforeAll(() => {
    const { labels } = syntheticDigits(8, 12)
    writeFileSync(at('file'), 'a file\n')
    const pipes = `mkfifo '${at('pipe')}' '${join(folder('piped'), 'figure-1.json')}'`
    expect(spawnSync('sh', ['-c', pipes]).status).toBe(0)
    mnist('good')
    mnist('lacking', { 't10k-labels-idx1-ubyte.gz': undefined })
    mnist('magic', { 'train-images-idx3-ubyte.gz': gzipSync(Buffer.from('no digits at all')) })
    mnist('truncated', { 'train-labels-idx1-ubyte': idx([12], labels).subarray(0, 15) })
    mnist('counts', { 'train-labels-idx1-ubyte': idx([11], Array.from(labels).slice(1)) })
    mnist('packed', { 'train-images-idx3-ubyte.gz': Buffer.from('not packed') })
  })

  const told = ({ code, out, err }: Done, line: RegExp): void => {
    expect(err).toMatch(line)
    expect(err).toMatch(/^phifold[^\n]*\n$/)
    expect(err).not.toMatch(/\n\s+at /)
    expect({ code, out }).toEqual({ code: 2, out: '' })
  }

  describe('in this process, for speed', () => {
    const home = process.cwd()
    beforeAll(() => { process.chdir(at('.')) })
    afterAll(() => { process.chdir(home) })

    for (const [args, line] of mistakes) it(`is told in one line, exit code 2: phifold ${args.join(' ')}`, async () => {
      const [out, err]: [string[], string[]] = [[], []]
      const code = await answer(args, (text) => out.push(`${text}\n`), (text) => err.push(`${text}\n`))
      told({ code, out: out.join(''), err: err.join('') }, line)
    })
  })

  const oneOfEach = mistakes.filter(([[name]], i) => mistakes.findIndex(([[other]]) => other === name) === i)
  for (const [args, line] of oneOfEach) it.concurrent(`is told by the program: phifold ${args.join(' ')}`, async () => { told(await phifold(...args), line) })

  it('leaves no results', () => {
    const left = statSync(at('never'), { throwIfNoEntry: false }) === undefined ? [] : readdirSync(at('never'))
    expect(left).toEqual([])
    expect(readFileSync(at('file'), 'utf8')).toBe('a file\n')
  })
})

it('names close to a misspelt one contain it, begin like it, or differ in few letters', () => {
  const names = ['L1.tanh', 'L5.energy-based', 'L5.inner-nudge', 'L6.telescoping']
  expect(closest('energy', names)[0]).toBe('L5.energy-based')
  expect(closest('L5.iner-nudge', names)[0]).toBe('L5.inner-nudge')
  expect(closest('l1.tahn', names)[0]).toBe('L1.tanh')
})

// ── Help ─────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('help', () => {
  const options: Readonly<Record<string, readonly string[]>> = {
    verify: ['--seed', '--runs', '--json', '--law', '--path', '--mutant', '--mutants', '--threads'],
    figure: ['<number>', '--seed', '--out', '--data', '--beta', '--T', '--K', '--dt', '--batch', '--sizes',
      '--activation', '--clamp', '--variant', '--engine', '--threads'],
    recipe: [
      '<network>', '--seed', '--out', '--data', '--batches', '--batch', '--T', '--K', '--beta', '--dt', '--sizes', '--nudge', '--variant', '--search',
      '--tolerance', '--agreement', '--engine', '--threads'],
    golden: ['path', '--engine', '--threads'], start: ['--seed', '--out', '--engine', '--threads'], audit: ['--write'], report: ['folder', '--out'],
  }

  it.each(Object.entries(options))('of %s names its options, also after other arguments', async (name, all) => {
    const { code, out, err } = await phifold(name, '--help')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const option of all) expect(out).toContain(option)
    expect(await phifold(name, 'anything', '-h')).toEqual({ code, out, err })
  })

  it('lists the commands, and is what no command at all gives', async () => {
    const { code, out } = await phifold('--help')
    expect(code).toBe(0)
    for (const name of Object.keys(options)) expect(out).toContain(`- ${name} - `)
    expect(await phifold()).toEqual({ code: 0, out, err: '' })
  })

  it('tells the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
    expect(await phifold('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })
})

// ── Laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('verify', () => {
  it('--json prints the seed and a row per law, and nothing else; the same again', async () => {
    const first = await phifold('verify', '--law', 'L1', '--json', '--runs', '7', '--seed', '5')
    const told = JSON.parse(first.out) as { readonly laws: readonly object[] }
    expect(Object.keys(told)).toEqual(['seed', 'laws'])
    expect(told).toMatchObject({ seed: 5 })
    expect(told.laws).toHaveLength(laws.filter(({ name }) => name.startsWith('L1.')).length)
    for (const row of told.laws) {
      expect(Object.keys(row)).toEqual(['name', 'rung', 'instances', 'gap', 'allowance', 'verdict'])
      expect(row).toMatchObject({ instances: 7, verdict: 'holds', gap: expect.any(Number) as number, allowance: expect.any(Number) as number })
    }
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(await phifold('verify', '--law', 'L1', '--json', '--runs', '7', '--seed', '5')).toEqual(first)
  })

  it('prints the seed, a row per law with what was checked, and a summary', async () => {
    const { code, out } = await phifold('verify', '--law', 'L1.tanh', '--mutants')
    const [law] = laws.filter(({ name }) => name === 'L1.tanh')
    const lines = out.trimEnd().split('\n')
    expect(code).toBe(0)
    expect(lines[0]).toBe('seed 20190532')
    expect(lines[2]).toMatch(/^L1\.tanh +float64 +\d+ .* holds +3\/3 /)
    expect(lines[2]).toContain(law?.says)
    expect(lines[3]).toMatch(/^1 of 1 laws hold on \d+ instances; 3 of 3 seeded faults rejected/)
  })

  it('shows a seeded fault fail, shrunk, with the command that shows it again', async () => {
    const [law] = laws.filter(({ name }) => name === 'L1.tanh')
    const { code, out } = await phifold('verify', '--law', 'L1.tanh', '--mutant', law?.faults[0] ?? '')
    expect(code).toBe(1)
    expect(out).toMatch(/^L1\.tanh .* fails /m)
    const shrunk = /shrunk to: (.*)/.exec(out)?.[1] ?? 'nothing'
    const again = /see it again: phifold (.*)/.exec(out)?.[1] ?? ''
    // The command is for a shell; its quotes are all of the simple kind.
    const args = (again.match(/'[^']*'|\S+/g) ?? []).map((arg) => arg.replace(/^'|'$/g, ''))
    expect(args).toContain('--path')
    const replay = await phifold(...args)
    expect(replay.code).toBe(1)
    expect(replay.out).toContain(`shrunk to: ${shrunk}\n`)
  })

  it('says on standard error what failed when only JSON may be printed', async () => {
    const { code, out, err } = await phifold('verify', '--law', 'L1.tanh', '--json', '--mutant', laws[0]?.faults[0] ?? '')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ laws: [{ verdict: 'fails' }] })
    expect(err).toMatch(/see it again: phifold verify --seed 20190532 --law L1.tanh --path /)
  })

  it('ends quietly when nobody reads on', () => {
    const piped = `'${process.execPath}' '${program}' verify --law L1 | head -1`
    const { stdout, stderr } = spawnSync('sh', ['-c', piped], { encoding: 'utf8' })
    expect(stdout).toBe('seed 20190532\n')
    expect(stderr).toBe('')
  })
})

describe('audit', () => {
  it('has a row for every law, with all its seeded faults, the same every time', async () => {
    const { code, out } = await phifold('audit')
    expect(code).toBe(0)
    expect(out.match(/^\| (?!---|in the paper)/gm)).toHaveLength(laws.length)
    for (const { name, faults } of laws) for (const said of [name, ...faults]) expect(out).toContain(said)
    expect(out).toBe(auditOf(laws))
    expect((await phifold('audit', '--write', 'docs/audit.md')).out).toBe(`${join('docs', 'audit.md')}\n`)
    expect(readFileSync(at('docs/audit.md'), 'utf8')).toBe(out)
  })

  it('keeps its table whole whatever a law says', () => {
    const [law] = laws
    if (law === undefined) throw new Error('no laws')
    const page = auditOf([{ ...law, says: 'a | b\nc' }])
    expect(page).toContain('| a \\| b c |')
  })
})

// ── Figures ──────────────────────────────────────────────────────────────────────────────────────────────────────

describe('figure', () => {
  const names = (n: number): readonly string[] => ['svg', 'png', 'csv', 'json', 'txt'].map((kind) => `figure-${n}.${kind}`)
  const toy = (out: string, ...more: readonly string[]): Promise<Done> =>
    phifold('figure', '2', '--sizes', '3-8-7', '--T', '500', '--K', '12', '--out', out, ...more)

  it('2 leaves five whole files, names them last, and gives the same bytes again', async () => {
    const { code, out, err } = await toy('one')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.trimEnd().split('\n').slice(-5)).toEqual(names(2).map((name) => join('one', name)))
    const files = contents(at('one'))
    expect(Object.keys(files).sort()).toEqual([...names(2)].sort())
    expect(files['figure-2.png']?.slice(1, 4)).toBe('PNG')
    expect(files['figure-2.svg']).toMatch(/^<svg[^]*<\/svg>\s*$/)
    const [head, ...rows] = files['figure-2.csv']?.trimEnd().split('\r\n') ?? []
    expect(head).toBe('t,quantity,index,bptt,ep,ep_tenth,centered,limit,nudging')
    // Six curves of each of s1, s2, W1, W2, Wx2, b1, b2.
    expect(rows).toHaveLength(12 * 6 * 7)
    expect(JSON.parse(readFileSync(at('one/figure-2.json'), 'utf8')))
      .toMatchObject({ figure: 2, seed: 20190532, hyperparameters: { sizes: [3, 8, 7], dt: 0.08, beta: 0.01, T: 500, K: 12 } })
    expect(out.startsWith(readFileSync(at('one/figure-2.txt'), 'utf8'))).toBe(true)
    expect((await toy('two')).code).toBe(0)
    // All but when and where it was run.
    const timeless = ({ 'figure-2.json': json, ...others }: Readonly<Record<string, string>>) =>
      ({ ...others, record: { ...JSON.parse(json ?? '') as FigureRecord, timings: undefined } })
    expect(timeless(contents(at('two')))).toEqual(timeless(files))
    expect((await toy('three', '--seed', '6')).code).toBe(0)
    expect(contents(at('three'))['figure-2.csv']).not.toBe(files['figure-2.csv'])
  })

  it('8 and 11 take real digits, gzipped or not, and say when they are synthetic', async () => {
    const said = async (n: string, out: string, ...more: readonly string[]): Promise<readonly string[]> => {
      const done = await phifold('figure', n, '--sizes', '784-6-10', '--T', '60', '--K', '4', '--batch', '3', '--out', out, ...more)
      expect(done).toMatchObject({ code: 0, err: '' })
      return [done.out, ...['svg', 'json'].map((kind) => readFileSync(at(`${out}/figure-${n}.${kind}`), 'utf8'))]
    }
    for (const text of await said('8', 'real', '--data', mnist('digits'))) {
      expect(text).toContain('3 of 12 training images')
      expect(text).not.toContain('SYNTHETIC')
    }
    for (const text of await said('11', 'standin')) expect(text).toContain('SYNTHETIC')
    expect(JSON.parse(readFileSync(at('standin/figure-11.json'), 'utf8'))).toMatchObject({ data: { synthetic: true } })
  })

  it('all runs every figure on threads, sums them up in bars, and report gathers them on one page', async () => {
    const { code, out, err } = await phifold('figure', 'all', '--T', '6', '--K', '2', '--batch', '1', '--unsettled', 'keep', '--threads', '2', '--out', 'all')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const numbers = [2, 3, 4, 8, 9, 10, 11, 12, 13, 16]
    expect(readdirSync(at('all')).sort()).toEqual(numbers.flatMap(names).sort())
    expect(out.trimEnd().split('\n').slice(-50).sort()).toEqual(numbers.flatMap(names).map((name) => join('all', name)).sort())
    for (const n of [2, 4, 8, 9, 10, 11, 12, 13]) expect(out).toMatch(new RegExp(`^figure ${n}: done in `, 'm'))
    const bars = JSON.parse(readFileSync(at('all/figure-3.json'), 'utf8')) as BarsRecord
    const eight = JSON.parse(readFileSync(at('all/figure-8.json'), 'utf8')) as FigureRecord
    expect(bars.of).toEqual([8, 9, 10, 11, 12, 13])
    expect(bars.panels[0]?.groups.find(({ name }) => name === 'W2')?.bars[0]?.value).toBe(eight.runs[0]?.estimates[0]?.agreements['W2']?.rmse)
    expect(await phifold('report', 'all')).toEqual({ code: 0, out: `${join('all', 'report.html')}\n`, err: '' })
  }, 120_000)

  it('all ends at the first figure that fails; what is done by then is whole', async () => {
    const { code, out, err } = await phifold('figure', 'all', '--data', mnist('twelve'), '--T', '6', '--K', '2', '--batch', '13', '--out', 'partly')
    expect(code).toBe(2)
    expect(err).toMatch(/^phifold figure: figure \d+: --batch: expected at most the 12 digits there are, got 13[^\n]*\n$/)
    expect(out).toMatch(/^(figure 2: done in [^\n]*\n)?$/)
    expect([[], [...names(2)].sort()]).toContainEqual(readdirSync(at('partly')).sort())
  })

  it('leaves old results untouched when it fails, in the run or in writing', async () => {
    expect((await toy('kept')).code).toBe(0)
    const before = contents(at('kept'))
    expect((await toy('kept', '--beta', '1e300')).code).toBe(2)
    expect(contents(at('kept'))).toEqual(before)
    rmSync(at('kept/figure-2.txt'))
    mkdirSync(at('kept/figure-2.txt'))
    const { code, err } = await toy('kept', '--seed', '6')
    expect(code).toBe(2)
    expect(err).toMatch(/^phifold figure: results: .*figure-2\.txt: expected a file, got a folder[^\n]*\n$/)
    rmSync(at('kept/figure-2.txt'), { recursive: true })
    expect(contents(at('kept'))).toEqual(Object.fromEntries(Object.entries(before).filter(([name]) => name !== 'figure-2.txt')))
  })
})

// ── Recipe ───────────────────────────────────────────────────────────────────────────────────────────────────────

describe('recipe', () => {
  const files = ['csv', 'json', 'txt'].map((kind) => `recipe-P-1h.${kind}`)
  const small = (out: string, ...more: readonly string[]): Promise<Done> =>
    phifold('recipe', 'P-1h', '--sizes', '784-16-10', '--batches', '2', '--batch', '5', '--out', out, ...more)

  it('judges T, K and β, leaves three files, names them last, and gives the same bytes again', async () => {
    const { code, out, err } = await small('judged')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.trimEnd().split('\n').slice(-3)).toEqual(files.map((name) => join('judged', name)))
    const found = contents(at('judged'))
    expect(Object.keys(found)).toEqual(files)
    expect(out.startsWith(readFileSync(at('judged/recipe-P-1h.txt'), 'utf8'))).toBe(true)
    expect(out).toContain('SYNTHETIC')
    expect(JSON.parse(readFileSync(at('judged/recipe-P-1h.json'), 'utf8'))).toMatchObject({
      recipe: 'P-1h', seed: 20190532, data: { synthetic: true }, hyperparameters: { sizes: [784, 16, 10], T: 30, K: 10, beta: 0.1, dt: 1, batches: 2 },
    })
    expect((await small('again')).code).toBe(0)
    expect(contents(at('again'))).toEqual(found)
    expect((await small('other', '--seed', '6')).code).toBe(0)
    expect(contents(at('other'))['recipe-P-1h.csv']).not.toBe(found['recipe-P-1h.csv'])
  })

  it('takes real digits, and finds numbers with the inner nudge', async () => {
    const { code, out, err } = await small('searched', '--search', '--nudge', 'inner', '--data', mnist('images'))
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('2 × 5 of 12 training images')
    expect(out).toMatch(/^found: T = \d+, K = \d+, β = /m)
    expect(JSON.parse(readFileSync(at('searched/recipe-P-1h.json'), 'utf8'))).toMatchObject({ search: { wanted: 95, reached: true } })
  })

  it('ends with exit code 1 and one line where nothing on the ladders will do, or nothing settles', async () => {
    const none = await small('none', '--search', '--agreement', '100')
    expect(none.code).toBe(1)
    expect(none.err).toMatch(/^phifold recipe: no K and β reach 100 % .*try --nudge inner[^\n]*\n$/)
    expect(Object.keys(contents(at('none')))).toEqual(files)
    const unsettled = await small('unsettled', '--search', '--T', '5')
    expect(unsettled).toMatchObject({ code: 1, out: '' })
    expect(unsettled.err).toMatch(/^phifold recipe: no T settles all mini-batches: free phase: after 5 steps .*raise --T[^\n]*\n$/)
  })
})

// ── Estimators ───────────────────────────────────────────────────────────────────────────────────────────────────

describe('compare', () => {
  const small = (out: string, ...more: readonly string[]): Promise<Done> =>
    phifold('compare', '--network', '3-4-2', '--K', '5', '--T', '900', '--out', out, ...more)

  it('holds estimators against the limit, and tells the one that can say nothing in its row', async () => {
    const { code, out, err } = await small('estimators', '--no-sweep', '--estimators', 'bptt,rbp,implicit:1e-10,holomorphic:3:1e300,ep:0.01,random:0.01:3,continual:0.01:0,vector-field:limit')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(Object.keys(contents(at('estimators')))).toEqual(['csv', 'json', 'txt'].map((kind) => `compare-3-4-2.${kind}`))
    expect(out).toMatch(/^bptt +\S+ +1\.0000/m)
    expect(out).toMatch(/^bptt +5 /m)
    expect(out).toMatch(/^holomorphic:3:1e300: estimate holomorphic:3:1e\+300 of \w+: entry \d+ is NaN/m)
  })

  it('sweeps β, fits the orders and draws them', async () => {
    const { code, out } = await small('swept', '--estimators', 'bptt,ep:0.01,centered:0.01,holomorphic:4:0.1')
    expect(code).toBe(0)
    const orders = ['ep', 'centered', 'holomorphic:4'].map((name) => Number(new RegExp(`^${name} +([\\d.]+) `, 'm').exec(out.slice(out.indexOf('β^order')))?.[1]))
    expect(orders.map((order, i) => Math.abs(order - [1, 2, 4][i]!) < [0.05, 0.05, 0.3][i]!)).toEqual([true, true, true])
    expect(Object.keys(contents(at('swept')))).toEqual(expect.arrayContaining(['compare-3-4-2-sweep.csv', 'compare-3-4-2.svg']))
    expect(JSON.parse(readFileSync(at('swept/compare-3-4-2.json'), 'utf8'))).toMatchObject({ reference: 'tangent', network: '3-4-2' })
  })
})

it('start checks every law, reproduces figure 2 and ends by naming its files', async () => {
  const { code, out } = await phifold('start', '--out', 'start')
  expect(code).toBe(0)
  expect(out).toContain(`${laws.length} of ${laws.length} laws hold`)
  expect(out.trimEnd().split('\n').slice(-5).map((path) => statSync(at(path)).size > 0)).toEqual([true, true, true, true, true])
  // The paper's Figure 2 at its own sizes: one-sided EP is about half a per cent off, its limit is exact to rounding.
  const { runs: [run] } = JSON.parse(readFileSync(at('start/figure-2.json'), 'utf8')) as FigureRecord
  const rmse = (kind: string) => Math.max(...Object.values(run?.estimates.find(({ estimate }) => estimate === kind)?.agreements ?? {}).map((each) => each.rmse))
  expect(rmse('one-sided')).toBeGreaterThan(1e-3)
  expect(rmse('one-sided')).toBeLessThan(1e-2)
  expect(rmse('limit')).toBeLessThan(1e-13)
})
