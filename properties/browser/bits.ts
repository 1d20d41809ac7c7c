/**
 * What the fast interpreters compute, operation by operation, as hashes of every bit: the same program for Node and for a browser. Logarithms are
 * the engine's own, and ECMAScript does not say to the last bit what they are: those are given as numbers.
 */
import { type Algebra, energyBased, freePhase, initialise, innerNudged, layered, type Op, orThrow, pose, seeded, simd32, simd64, squaredError, tangent, tanh, uniforms } from 'phifold'

/** FNV-1a over the bytes of doubles; −0 and 0 differ, NaNs do not occur. */
const hashOf = (numbers: Float64Array): string => {
  let hash = 0x811c9dc5
  for (const byte of new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}

/** Every operation on tensors small and large: above 4096 entries they wait, and run in WebAssembly. */
const operations = <T>(A: Algebra<Op, T>): Readonly<Record<string, string>> => {
  const draw = (shape: readonly number[], seed: number, low = -2, high = 2): T => A.of(shape, uniforms(seeded(seed), shape.reduce((n, k) => n * k, 1), low, high)[0])
  const found: Record<string, string> = {}
  const note = (name: string, x: T): void => { found[`${A.name} ${name}`] = hashOf(A.numbers(x)) }
  for (const [rows, inner, columns] of [[3, 5, 7], [20, 196, 128], [65, 127, 130]] as const) {
    const [a, b, c] = [draw([rows, inner], 1), draw([inner, columns], 2), draw([columns, inner], 3)]
    const size = `${rows}×${inner}×${columns}`
    note(`matmulNN ${size}`, A.matmulNN(a, b))
    note(`matmulNT ${size}`, A.matmulNT(a, c))
    note(`matmulTN ${size}`, A.matmulTN(a, draw([rows, columns], 4)))
    const d = draw([rows, inner], 5)
    note(`add ${size}`, A.add(a, d))
    note(`sub ${size}`, A.sub(a, d))
    note(`mul ${size}`, A.mul(a, d))
    note(`neg ${size}`, A.neg(a))
    note(`scale ${size}`, A.scale(1 / 3, a))
    note(`over ${size}`, A.over(a, 3))
    note(`times ${size}`, A.times(A.fill([], 0.7), a))
    note(`chain ${size}`, A.over(A.over(A.sub(A.mul(a, d), a), 0.01), 20))
    note(`addRow ${size}`, A.addRow(a, draw([inner], 6)))
    note(`sumRows ${size}`, A.sumRows(a))
    note(`dot ${size}`, A.dot(a, d))
    note(`tanh ${size}`, A.tanh(a))
    note(`logistic ${size}`, A.logistic(a))
    note(`exp ${size}`, A.exp(a))
    note(`clip ${size}`, A.clip(a))
    note(`inside ${size}`, A.inside(a))
    note(`gather ${size}`, A.gather(a, { shape: [inner], at: Array.from({ length: inner }, (_, i) => (i * 7) % (rows * inner)) }))
  }
  return found
}

const logarithmsOf = <T>(A: Algebra<Op, T>): readonly number[] => Array.from(A.numbers(A.log(A.of([20, 196], uniforms(seeded(7), 3920, 0.1, 9)[0]))))

/** Logarithms of the same numbers, for both kinds of float. */
export const logarithms = () => ({ doubles: logarithmsOf(simd64()), singles: logarithmsOf(simd32()) })

/** Two networks, settled, and EP in the limit. */
const runs = <T>(A: Algebra<Op, T>): Readonly<Record<string, string>> => Object.fromEntries([energyBased, innerNudged].flatMap((setting) => {
  const dynamics = setting({ interaction: layered([8, 64, 10]), activation: tanh, epsilon: 0.5 })
  const [theta, random] = initialise(A, dynamics.params, seeded(1))
  const [x, later] = uniforms(random, 160, 0, 1)
  const data = { theta, x: A.of([20, 8], x), y: A.of([20, 10], uniforms(later, 200, 0, 1)[0]) }
  const settled = orThrow(freePhase(orThrow(pose(A, dynamics, squaredError)(data)), { steps: 300, keep: 1 }))
  const { params } = orThrow(tangent(15).at(A, dynamics, squaredError)(data, settled))
  return [
    ...settled.state.map((layer, l) => [`${A.name} ${dynamics.name} s${l + 1}`, hashOf(A.numbers(layer))] as const),
    ...Object.entries(params).map(([name, g]) => [`${A.name} ${dynamics.name} ${name}`, hashOf(A.numbers(g))] as const),
  ]
}))

/** All of them, for both kinds of float. */
export const bits = (): Readonly<Record<string, string>> => {
  const [doubles, singles] = [simd64(), simd32()]
  return { ...operations(doubles), ...operations(singles), ...runs(doubles), ...runs(singles) }
}
