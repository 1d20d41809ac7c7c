/**
 * L1 for the softmax: what makes it one, and that it neither overflows nor depends on a shift of its logits. Allowances are read off the
 * error-tracking interpreter (tracked.ts).
 */
import fc from 'fast-check'
import type { Cost } from '../cost/cost.ts'
import { softmax, softmaxCrossEntropy } from '../cost/cross-entropy.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { reference, type Tensor } from '../tensor/reference.ts'
import { allTrue, exactly, slack } from './closeness.ts'
import { agreeing, type Exponentials, type Read, targets, wrongly } from './cross-entropy.ts'
import { type Law, law, type Verdict, worst } from './law.ts'
import { drawn, pools } from './number-arbitraries.ts'
import { errorFree, tracked, type Tracked } from './tracked.ts'

/** What is judged as a softmax with its cross-entropy. */
interface Softmax {
  readonly softmax: typeof softmax
  readonly cost: Cost<Exponentials>
}

/** Multiples of 2⁻²⁰ up to 1000, so that adding whole numbers is exact. */
interface Logits {
  readonly batch: number
  readonly classes: number
  readonly shift: number
  readonly small: boolean
  readonly labels: Read['labels']
  readonly pool: readonly number[]
}

const logits: fc.Arbitrary<Logits> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  classes: fc.integer({ min: 1, max: 5 }),
  shift: fc.integer({ min: -1000, max: 1000 }),
  small: fc.boolean(),
  labels: fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 3, maxLength: 3 }),
  pool: pools(fc.integer({ min: -1000 * 2 ** 20, max: 1000 * 2 ** 20 }).map((n) => n / 2 ** 20)),
})

/** The logits of an instance: small ones between −10 and 10, others up to 1000. */
const logitsOf = ({ batch, classes, small, pool }: Logits): Tensor =>
  reference.of([batch, classes], drawn(pool, 0, batch * classes).map((z) => (small ? Math.trunc(z * 2 ** 10) / 2 ** 17 : z)))

/** Shifted logits give the same bits, whatever their size; every ŷ is in [0, 1] and rows sum to 1. */
const shifts = ({ softmax: f, cost }: Softmax) => (instance: Logits): Verdict => {
  const [z, y] = [logitsOf(instance), targets(instance)]
  const moved = reference.add(z, reference.fill(reference.shape(z), instance.shift))
  const [p, costing] = [f(tracked)(errorFree(z)), cost.at(reference)(y)]
  const ones = tracked.fill([instance.classes, 1], 1)
  const sums = tracked.matmulNN(p, ones)
  const errors = reference.numbers(sums.error)
  return worst([
    exactly(reference, [
      [f(reference)(moved), f(reference)(z)],
      [costing.value(moved), costing.value(z)],
      [costing.gradient(moved), costing.gradient(z)],
      [costing.gradient(z), reference.sub(f(reference)(z), y)],
    ]),
    allTrue(
      reference.numbers(p.value).every((e) => e >= 0 && e <= 1 + 2 ** -40),
      reference.numbers(costing.value(z)).every((e) => Number.isFinite(e) && e >= -(2 ** -40)),
    ),
    ...Array.from(reference.numbers(sums.value), (sum, b) => ({ gap: Math.abs(sum - 1), allowance: slack * (errors[b] as number) })),
  ])
}

/** log ŷ_c − log ŷ_k = z_c − z_k, which with the sum 1 is what a softmax is; and ℓ = −Σ y log ŷ. Small logits, so that no ŷ is 0. */
const defines = ({ softmax: f, cost }: Softmax) => (instance: Logits): Verdict => {
  const [z, y] = [errorFree(logitsOf({ ...instance, small: true })), errorFree(targets(instance))]
  const [batch, classes] = [instance.batch, instance.classes]
  const logOf = tracked.log(f(tracked)(z))
  const next = { shape: [batch, classes], at: Array.from({ length: batch * classes }, (_, i) => i - (i % classes) + ((i + 1) % classes)) }
  const around = (x: Tracked): Tracked => tracked.sub(x, tracked.gather(x, next))
  const [left, right] = [around(logOf), around(z)]
  const [gaps, errors] = [reference.numbers(reference.sub(left.value, right.value)), reference.numbers(reference.add(left.error, right.error))]
  return worst([
    ...Array.from(gaps, (gap, i) => ({ gap: Math.abs(gap), allowance: slack * (errors[i] as number) + Number.MIN_VALUE })),
    agreeing(cost.at(tracked)(y).value(z), tracked.neg(tracked.dot(y, logOf))),
  ])
}

/** A softmax that starts from other logits: wrong(A)(z) instead of z. */
const from = (wrong: <T>(A: Algebra<Exponentials, T>) => (z: T) => T): Softmax => ({
  softmax: (A) => (z) => softmax(A)(wrong(A)(z)),
  cost: { ...softmaxCrossEntropy, at: (A) => (y) => {
    const costing = softmaxCrossEntropy.at(A)(y)
    return { value: (z) => costing.value(wrong(A)(z)), gradient: (z) => costing.gradient(wrong(A)(z)) }
  } },
})

const sound: Softmax = { softmax, cost: softmaxCrossEntropy }

/** e^z / Σ e^z by powers and without the maximum: overflows. */
const plainly = <T>(A: Algebra<Exponentials, T>) => (z: T): T => {
  const columns = A.fill([A.shape(z)[1] ?? 0, 1], 1)
  const logSum = A.log(A.matmulNN(A.exp(z), columns))
  return A.exp(A.sub(z, A.matmulNN(logSum, A.fill([1, A.shape(z)[1] ?? 0], 1))))
}

/** e^z normalised over the whole batch. */
const overBatch = <T>(A: Algebra<Exponentials, T>) => (z: T): T => A.over(softmax(A)(z), A.shape(z)[0] ?? 1)

/** L1 for the softmax. */
export const softmaxLaws: readonly Law[] = [
  law({
    name: 'L1.cross-entropy.shift', says: 'softmax(z + c) = softmax(z) and ℓ(z + c) = ℓ(z) bit for bit where z + c is exact, for logits up to 1000; 0 ≤ ŷ, rows sum to 1',
    cites: 'docs/theory.md §14; Higham, Accuracy and Stability of Numerical Algorithms, §1.13', about: ['softmax', 'softmaxCrossEntropy'],
    rung: 'float64', over: ['reference'], runs: 200, instances: logits, subject: sound, judge: shifts,
    mutants: [
      { fault: 'without the maximum: overflows', subject: { ...sound, softmax: plainly } },
      { fault: 'normalised over the batch', subject: { ...sound, softmax: overBatch } },
      { fault: 'the square of the logits', subject: from((A) => (z) => A.mul(z, z)) },
      { fault: 'the gradient forgets the target', subject: { ...sound, cost: wrongly(softmaxCrossEntropy, (A, c, y) => ({ gradient: (z) => A.add(c.gradient(z), y) })) } },
    ],
  }),
  law({
    name: 'L1.cross-entropy.softmax', says: 'log ŷ_c − log ŷ_k = z_c − z_k and ℓ = −Σ y log ŷ, within the rounding of both sides',
    cites: 'docs/theory.md §14', about: ['softmax', 'softmaxCrossEntropy'], rung: 'float64', over: ['reference'], runs: 200,
    instances: logits, subject: sound, judge: defines,
    mutants: [
      { fault: 'a softmax at temperature 2', subject: from((A) => (z) => A.over(z, 2)) },
      { fault: 'e^−z', subject: from((A) => A.neg) },
      { fault: 'the value without log Σ e^d', subject: { ...sound, cost: wrongly(softmaxCrossEntropy, (A, _, y) => ({ value: (z) => A.neg(A.dot(y, z)) })) } },
    ],
  }),
]
