/** Law L14 for the memory of tensors: nobody ever sees one change. */
import fc from 'fast-check'
import { entries as count, type Positions, type Shape } from '../tensor/algebra.ts'
import { allTrue } from './closeness.ts'
import { type Law, law } from './law.ts'
import { drawn } from './number-arbitraries.ts'
import { allOperations, type Operands, operandsOf } from './tensor-operations.ts'
import { extents, positionsOf, shared, tensorsOf, type TensorSuite } from './tensor-suite.ts'

const inputsOf = <T>({ a, a2, b, bT, c, row, scalar }: Operands<T>): readonly T[] => [a, a2, b, bT, c, row, scalar]

/** Overwrites a plain array that the caller owns, to see whether a tensor notices. */
const overwrite = (array: object, length: number): void =>
  Array.from({ length }).forEach((_, i) => Reflect.set(array, i, 77))

/** Inputs stay, results share no memory. */
export const immutable = <T>(suite: TensorSuite<T>): Law => law({
  ...shared(suite),
  name: `${suite.prefix}.immutable`,
  says: 'no operation changes its inputs; no result shares memory with them, with shapes, entries or positions given as arrays, ' +
    'or with what numbers returned',
  cites: 'tensor/algebra.ts: inputs never change, results share no memory that anybody could write to',
  runs: 40,
  instances: fc.record({ extents: extents(suite.entries, 4), number: fc.constantFrom(1, -1, 0.5, 3) }),
  judge: (A) => ({ extents: instance, number }) => {
    const { tensor: make } = tensorsOf(suite.algebra, instance.pool)
    const fresh = inputsOf(operandsOf(instance, number, (nth, shape) => make(nth, shape)))
    // The arrays that these were made from, and the copies read back from them, are overwritten right away.
    const touched = operandsOf(instance, number, (nth, shape) => {
      const [extent, data] = [[...shape], Float64Array.from(drawn(instance.pool, nth, count(shape)))]
      const tensor = A.of(extent, data)
      overwrite(extent, extent.length)
      overwrite(data, data.length)
      return tensor
    })
    const same = (x: T, y: T): boolean =>
      suite.algebra.equals(x, y) && A.numbers(x).every((entry, i) => Object.is(entry, A.numbers(y)[i]))
    const inputs = inputsOf(touched)
    const outcomes = Object.values(allOperations(A)).flatMap((operation) => {
      const result = operation(touched)
      const before = A.numbers(result)
      overwrite(A.numbers(result), before.length)
      inputs.forEach((x) => { overwrite(A.numbers(x), A.numbers(x).length) })
      return [
        A.numbers(result).every((entry, i) => Object.is(entry, before[i])),
        inputs.every((x) => suite.memory(x) !== suite.memory(result)),
        inputs.every((x, i) => same(x, fresh[i] ?? x)),
      ]
    })
    // Arrays that the caller owns: no operation writes to them, and no tensor notices when the caller does.
    const { m, k, n } = instance
    const [a, bT] = [make(0, [m, k]), make(3, [n, k])]
    const own = (operation: (shape: Shape, positions: Positions) => T, shape: Shape): boolean => {
      const [extent, positions] = [[...shape], positionsOf(instance.picks, [n, k], m * k)]
      const [at, listShape] = [Array.from(positions.at), [...positions.shape]]
      const result = operation(extent, { shape: listShape, at })
      const kept = extent.join() === shape.join() && at.join() === Array.from(positions.at).join() && listShape.join() === [n, k].join()
      const [before, shapeBefore] = [A.numbers(result), A.shape(result).join()]
      overwrite(extent, extent.length)
      overwrite(at, at.length)
      overwrite(listShape, listShape.length)
      return kept && A.shape(result).join() === shapeBefore && A.numbers(result).every((entry, i) => Object.is(entry, before[i]))
    }
    return allTrue(
      ...outcomes,
      own((shape) => A.fill(shape, number), [m, n]),
      own((shape) => A.reshape(a, shape), [k, m]),
      own((_, positions) => A.gather(a, positions), []),
      own((shape, positions) => A.scatter(bT, positions, shape), [m, k]),
    )
  },
  mutants: suite.leaks,
})
