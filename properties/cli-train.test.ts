/** The program's `train` as a user meets it: runs that are stopped, killed and taken up again, the log, mistakes. Tiny networks on synthetic digits. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { requestOf } from '../src/cli/arguments.ts'
import { parseSafetensors } from '../src/data/safetensors.ts'
import { syntheticDigits } from '../src/data/synthetic.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { contents, program, scratch } from './program.ts'

const { at, phifold, folder, file } = scratch()
const dir = folder('.')

interface Ended {
  readonly code: number | string
  readonly out: string
  readonly err: string
}

/** Runs the program with options of Node's own. */
const node = (...args: readonly string[]): Promise<Ended> => new Promise((resolve) => {
  execFile(process.execPath, [...args], { cwd: dir, maxBuffer: 2 ** 26 }, (error, out, err) => {
    resolve({ code: error === null ? 0 : error.signal ?? (typeof error.code === 'number' ? error.code : -1), out, err })
  })
})

/** What the program would say, in this process: a start of the program takes longer than all else here. */
const told = async (...args: readonly string[]): Promise<Ended> => {
  const [out, err]: readonly [string[], string[]] = [[], []]
  const request = await requestOf(args)
  const answer = E.isLeft(request) ? request
    : await request.right((line) => { out.push(line) }, (line) => { err.push(line) })
  return E.isLeft(answer) ? { code: 2, out: out.join('\n'), err: answer.left.message } : { code: answer.right, out: out.join('\n'), err: err.join('\n') }
}
/** 12 mini-batches of 5 an epoch, in shards of 2, 2 and 1. */
const tiny = ['train', 'P-1h', '--sizes', '784-6-10', '--T', '6', '--K', '3', '--batch', '5', '--shard', '2', '--examples', '60', '--seed', '3']
const threaded = (threads: number, epochs: number, ...more: readonly string[]): readonly string[] =>
  [...tiny, '--epochs', String(epochs), '--threads', String(threads), ...more]
const tinyFor = (epochs: number, ...more: readonly string[]): readonly string[] => threaded(1, epochs, ...more)

/** All tensors of a folder's checkpoint. */
const tensorsIn = (dir: string): string => {
  const { tensors } = orThrow(parseSafetensors(readFileSync(at(`${dir}/checkpoint.safetensors`)), dir))
  return JSON.stringify(Object.entries(tensors).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { shape, data }]) => [name, shape, Array.from(data)]))
}
const stateIn = (dir: string): { readonly step: number } => {
  const { metadata } = orThrow(parseSafetensors(readFileSync(at(`${dir}/checkpoint.safetensors`)), dir))
  return JSON.parse(metadata['phifold'] ?? '') as { readonly step: number }
}
type Line = Readonly<Record<string, unknown>>
/** The log without what the clock says. */
const logIn = (dir: string): readonly Line[] => readFileSync(at(`${dir}/log.jsonl`), 'utf8').trimEnd().split('\n')
  .map((line) => Object.fromEntries(Object.entries(JSON.parse(line) as Line).filter(([key]) => key !== 'seconds' && key !== 'milliseconds')))

beforeAll(async () => {
  const { code, err } = await phifold(...tinyFor(3, '--out', 'whole', '--optimiser', 'momentum'))
  expect(err).toBe('')
  expect(code).toBe(0)
}, 60_000)

describe('a run', () => {
  it('logs a start, reports and an object per epoch, and says that its digits are synthetic', async () => {
    const { out } = await phifold(...tinyFor(1, '--out', 'one'))
    expect(out).toContain('SYNTHETIC')
    expect(out).toContain('rates 0.08,0.04, batch 5, 1 epoch, exact, seed 3')
    const lines = logIn('whole')
    expect(lines[0]).toMatchObject({ type: 'start', data: { synthetic: true, train: 60 }, engine: 'simd32' })
    const epochs = lines.filter(({ type }) => type === 'epoch')
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    for (const epoch of epochs) {
      expect(Object.keys(epoch).sort()).toEqual(['epoch', 'residual', 'testCost', 'testError', 'testResidual', 'testUnsettled', 'trainCost', 'trainError', 'type', 'unsettled'])
      expect(epoch['trainError']).toBeGreaterThanOrEqual(0)
      expect(epoch['testError']).toBeLessThanOrEqual(100)
    }
    expect(lines.filter(({ type }) => type === 'report').length).toBeGreaterThan(3)
  })
  it('says how long a mini-batch took, in every line of the log and in CSV', () => {
    const lines = readFileSync(at('whole/log.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Line).slice(1)
    for (const { milliseconds } of lines) expect(milliseconds).toBeGreaterThan(0)
    // 12 mini-batches and a test.
    for (const { type, milliseconds, seconds } of lines) if (type === 'epoch') expect(12 * Number(milliseconds)).toBeLessThan(1000 * Number(seconds) + 1)
    expect(readFileSync(at('whole/training.csv'), 'utf8')).toMatch(/seconds,milliseconds,residual/)
  })
  it('says what its digits are, not where they lay', async () => {
    const dir = folder('far/away')
    const { pixels, labels } = syntheticDigits(7, 70)
    const idx = (dims: readonly number[], data: Uint8Array): Uint8Array => {
      const header = new DataView(new ArrayBuffer(4 + 4 * dims.length))
      header.setUint32(0, 0x800 + dims.length)
      dims.forEach((dim, i) => { header.setUint32(4 + 4 * i, dim) })
      return Buffer.concat([new Uint8Array(header.buffer), data])
    }
    const half = (name: string, from: number, count: number): void => {
      file(`far/away/${name}-images-idx3-ubyte`, idx([count, 28, 28], Uint8Array.from(pixels).subarray(784 * from, 784 * (from + count))))
      file(`far/away/${name}-labels-idx1-ubyte`, idx([count], Uint8Array.from(labels).subarray(from, from + count)))
    }
    half('train', 0, 60)
    half('t10k', 60, 10)
    const { code, out } = await told(...tinyFor(2, '--out', at('told'), '--data', dir))
    expect(code).toBe(0)
    expect(out).toContain('on 60 digits of the IDX files in away, tested on 10: T 6')
    for (const [name, content] of Object.entries(contents(at('told')))) expect(content.includes(dir), name).toBe(false)
    expect(logIn('told')[0]).toMatchObject({ data: { origin: '60 digits of the IDX files in away, tested on 10', synthetic: false } })
    const on = ['train', 'P-1h', '--out', at('told'), '--resume', '--epochs', '3', '--threads', '1']
    const { err } = await told(...on)
    expect(err).toBe('phifold train: --resume: expected the data of the run, 60 digits of the IDX files in away, tested on 10, got none; give the folder of its files with --data')
    // The same bytes somewhere else are the same digits.
    cpSync(dir, at('elsewhere'), { recursive: true })
    expect(await told(...on, '--data', at('elsewhere'))).toMatchObject({ code: 0, err: '' })
    cpSync(dir, at('others'), { recursive: true })
    file('others/t10k-labels-idx1-ubyte', idx([10], new Uint8Array(10)))
    expect((await told(...on, '--data', at('others'))).err)
      .toBe('phifold train: --data: expected the digits of the run, 60 digits of the IDX files in elsewhere, tested on 10, got others, 60 digits of the IDX files in others, tested on 10; give the folder of those')
  })
  it('names all that is not as in Table 1', async () => {
    const { out } = await told(...tinyFor(1, '--out', at('other'), '--loss', 'cross-entropy', '--optimiser', 'momentum', '--weight-decay', '1e-4', '--decay', 'cosine', '--unsettled', 'skip', '--tolerance', '1e-3'))
    expect(out.split('\n')[0]).toMatch(/batch 5, 1 epoch, exact, loss cross-entropy, optimiser momentum 0\.9, weight decay 0\.0001, decay cosine, tolerance 0\.001, unsettled left out, seed 3, simd32$/)
  })
  it('gives the same weights from the same seed, others from another', async () => {
    await told(...tinyFor(3, '--out', at('again'), '--optimiser', 'momentum'))
    expect(tensorsIn('again')).toBe(tensorsIn('whole'))
    expect(logIn('again')).toEqual(logIn('whole'))
    await told(...tinyFor(1, '--out', at('two')).map((word) => (word === '3' ? '4' : word)))
    expect(tensorsIn('two')).not.toBe(tensorsIn('one'))
  })
  it('stopped by --batches goes on as if it had not been', async () => {
    const { out } = await phifold(...tinyFor(3, '--out', 'parts', '--optimiser', 'momentum', '--batches', '15'))
    expect(out).toMatch(/stopped; go on with: phifold train P-1h --out parts --resume/)
    expect(stateIn('parts').step).toBe(15)
    const { code, out: later } = await phifold('train', 'P-1h', '--out', 'parts', '--resume', '--threads', '1')
    expect(code).toBe(0)
    expect(later).toContain('going on after 15 mini-batches')
    expect(tensorsIn('parts')).toBe(tensorsIn('whole'))
    // The test at the stop leaves a line more.
    expect(logIn('parts').filter(({ testError, type }) => !(type === 'report' && testError !== undefined))).toEqual(logIn('whole'))
  })
})

// ── Threads ──────────────────────────────────────────────────────────────────────────────────────────────────────

describe('several threads', () => {
  it.each([2, 3])('give the same bits, %i', async (threads) => {
    const out = `threads-${threads}`
    const { code, err } = await phifold(...threaded(threads, 3, '--out', out, '--optimiser', 'momentum'))
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(tensorsIn(out)).toBe(tensorsIn('whole'))
    expect(logIn(out)).toEqual(logIn('whole'))
  })
  it('go on from where one has stopped', async () => {
    await told(...tinyFor(3, '--out', at('one-two'), '--optimiser', 'momentum', '--batches', '15'))
    expect(await phifold('train', 'P-1h', '--out', 'one-two', '--resume', '--threads', '2')).toMatchObject({ code: 0, err: '' })
    expect(tensorsIn('one-two')).toBe(tensorsIn('whole'))
  })
  it('tell which number went wrong as one thread does', async () => {
    const wild = (threads: number) => phifold(...threaded(threads, 2, '--out', `wild-${threads}`, '--rates', '1e38,1e38'))
    const [one, two] = await Promise.all([wild(1), wild(2)])
    expect(two.err.replaceAll('wild-2', 'wild-1')).toBe(one.err)
    expect([one.code, two.code]).toEqual([1, 1])
  })
  it.each([['throws', 'thread 1 of the training ended: on purpose'], ['exits', 'thread 1 of the training ended: exit code 3']])(
    'one of which %s are an error of one line, and nothing is saved', async (way, message) => {
      const path = at(`fault-${way}.mjs`)
      writeFileSync(path, `
        import { isMainThread } from 'node:worker_threads'
        const wait = Atomics.wait
        let count = 0
        if (!isMainThread) Atomics.wait = (...args) => {
          if (++count === 30) ${way === 'throws' ? "throw new Error('on purpose')" : 'process.exit(3)'}
          return wait(...args)
        }
      `)
      const { code, err } = await node('--import', path, program, ...threaded(2, 50, '--out', way))
      expect(err).toBe(`phifold train: ${message}; go on from the last checkpoint with --threads 1\n`)
      expect(code).toBe(2)
      expect(stateIn(way).step % 12).toBe(0)
    }, 60_000)
})

// ── Killed ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Kills the process at one stage of the nth checkpoint that it writes. */
const killer = (stage: string, nth: number): string => {
  const path = at(`kill-${stage}.mjs`)
  writeFileSync(path, `
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const real = { ...fs }
    const die = () => { process.kill(process.pid, 'SIGKILL'); for (;;); }
    let part, written = 0
    fs.openSync = (path, ...rest) => {
      const fd = real.openSync(path, ...rest)
      if (String(path).endsWith('.part')) { part = fd; written += 1 } else part = undefined
      if (part !== undefined && written === ${nth} && ${JSON.stringify(stage)} === 'opened') die()
      return fd
    }
    fs.writeSync = (fd, bytes, ...rest) => {
      if (fd !== part || written !== ${nth}) return real.writeSync(fd, bytes, ...rest)
      if (${JSON.stringify(stage)} === 'half') { real.writeSync(fd, bytes.subarray(0, bytes.length >> 1)); die() }
      const count = real.writeSync(fd, bytes, ...rest)
      if (${JSON.stringify(stage)} === 'written') die()
      return count
    }
    fs.renameSync = (from, to) => {
      if (written === ${nth} && ${JSON.stringify(stage)} === 'forced') die()
      real.renameSync(from, to)
      if (written === ${nth} && ${JSON.stringify(stage)} === 'renamed') die()
    }
    syncBuiltinESMExports()
  `)
  return path
}

describe('a run that is killed', () => {
  it.each(['opened', 'half', 'written', 'forced', 'renamed'])('while a checkpoint is %s, loses no more than what came after the last', async (stage) => {
    // A checkpoint after each mini-batch; the first is that of the start.
    const args = tinyFor(3, '--out', stage, '--optimiser', 'momentum', '--checkpoint-minutes', '1e-9')
    const killed = await node('--import', killer(stage, 8), program, ...args)
    expect(killed.code).toBe('SIGKILL')
    expect(stateIn(stage).step).toBe(stage === 'renamed' ? 7 : 6)
    expect(await told('train', 'P-1h', '--out', at(stage), '--resume', '--threads', '1')).toMatchObject({ code: 0, err: '' })
    expect(tensorsIn(stage)).toBe(tensorsIn('whole'))
    expect(logIn(stage)).toEqual(logIn('whole'))
    expect(readdirSync(at(stage)).filter((name) => name.endsWith('.part'))).toEqual([])
  }, 60_000)

  // Lines of the log, and the temporary files of checkpoints.
  it.each(['appendFileSync', 'fsyncSync'])('by a disk that is full, at %s, says so and goes on when there is room', async (where) => {
    file('full.mjs', `
      import fs from 'node:fs'
      import { syncBuiltinESMExports } from 'node:module'
      const real = fs.${where}
      let count = 0
      fs.${where} = (...args) => {
        if (++count > 9) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
        return real(...args)
      }
      syncBuiltinESMExports()
    `)
    const { code, err } = await node('--import', at('full.mjs'), program, ...tinyFor(3, '--out', where, '--optimiser', 'momentum', '--checkpoint-minutes', '1e-9'))
    expect(code).toBe(2)
    expect(err).toMatch(/^phifold train: [^\n]*(log\.jsonl|checkpoint\.safetensors): cannot be written \(ENOSPC\); [^\n]* make room, and go on with --resume\n$/)
    expect(await told('train', 'P-1h', '--out', at(where), '--resume', '--threads', '1')).toMatchObject({ code: 0, err: '' })
    expect(tensorsIn(where)).toBe(tensorsIn('whole'))
    expect(logIn(where)).toEqual(logIn('whole'))
  }, 60_000)

  it('by Ctrl-C, saves and says how to go on', async () => {
    const done = await new Promise<Ended>((resolve) => {
      const child = execFile(process.execPath, [program, ...tinyFor(100_000, '--out', 'interrupted')], { cwd: dir }, (error, out, err) => {
        resolve({ code: error === null ? 0 : (error.code as number | undefined) ?? String(error.signal), out, err })
      })
      child.stdout?.on('data', (text: string) => { if (/epoch +2 /.test(text)) child.kill('SIGINT') })
    })
    expect(done.code).toBe(130)
    expect(done.out).toMatch(/interrupted and saved; go on with: phifold train P-1h --out interrupted --resume\n$/)
    expect(stateIn('interrupted').step).toBeGreaterThanOrEqual(24)
  }, 60_000)
})

// ── Mistakes ─────────────────────────────────────────────────────────────────────────────────────────────────────

const plain = ['train', 'P-1h', '--out', at('none')]

describe('mistakes are told in one line, with exit code 2', () => {
  const refused = async (expected: RegExp, ...args: readonly string[]): Promise<void> => {
    const { code, out, err } = await told(...args)
    expect(err).toMatch(expected)
    expect(err.trimEnd().split('\n').length, err).toBe(1)
    expect(out).toBe('')
    expect(code).toBe(2)
  }
  const whole = ['--out', at('whole')]
  it('by the program', async () => {
    const { code, out, err } = await phifold('train', 'P-9h')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^phifold train: network: expected EB-1h, [^\n]*\n$/)
  })
  it.each([
    [/--method: expected ep or/, [...plain, '--method', 'magic']],
    [/--K: expected a whole number/, [...plain, '--K', '0']],
    [/--T: expected at least/, [...plain, '--T', '5']],
    [/--beta: expected a number above 0/, [...plain, '--beta', '0']],
    [/--dt: expected a step size/, [...plain, '--dt', '2']],
    [/--rates: expected 2 rates/, [...plain, '--rates', '0.1']],
    [/--rates: expected numbers joined by commas/, [...plain, '--rates', 'fast']],
    [/--momentum: expected --optimiser momentum/, [...plain, '--momentum', '0.9', '--optimiser', 'adam']],
    [/--momentum: expected a number from 0/, [...plain, '--momentum', '1']],
    [/--decay: expected a factor/, [...plain, '--decay', '2']],
    [/--nudge: expected none/, ['train', 'EB-1h', ...whole.map((word) => word.replace('whole', 'none')), '--nudge', 'inner']],
    [/--sizes: expected 784 inputs/, [...plain, '--sizes', '10-6-10', '--examples', '20']],
    [/--batch: expected at most the 10 digits/, [...plain, '--examples', '10']],
    [/expected a directory with the four MNIST files/, [...plain, '--data', 'nowhere']],
    [/whole: there is a training run in this folder already; go on with it by --resume/, [...tiny, ...whole]],
    [/none: expected a checkpoint to go on from, got none/, [...plain, '--resume']],
    [/--resume: expected method as in the checkpoint, "ep", got "bptt"; leave it out/, ['train', 'P-1h', ...whole, '--resume', '--method', 'bptt']],
    [/--resume: expected name as in the checkpoint/, ['train', 'P-2h', ...whole, '--resume']],
    [/--resume: expected engine as in the checkpoint/, ['train', 'P-1h', ...whole, '--resume', '--engine', 'simd64']],
    [/--data: expected the digits of the run/, ['train', 'P-1h', ...whole, '--resume', '--examples', '59']],
  ])('%s', async (expected, args) => { await refused(expected, ...args) })

  it('a damaged, a cut and a foreign checkpoint', async () => {
    const damaged = (name: string, change: (bytes: Buffer) => Buffer): void => {
      cpSync(at('whole'), at(name), { recursive: true })
      const path = at(`${name}/checkpoint.safetensors`)
      writeFileSync(path, change(readFileSync(path)))
    }
    damaged('flipped', (bytes) => { bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1; return bytes })
    damaged('cut', (bytes) => bytes.subarray(0, bytes.length / 2))
    await refused(/its content does not match its digest, so it is damaged; take another checkpoint/, 'train', 'P-1h', '--out', at('flipped'), '--resume')
    await refused(/a damaged checkpoint/, 'train', 'P-1h', '--out', at('cut'), '--resume')
    mkdirSync(at('foreign'))
    writeFileSync(at('foreign/checkpoint.safetensors'), Buffer.concat([Buffer.from([8, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}      ')]))
    await refused(/expected a checkpoint of phifold train, got other tensors/, 'train', 'P-1h', '--out', at('foreign'), '--resume')
  })
  it('a folder that cannot be written to', async () => {
    writeFileSync(at('file'), '')
    await refused(/expected a folder, got a file on the way/, ...tiny, '--out', at('file/in'))
  })
})

describe('divergence', () => {
  it('stops with the step, the layer and what to try, exit code 1, and leaves the last checkpoint', async () => {
    const { code, err } = await told(...tinyFor(2, '--out', at('wild'), '--rates', '3e38,3e38', '--optimiser', 'adam').map((word) => (word === '60' ? '200' : word)))
    expect(code).toBe(1)
    expect(err).toMatch(/^phifold train: mini-batch \d+ of epoch 1: .*layer s\d is no longer finite.*lower --rates/)
    expect(err.trimEnd().split('\n').length).toBe(1)
    expect(stateIn('wild').step).toBe(0)
  })
  it('is seen where units are flat and all numbers stay finite', async () => {
    const { code, err } = await told(...tinyFor(2, '--out', at('flat'), '--rates', '1e20,1e20'))
    expect(code).toBe(1)
    expect(err).toMatch(/^phifold train: mini-batch \d+ of epoch 1: [Wb]\d of layer \d has grown to \d\.\de\+\d+, where no unit answers to its inputs any more; lower --rates \(100000000000000000000\)\. The last checkpoint is from before: /)
    expect(stateIn('flat').step).toBe(0)
  })
  it('of another kind, an epoch that learns nothing, is told once', async () => {
    const { code, out } = await told(...tinyFor(3, '--out', at('idle'), '--rates', '0,0'))
    expect(code).toBe(0)
    expect(out.match(/epoch 1 learned nothing: \d+\.\d % misread is what chance gives; lower --rates \(0\)/g)).toHaveLength(1)
    expect(out).not.toMatch(/epoch [23] learned nothing/)
  })
})

describe('a run that has ended', () => {
  it('says that nothing is left to do', async () => {
    const { code, out } = await told('train', 'P-1h', '--out', at('one'), '--resume', '--threads', '1')
    expect(code).toBe(0)
    expect(out).toContain('nothing is left to do: 1 of 1 epoch is done; --epochs with a larger number goes on')
  })
})
