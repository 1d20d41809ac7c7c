/** `phifold diagnose` as a user meets it: a certificate, a broken hypothesis, and files that give something else. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { seeded, uniforms } from '../src/data/random.ts'
import { writeSafetensors } from '../src/data/safetensors.ts'
import { orThrow } from '../src/fold/mistake.ts'
import { root, scratch } from './program.ts'

const { phifold, file } = scratch()

/** A module whose function gives a model, with parts of the object changed. */
const model = (setting: string, change = '{}'): string => `export default async (phifold) => {
  const { initialise, layered, reference, seeded, tanh } = phifold
  const dynamics = phifold.${setting}({ interaction: layered([2, 4, 3]), activation: tanh, epsilon: 1 })
  const [theta] = initialise(reference, dynamics.params, seeded(1))
  const made = { dynamics, theta, x: [[0.3, -0.2], [0.5, 1]], y: [[1, 0, 0], [0, 1, 0]], T: 200, K: 30, beta: 0.001 }
  return { ...made, ...${change} }
}
`

/** The same of a convolutional network: 8×8 images under two kernels, with what is wrong with it. */
const maps = (wrong: { readonly size?: number; readonly window?: number; readonly kernel?: readonly number[]; readonly image?: readonly number[] }): string => `export default (phifold) => {
  const { size = 3, window = 2, kernel = [2, 1, 3, 3], image = [1, 1, 8, 8] } = ${JSON.stringify(wrong)}
  const { convolutional, initialise, innerNudged, maxPooling, reference, seeded, tanh } = phifold
  const options = { size, stride: 1, padding: 0, pooling: maxPooling(window) }
  const dynamics = innerNudged({ interaction: convolutional({ input: [1, 8, 8], channels: [2], options, dense: [3] }), activation: tanh, epsilon: 1 })
  const [theta] = initialise(reference, dynamics.params, seeded(1))
  return { dynamics, theta: { ...theta, W1: reference.fill(kernel, 0.1) }, x: reference.fill(image, 0.3), y: [[0, 1, 0]], T: 200, K: 10, beta: 0.001 }
}
`
const oneLine = /^phifold diagnose: [^\n]+\n$/

describe('phifold diagnose', () => {
  it('prints a certificate and exits with 0', async () => {
    const { code, out, err } = await phifold('diagnose', file('exact.mjs', model('innerNudged')))
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^hypothesis +check +worst at +value +allowance +verdict\n/)
    expect(out).toMatch(/\ncertificate: every hypothesis holds/)
    expect(out).not.toContain('BROKEN')
  })

  it('names the first broken hypothesis and exits with 1', async () => {
    const { code, out, err } = await phifold('diagnose', file('outer.mjs', model('outerNudged')))
    expect([code, err]).toEqual([1, ''])
    expect(out).toMatch(/J M = M Jᵀ +s1–s2 .*BROKEN\n3 settled +not reached\n/)
    expect(out).toMatch(/\nbroken: NudgeOutside at s1–s2\n {2}.+\n {2}try: nudge inside σ/)
  })

  it('a network from a safetensors file, by the module that docs/extending.md shows', async () => {
    const module = /```text\n(import \{ readFileSync \}[^]*?)```/.exec(readFileSync(join(root, 'docs/extending.md'), 'utf8'))?.[1]
    const entries = (shape: readonly number[], seed: number) =>
      ({ dtype: 'F32' as const, shape, data: uniforms(seeded(seed), shape.reduce((n, k) => n * k, 1), -0.4, 0.4)[0] })
    const state = { 'fc1.weight': entries([6, 4], 1), 'fc1.bias': entries([6], 2), 'fc2.weight': entries([3, 6], 3), 'fc2.bias': entries([3], 4) }
    file('network.safetensors', orThrow(writeSafetensors(state, 'network.safetensors')))
    const { code, out, err } = await phifold('diagnose', file('from-elsewhere.mjs', module ?? ''))
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/\ncertificate: every hypothesis holds/)
  })

  it('as JSON, on another interpreter', async () => {
    const { code, out } = await phifold('diagnose', file('outer.mjs', model('outerNudged')), '--json', '--engine', 'simd64')
    const parsed = JSON.parse(out) as { readonly findings: readonly unknown[] }
    expect(code).toBe(1)
    expect(parsed).toMatchObject({ verdict: 'broken', hypothesis: 'symmetry', where: 's1–s2', cause: { _tag: 'NudgeOutside' } })
    expect(parsed.findings.at(-1)).toMatchObject({ holds: false })
  })

  it('a divergence is a verdict, and JSON spells its infinity', async () => {
    const change = "{ theta: { W1: [[9, 9]], b1: [1], W2: [[9]], b2: [1] }, T: 3000, y: [[1], [0]], dynamics: phifold.energyBased({ interaction: layered([2, 1, 1]), activation: phifold.identity, epsilon: 1 }) }"
    const { code, out } = await phifold('diagnose', file('diverges.mjs', model('innerNudged', change)), '--json')
    expect([code, (JSON.parse(out) as object)]).toMatchObject([1, { hypothesis: 'settled', cause: { _tag: 'Diverged' } }])
    expect(out).toContain('"value": "Infinity"')
  })

  it('accuracy on the command line replaces the file\'s', async () => {
    const { code, out } = await phifold('diagnose', file('exact.mjs', model('innerNudged')), '--accuracy', '1e-5')
    expect(code).toBe(1)
    expect(out).toContain('broken: BetaTooLarge')
  })

  it('takes tensors as {shape, data}, and the user\'s own numbers', async () => {
    const change = '{ x: { shape: [2, 2], data: [0.3, -0.2, 0.5, 1] }, observed: { bpttTotal: Object.fromEntries(Object.entries(theta).map(([name, p]) => [name, p])) } }'
    const { code, out } = await phifold('diagnose', file('observed.mjs', model('innerNudged', change)))
    expect(code).toBe(1)
    expect(out).toMatch(/broken: Differs at W|broken: Differs at b/)
  })

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no file', [], /expected a value for file/],
    ['a file that is not there', ['none.mjs'], /none\.mjs: expected a module, got no file/],
    ['no default export', [file('no-default.mjs', 'export const x = 1')], /expected a default export/],
    ['a module that throws', [file('throws.mjs', "throw new Error('first\\nsecond')")], /its import fails: first; make it run by itself/],
    ['a syntax error', [file('syntax.mjs', 'export default {')], /its import fails/],
    ['a missing package', [file('missing.mjs', "import 'no-such-package-here'\nexport default {}")], /no-such-package-here/],
    ['no module at all', [file('model.txt', 'hello')], /expected a module \.js, \.mjs or \.ts|its import fails|expected a default export/],
    ['no dynamics', [file('bare.mjs', 'export default { T: 5 }')], /dynamics: expected a dynamics \{name, layers, params, at\}/],
    ['a number', [file('number.mjs', 'export default 3')], /default export: /],
    ['a wrong T', [file('steps.mjs', model('innerNudged', '{ T: 0 }'))], /T: expected a whole number, at least 2/],
    ['no β', [file('beta.mjs', model('innerNudged', '{ beta: "x" }'))], /beta: expected a number other than 0/],
    ['β = 0', [file('zero.mjs', model('innerNudged', '{ beta: 0 }'))], /beta: 0 leaves nothing to divide by/],
    ['ragged rows', [file('ragged.mjs', model('innerNudged', '{ x: [[1, 2], [3]] }'))], /x: expected a tensor, nested arrays/],
    ['a wrong shape', [file('shape.mjs', model('innerNudged', '{ y: [[1], [2]] }'))], /target y: expected shape 2×3, got 2×1/],
    ['a parameter missing', [file('theta.mjs', model('innerNudged', '{ theta: { W1: theta.W1 } }'))], /parameter b1 is missing/],
    ['NaN', [file('nan.mjs', model('innerNudged', '{ x: [[NaN, 1], [1, 1]] }'))], /input x: entry 0 is NaN/],
    ['a model that throws', [file('model-throws.mjs', model('innerNudged', "{ dynamics: { ...dynamics, at: () => { throw new Error('mine') } } }"))], /the model throws: mine/],
    ['a function that throws', [file('function-throws.mjs', "export default () => { throw new Error('mine') }")], /its default export, called with phifold, throws: mine\n$/],
    ['a kernel larger than the map', [file('kernel.mjs', maps({ size: 9 }))], /conv W1: a 9×9 kernel does not fit maps of 8×8 with padding 0; use a smaller kernel or more padding\n$/],
    ['half a pixel', [file('pixel.mjs', maps({ size: 2.5 }))], /conv W1: expected whole kernel size ≥ 1, .*got 2\.5, 1, 0\n$/],
    ['a window larger than the map', [file('window.mjs', maps({ window: 7 }))], /conv W1: max 7×7 pooling does not fit maps of 6×6; use a smaller window\n$/],
    ['kernels of other channels', [file('channels.mjs', maps({ kernel: [2, 3, 3, 3] }))], /W1: expected shape 2×1×3×3, got 2×3×3×3\n$/],
    ['images of other channels', [file('image.mjs', maps({ image: [1, 2, 8, 8] }))], /input x: expected shape 1×1×8×8, got 1×2×8×8\n$/],
    ['images of another size', [file('rows.mjs', maps({ image: [1, 1, 7, 7] }))], /input x: expected shape 1×1×8×8, got 1×1×7×7\n$/],
    ['a model that throws when it is looked at', [file('getter.mjs', "export default { get dynamics() { throw new Error('mine') } }")], /the model throws: mine/],
    ['a module that throws what cannot be shown', [file('shy.mjs', 'throw Object.create(null)')], /its import fails: something that cannot be shown/],
    ['a module that throws without a word', [file('silent.mjs', "throw ''")], /its import fails: an error without a message/],
    ['a module that throws later', [file('later.mjs', "setTimeout(() => { throw new Error('mine') }, 0); await new Promise(() => {})")], /it throws: mine/],
    ['a rejection that nobody handles', [file('rejects.mjs', "Promise.reject(new Error('mine')); await new Promise((r) => setTimeout(r, 50)); export default {}")], /it throws: mine/],
    ['a wait without an end', [file('waits.mjs', 'await new Promise(() => {}); export default {}')], /ends before the module has given its model/],
    ['a function that waits without an end', [file('function-waits.mjs', 'export default () => new Promise(() => {})')], /ends before the module has given its model/],
    ['a module that ends the program', [file('exits.mjs', 'process.exit(0)')], /take process\.exit out of it/],
    ['null', [file('null.mjs', 'export default null')], /default export: expected an object \{dynamics/],
    ['a folder', ['.'], /expected a module, got no file that can be read/],
    ['an accuracy of 0', ['x.mjs', '--accuracy', '0'], /--accuracy: expected a number above 0 and below 1/],
    ['an unknown engine', ['x.mjs', '--engine', 'gpu'], /--engine: expected one of/],
  ]
  it.each(mistakes)('%s: one line and exit code 2', async (_, args, line) => {
    const { code, out, err } = await phifold('diagnose', ...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(oneLine)
    expect(err).toMatch(line)
  })

  it('a TypeScript module runs where Node can strip types, and is one line elsewhere', async () => {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
    const { code, err } = await phifold('diagnose', file('typed.ts', model('innerNudged').replace('(phifold)', '(phifold: any)')))
    if (major > 22 || (major === 22 && minor >= 18)) expect(code, err).toBe(0)
    else {
      expect(code).toBe(2)
      expect(err).toMatch(oneLine)
      expect(err).toContain('cannot import TypeScript; use Node 22.18 or later')
    }
  })
})
