/**
 * First hypothesis: the derivatives that the folds use are right (law L1 for one model, at one state). With J v and D_η by dual numbers,
 *
 *     ⟨∂ℓ/∂s, v⟩ = D_v ℓ       F = ∂Φ/∂s, rule = ∂Φ/∂θ where there is a Φ
 *     ⟨w, J v⟩ = ⟨Jᵀ w, v⟩     ⟨w, D_η F⟩ = ⟨(∂F/∂θ)ᵀ w, η⟩     ⟨w, D_ξ F⟩ = ⟨(∂F/∂x)ᵀ w, ξ⟩
 *
 * for directions v on one layer, w on one layer, η on one parameter, so that a failure names them.
 */
import type { Layers, Params } from '../phi/interaction.ts'
import type { DualTensor } from '../tensor/dual.ts'
import { type Bench, constantParams, direction, draw, entriesAt, product, pushed, someUnits, unit } from './question.ts'
import { type Matrix, type Relation, relationOf } from './relation.ts'
import { type Cause, type CauseTag, type Check, relationText, shown } from './verdict.ts'

const check = (name: string, where: string, value: number, allowance: number, cause: () => Cause): Check =>
  ({ finding: { hypothesis: 'derivatives', check: name, where, value, allowance }, cause })

/** |a − b| relative to the sizes that the two inner products could have had; 0 where both are 0. */
const gapOf = (a: { readonly inner: number; readonly size: number }, b: { readonly inner: number; readonly size: number }): number => {
  const size = a.size + b.size
  return size === 0 ? 0 : Math.abs(a.inner - b.inner) / size
}

const isNear = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-6 * Math.abs(y)

/** What a constant factor c between what is used and what is right usually is. */
const factorHint = (factor: number, batch: number): string =>
  isNear(factor, -1) ? 'turn its sign'
    : batch > 1 && isNear(factor, 1 / batch) ? `it seems to be divided by the batch size ${batch}: sum over the batch here, EP and BPTT take the mean`
      : batch > 1 && isNear(factor, batch) ? `it seems to be multiplied by the batch size ${batch}`
        : `divide it by ${shown(factor)}`

const hintOf = (relation: Relation, batch: number, what: string): string => {
  switch (relation._tag) {
    case 'Scaled': return `${what}: ${factorHint(relation.factor, batch)}`
    case 'Transposed': return `${what}: exchange the two indices of the weight (W for Wᵀ)`
    case 'Absent': return `${what}: a term is missing; add it`
    case 'Extra': return `${what}: remove a term that does not belong there`
    case 'Rows': case 'Columns': case 'Weighted': return `${what}: look for a slope ρ′ that is left out or put in twice`
    default: return `${what}: derive it again and compare term by term with phifold/law`
  }
}

/** ∂ℓ/∂s of the output layer. */
const costCheck = <T>({ A, D, problem, dualProblem, relative, layerNames }: Bench<T>, s: Layers<T>, seed: number): Check => {
  const [output, name] = [s.at(-1) as T, layerNames.at(-1) ?? '']
  const v = draw(A, A.shape(output), seed, -1, 1)
  const gradient = problem.costing.gradient(output)
  const truth = A.numbers(D.tangent(dualProblem.costing.value({ primal: output, tangent: v })))[0] ?? NaN
  const { inner, size } = product(A, gradient, v)
  const factor = inner / truth
  return check('∂ℓ/∂s against dual numbers', `cost at ${name}`, gapOf({ inner, size }, { inner: truth, size }), relative, () => ({
    _tag: 'CostGradient',
    says: `along a random direction the cost's gradient gives ${shown(inner)}, its value changes by ${shown(truth)} (ratio ${shown(factor)})`,
    remedy: hintOf({ _tag: 'Scaled', factor }, problem.batch, 'gradient of the cost'),
  }))
}

const oneRow = (numbers: readonly number[]): Matrix => [numbers]

/** F = ∂Φ/∂s, layer by layer, and rule = ∂Φ/∂θ, parameter by parameter. */
const primitiveChecks = <T>(bench: Bench<T>, s: Layers<T>, seed: number): readonly Check[] => {
  const { A, D, motion, stillMotion, dualMotion, data, problem: { batch }, relative, layerNames } = bench
  const phi = stillMotion.phi
  if (motion.phi === undefined || phi === undefined) return []
  const [moved, rule] = [motion.step(s), motion.rule(s)]
  const slope = (v: Layers<T>): number => A.numbers(D.tangent(phi(s.map((primal, l) => ({ primal, tangent: v[l] })))))[0] ?? NaN
  const steps = layerNames.map((name, l) => {
    const v = direction(bench, seed, l)
    const { inner, size } = product(A, moved[l] as T, v[l] as T)
    const truth = slope(v)
    return check('F = ∂Φ/∂s', name, gapOf({ inner, size }, { inner: truth, size }), relative, () => {
      const units = someUnits(A.shape(s[l] as T))
      const relation = relationOf(oneRow(entriesAt(A, moved[l] as T, units)), oneRow(units.map((i) => slope(unit(bench, l, i)))), relative)
      return {
        _tag: 'StepNotGradient',
        says: `the step of ${name} ${relationText(relation)} ∂Φ/∂${name}: along a random direction ${shown(inner)} against ${shown(truth)}`,
        remedy: hintOf(relation, batch, `step of ${name}`),
      }
    })
  })
  const still = constantParams(D, data.theta)
  const along = (name: string, eta: T): number => {
    const theta = { ...still, [name]: { primal: data.theta[name] as T, tangent: eta } }
    const value = dualMotion(theta, D.constant(data.x)).phi?.(s.map(D.constant))
    return value === undefined ? NaN : A.numbers(D.tangent(value))[0] ?? NaN
  }
  const rules = Object.entries(data.theta).map(([name, p], i) => {
    const eta = draw(A, A.shape(p), seed + 100 + i, -1, 1)
    const truth = along(name, eta)
    const { inner, size } = product(A, rule[name] as T, eta)
    return check('rule = ∂Φ/∂θ', name, gapOf({ inner, size }, { inner: truth, size }), relative, () => ({
      _tag: 'RuleNotGradient',
      says: `the rule of ${name} is not ∂Φ/∂${name}: along a random direction ${shown(inner)} against ${shown(truth)} (ratio ${shown(inner / truth)})`,
      remedy: hintOf({ _tag: 'Scaled', factor: inner / truth }, batch, `rule of ${name}, if the ratio is the same for other directions`),
    }))
  })
  return [...steps, ...rules]
}

/** J between some units of two layers, by dual numbers and by pull: rows are units of `to`, columns of `from`. */
const blocks = <T>(bench: Bench<T>, s: Layers<T>, to: number, from: number): { readonly pulled: Matrix; readonly pushed: Matrix } => {
  const { A, motion } = bench
  const [rows, columns] = [someUnits(A.shape(s[to] as T)), someUnits(A.shape(s[from] as T))]
  const pull = motion.pull(s)
  const byColumn = columns.map((j) => entriesAt(A, pushed(bench, s, unit(bench, from, j))[to] as T, rows))
  return {
    pulled: rows.map((i) => entriesAt(A, pull(unit(bench, to, i)).state[from] as T, columns)),
    pushed: rows.map((_, i) => byColumn.map((column) => column[i] ?? NaN)),
  }
}

/** ⟨w, J v⟩ = ⟨Jᵀ w, v⟩ for v on one layer and w on one layer. */
const stateChecks = <T>(bench: Bench<T>, s: Layers<T>, seed: number): readonly Check[] => {
  const { A, motion, problem: { batch }, relative, layerNames } = bench
  const pull = motion.pull(s)
  const w = layerNames.map((_, to) => direction(bench, seed + 200 + to, to))
  const pulled = w.map((wl) => pull(wl).state)
  return layerNames.flatMap((source, from) => {
    const v = direction(bench, seed + 300 + from, from)
    const image = pushed(bench, s, v)
    return layerNames.map((target, to) => {
      const forward = product(A, w[to]?.[to] as T, image[to] as T)
      const back = product(A, pulled[to]?.[from] as T, v[from] as T)
      return check('⟨w, J v⟩ = ⟨Jᵀ w, v⟩', `${target} from ${source}`, gapOf(forward, back), relative, () => {
        const found = blocks(bench, s, to, from)
        const relation = relationOf(found.pushed, found.pulled, relative)
        return {
          _tag: 'PullState',
          says: `how the step moves ${target} when ${source} moves ${relationText(relation)} what pull takes it for: ⟨w, J v⟩ = ${shown(forward.inner)}, ⟨Jᵀ w, v⟩ = ${shown(back.inner)}`,
          remedy: hintOf(relation, batch, `step of ${target} (its coupling to ${source}) or pull.state at ${source}`),
        }
      })
    })
  })
}

/** The same for each parameter and for the input. */
const parameterChecks = <T>(bench: Bench<T>, s: Layers<T>, seed: number): readonly Check[] => {
  const { A, D, motion, dualMotion, data, problem: { batch }, relative } = bench
  const still = constantParams(D, data.theta)
  const pull = motion.pull(s)
  const w = direction(bench, seed + 400)
  const whole = pull(w)
  const image = (theta: Params<DualTensor<T>>, x: DualTensor<T>): Layers<T> => dualMotion(theta, x).step(s.map(D.constant)).map(D.tangent)
  const inner = (at: Layers<T>): { readonly inner: number; readonly size: number } => at.map((al, l) => product(A, w[l] as T, al))
    .reduce((sum, each) => ({ inner: sum.inner + each.inner, size: sum.size + each.size }), { inner: 0, size: 0 })
  const judged = (tag: CauseTag, name: string, says: string, forward: ReturnType<typeof inner>, back: ReturnType<typeof inner>): Check =>
    check(says, name, gapOf(forward, back), relative, () => {
      const factor = back.inner / forward.inner
      return {
        _tag: tag,
        says: `pull gives ${shown(back.inner)} for ${name}, the step changes by ${shown(forward.inner)} (ratio ${shown(factor)})`,
        remedy: hintOf({ _tag: 'Scaled', factor }, batch, `pull of ${name}, if the ratio is the same for other directions`),
      }
    })
  const params = Object.entries(data.theta).map(([name, p], i) => {
    const eta = draw(A, A.shape(p), seed + 500 + i, -1, 1)
    const forward = inner(image({ ...still, [name]: { primal: p, tangent: eta } }, D.constant(data.x)))
    return judged('PullParam', name, '⟨w, D_η F⟩ = ⟨(∂F/∂θ)ᵀ w, η⟩', forward, product(A, whole.param()[name] as T, eta))
  })
  const xi = draw(A, A.shape(data.x), seed + 600, -1, 1)
  const input = judged('PullInput', 'x', '⟨w, D_ξ F⟩ = ⟨(∂F/∂x)ᵀ w, ξ⟩', inner(image(still, { primal: data.x, tangent: xi })), product(A, whole.input(), xi))
  return [...params, input]
}

/** All of them at one state. */
export const derivativeChecks = <T>(bench: Bench<T>, s: Layers<T>, seed: number): readonly Check[] => [
  costCheck(bench, s, seed + 50),
  ...primitiveChecks(bench, s, seed),
  ...stateChecks(bench, s, seed),
  ...parameterChecks(bench, s, seed),
]
