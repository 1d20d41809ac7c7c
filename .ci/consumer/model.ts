/**
 * A stranger's own primitive function, held to the laws: Φ = ½ (1−ε) ‖s‖² + ε Ψ with a three-body coupling of its own in Ψ. And the same with one
 * derivative wrong, which the laws must reject by name. Throws when either does not happen.
 */
import { type Drives, drivesAt, energyBased, type Interaction, layerOf, paramOf, plus } from 'phifold'
import { activationOf, check, gradientDynamicsLaws, interactionOf, networks, type NetworkSpec, termLaws } from 'phifold/law'

declare const console: { readonly log: (line: string) => void }

/** Ψ = Σ_batch Σ_i c_i a_i b_i d_i over three layers of equal width. `feedback` scales what the first gets: 1 is right. */
const triple = (units: number, feedback: number): Interaction<never> => ({
  name: 'triple',
  params: { c: [units] },
  ends: [1, 2, 3].map((layer) => ({ layer, units })),
  at: (A) => (theta, u0) => {
    type T = typeof u0
    const zeros = A.fill([A.shape(u0)[0] ?? 0, units], 0)
    const c = A.addRow(zeros, paramOf(theta, 'c'))
    const parts = (u: readonly T[]) => [layerOf(u, 1), layerOf(u, 2), layerOf(u, 3)] as const
    const along = (v: Drives<T>) => [v[1] ?? zeros, v[2] ?? zeros, v[3] ?? zeros] as const
    const pair = (a: T, b: T, va: T, vb: T): T => A.add(A.mul(va, b), A.mul(a, vb))
    return {
      constant: [],
      value: (u) => {
        const [a, b, d] = parts(u)
        return A.dot(c, A.mul(a, A.mul(b, d)))
      },
      drive: (u) => {
        const [a, b, d] = parts(u)
        return drivesAt([1, A.scale(feedback, A.mul(c, A.mul(b, d)))], [2, A.mul(c, A.mul(a, d))], [3, A.mul(c, A.mul(a, b))])
      },
      param: (u) => {
        const [a, b, d] = parts(u)
        return { c: A.sumRows(A.mul(a, A.mul(b, d))) }
      },
      pull: (u) => (v) => {
        const [[a, b, d], [va, vb, vd]] = [parts(u), along(v)]
        return {
          state: drivesAt([1, A.mul(c, pair(b, d, vb, vd))], [2, A.mul(c, pair(a, d, va, vd))], [3, A.mul(c, pair(a, b, va, vb))]),
          param: () => ({ c: A.sumRows(A.add(A.mul(va, A.mul(b, d)), A.mul(a, pair(b, d, vb, vd)))) }),
          input: () => undefined,
        }
      },
    }
  },
})

const instances = networks({ layers: 3, units: 3, batch: 2, steps: 2, architectures: ['layered'] })
  .map((spec): NetworkSpec => ({ ...spec, sizes: [2, 3, 3, 3] }))
const suites = (feedback: number) => {
  const network = (spec: NetworkSpec) =>
    energyBased({ interaction: plus(interactionOf(spec), triple(3, feedback)), activation: activationOf(spec), epsilon: spec.epsilon })
  const options = { name: 'triple', instances, runs: 20 }
  return [...termLaws(() => triple(3, feedback), options), ...gradientDynamicsLaws(network, options)]
}

const { laws } = check(suites(1))
const rejected = laws.flatMap(({ mutants }) => mutants.filter((mutant) => mutant.rejected)).length
const refusal = (() => {
  try {
    check(suites(2), { mutants: false })
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
})()
if (!refusal.startsWith('L1.triple fails')) throw new Error(`expected L1.triple to fail for a doubled feedback, got: ${refusal}`)
console.log(`own Φ: ${laws.length} laws hold, ${rejected} seeded faults and one of ours rejected`)
