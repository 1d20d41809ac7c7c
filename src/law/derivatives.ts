/**
 * L1 and L2 over exact rationals: every hand-derived derivative against dual numbers, for interactions, settings, activations
 * and the cost, at arbitrary states. No tolerance. The identities, with D_v the derivative along v by dual numbers:
 *
 *   term      D_v Ψ = ⟨∂Ψ/∂u, v⟩   D_η Ψ = ⟨∂Ψ/∂θ, η⟩   D_v ∂Ψ/∂u = pull.state   D_v ∂Ψ/∂θ = pull.param   D_ξ⟨∂Ψ/∂u, v⟩ = ⟨pull.input, ξ⟩
 *   setting   ⟨w, D_v F⟩ = ⟨pull.state w, v⟩   ⟨w, D_η F⟩ = ⟨pull.param w, η⟩   ⟨w, D_ξ F⟩ = ⟨pull.input w, ξ⟩
 *   gradient  D_v Φ = ⟨F, v⟩   D_η Φ = ⟨rule, η⟩          metric   J M w = M Jᵀ w
 */
import type { Dynamics, ExactDynamics, GradientDynamics, PulledBack } from '../phi/dynamics.ts'
import { type Coupling, addDrives, type Drives, type Interaction, type Layers, type Params } from '../phi/interaction.ts'
import { plus } from '../phi/monoid.ts'
import { layersOf } from '../phi/setting.ts'
import { rational, type Rational } from '../number/rational.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { dualOf, type DualTensor } from '../tensor/dual.ts'
import { lift, type Lifted } from '../tensor/lift.ts'
import { hypotheses } from '../theorem.ts'
import { exactly } from './closeness.ts'
import { anywhereIn, fill, interactionOf, type NetworkSpec } from './instances.ts'
import type { Verdict } from './law.ts'
import { mapParams } from './mutants.ts'
import { couplingShortcuts, motionShortcuts } from './shortcuts.ts'

type T = Lifted<Rational>
type D = DualTensor<T>
/** Rationals are ordered, so they can also clip. */
type Clips = 'clip' | 'inside'
const A: Algebra<Clips, T> = lift(rational)
const dual = dualOf(A)

/** Both sides of an identity. */
type Identity = readonly [left: T, right: T]

const zero = A.fill([], 0)
const sum = (terms: readonly T[]): T => terms.reduce((a, b) => A.add(a, b), zero)
const inner = (a: Drives<T>, b: Drives<T>): T => sum(a.flatMap((al, l) => (al && b[l] ? [A.dot(al, b[l])] : [])))
const innerParams = (a: Params<T>, b: Params<T>): T => sum(Object.entries(a).map(([name, p]) => A.dot(p, b[name] as T)))
const along = (primal: T, tangent: T): D => ({ primal, tangent })
const still = (params: Params<T>): Params<D> => mapParams(params, dual.constant)
const tangents = (drives: Drives<D>): Drives<T> => drives.map((d) => d && dual.tangent(d))

const described = (interaction: Interaction<never>): Pick<Dynamics<never>, 'layers' | 'params'> =>
  ({ layers: layersOf(interaction), params: interaction.params })

/** A state, directions v, w in state space, ξ in input space and η in parameter space, all from the spec's pool. */
const directions = (spec: NetworkSpec, model: Pick<Dynamics<never>, 'layers' | 'params'>) => {
  const { data, state } = anywhereIn(rational, spec, model)
  const shapes = state.map((sl) => sl.shape)
  const names = Object.keys(data.theta)
  const drawn = fill(rational, spec)([...shapes, ...shapes, data.x.shape, ...names.map((name) => (data.theta[name] as T).shape)], 5)
  const n = shapes.length
  return {
    data, state,
    v: drawn.slice(0, n),
    w: drawn.slice(n, 2 * n),
    xi: drawn[2 * n] as T,
    eta: Object.fromEntries(names.map((name, i) => [name, drawn[2 * n + 1 + i] as T])),
  }
}

/** ∂Ψ/∂u of a coupling, both parts. */
const driveOf = <X>(B: Algebra<never, X>, psi: Coupling<X>, u: Layers<X>): Drives<X> => addDrives(B, psi.constant, psi.drive(u))

/** L1 for one term: all of its derivatives at an arbitrary u, and its `contrast` and `collect` where it has them. */
export const termDerivatives = (term: (spec: NetworkSpec) => Interaction<never>) => (spec: NetworkSpec): Verdict => {
  // The spec's own network gives the layers; the term may bring parameters of its own.
  const { data: { theta, x }, state, v, w, xi, eta } = directions(spec, described(plus(interactionOf(spec), term(spec))))
  const psi = term(spec).at(A)(theta, x)
  const over = (params: Params<D>, input: D): Coupling<D> => term(spec).at(dual)(params, input)
  const u = [x, ...state]
  const uConstant = u.map(dual.constant)
  const uAlong = [dual.constant(x), ...state.map((sl, l) => along(sl, v[l] as T))]
  const vFull: Drives<T> = [undefined, ...v]
  const still0 = over(still(theta), dual.constant(x))
  const byTheta = over(mapParams(theta, (p, name) => along(p, eta[name] as T)), dual.constant(x))
  const xAlong = along(x, xi)
  const byInput = over(still(theta), xAlong)
  const other = { u: [x, ...w], v: vFull }
  const pulled = psi.pull(u)(vFull)
  const nought = (l: number): T => A.fill((u[l] as T).shape, 0)
  const dDrive = tangents(driveOf(dual, still0, uAlong))
  const dParam = still0.param(uAlong)
  const layers = state.map((_, i) => i + 1)
  return exactly(A, [
    [dual.tangent(still0.value(uAlong)), inner(driveOf(A, psi, u), vFull)],
    [dual.tangent(byTheta.value(uConstant)), innerParams(psi.param(u), eta)],
    ...layers.map((l): Identity => [dDrive[l] ?? nought(l), pulled.state[l] ?? nought(l)]),
    ...Object.entries(pulled.param()).map(([name, g]): Identity => [dual.tangent(dParam[name] as D), g]),
    [inner(tangents(driveOf(dual, byInput, [xAlong, ...state.map(dual.constant)])), vFull), inner([pulled.input()], [xi])],
    ...couplingShortcuts(A, psi, { u, v: vFull }, other),
  ])
}

/** `pull` that is told the next state gives what it gives without. */
const toldNext = (pulled: PulledBack<T>, told: PulledBack<T>): readonly Identity[] => [
  ...pulled.state.map((sl, l): Identity => [told.state[l] as T, sl]),
  ...Object.entries(pulled.param()).map(([name, p]): Identity => [told.param()[name] as T, p]),
  [told.input(), pulled.input()],
]

/** L1 for a dynamics: (∂F/∂s)ᵀ, (∂F/∂θ)ᵀ and (∂F/∂x)ᵀ against D F; its `contrast`, `local` and `collect`, where it has them, against `rule` and `pull`; `pull` alike with and without the next state. */
export const transposes = (dynamics: (spec: NetworkSpec) => Dynamics<Clips>) => (spec: NetworkSpec): Verdict => {
  const { data: { theta, x }, state, v, w, xi, eta } = directions(spec, dynamics(spec))
  const motion = dynamics(spec).at(A)(theta, x)
  const pulled = motion.pull(state)(w)
  const step = (params: Params<D>, input: D, s: Layers<D>): Drives<T> => tangents(dynamics(spec).at(dual)(params, input).step(s))
  const [params, input, s] = [still(theta), dual.constant(x), state.map(dual.constant)]
  const ruleChanges = (local: Params<T>): readonly Identity[] => {
    const rule = dynamics(spec).at(dual)(params, input).rule(state.map((sl, l) => along(sl, v[l] as T)))
    return Object.entries(rule).map(([name, r]) => [dual.tangent(r), local[name] as T])
  }
  return exactly(A, [
    [inner(w, step(params, input, state.map((sl, l) => along(sl, v[l] as T)))), inner(pulled.state, v)],
    [inner(w, step(mapParams(theta, (p, name) => along(p, eta[name] as T)), input, s)), innerParams(pulled.param(), eta)],
    [inner(w, step(params, along(x, xi), s)), A.dot(pulled.input(), xi)],
    ...(motion.local === undefined ? [] : ruleChanges(motion.local(state)(v))),
    ...toldNext(pulled, motion.pull(state, motion.step(state))(w)),
    ...motionShortcuts(A, motion, { s: state, v: w }, { s: v, v: state }),
  ])
}

/** L1 for a gradient system: F = ∂Φ/∂s (the paper's H1) and rule = ∂Φ/∂θ. */
export const primitive = (dynamics: (spec: NetworkSpec) => GradientDynamics<never>) => (spec: NetworkSpec): Verdict => {
  const { data: { theta, x }, state, v, eta } = directions(spec, dynamics(spec))
  const motion = dynamics(spec).at(A)(theta, x)
  const phi = (params: Params<D>, s: Layers<D>): T => dual.tangent(dynamics(spec).at(dual)(params, dual.constant(x)).phi(s))
  return exactly(A, [
    [phi(still(theta), state.map((sl, l) => along(sl, v[l] as T))), inner(motion.step(state), v)],
    [phi(mapParams(theta, (p, name) => along(p, eta[name] as T)), state.map(dual.constant)), innerParams(motion.rule(state), eta)],
  ])
}

/** L2: J M = M Jᵀ, forces enter through M, and the rule's derivative matches: hypothesis (H1) of theorem.ts at any state. */
export const symmetry = (dynamics: (spec: NetworkSpec) => ExactDynamics<Clips>) => (spec: NetworkSpec): Verdict => {
  const { data, state, v } = directions(spec, dynamics(spec))
  const gaps = hypotheses(A, dynamics(spec))(data, { state, before: [] }, v)
  return { gap: Math.max(gaps.symmetric, gaps.force, gaps.rule), allowance: 0 }
}

/** L2, without dual numbers: ⟨v, H w⟩ = ⟨w, H v⟩ for H = ∂²Φ/∂s², by `pull` alone. */
export const hessian = (dynamics: (spec: NetworkSpec) => GradientDynamics<never>) => (spec: NetworkSpec): Verdict => {
  const { data: { theta, x }, state, v, w } = directions(spec, dynamics(spec))
  const pull = dynamics(spec).at(A)(theta, x).pull(state)
  return exactly(A, [[inner(v, pull(w).state), inner(w, pull(v).state)]])
}

/**
 * L1 by finite differences that are exact: along a line, Φ of a polynomial network is a polynomial, and a central stencil with
 * 2m points differentiates polynomials of degree ≤ 2m without error. Independent of dual numbers.
 */
export const differences = (dynamics: (spec: NetworkSpec) => GradientDynamics<never>) => (spec: NetworkSpec): Verdict => {
  const { data: { theta, x }, state, v } = directions(spec, dynamics(spec))
  const motion = dynamics(spec).at(A)(theta, x)
  // ρ of degree d in each factor of a bilinear Ψ: degree 2d along s; ½‖s‖² has degree 2.
  const m = Math.max(1, spec.activation.length - 1)
  const phiAt = (k: number): T => motion.phi(state.map((sl, l) => A.add(sl, A.scale(k, v[l] as T))))
  const terms = Array.from({ length: m }, (_, i) => {
    const k = i + 1
    return A.over(A.scale(stencil(m, k), A.sub(phiAt(k), phiAt(-k))), stencilScale(m))
  })
  return exactly(A, [[sum(terms), inner(motion.step(state), v)]])
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

// f′(0) = Σ_{k=1}^m c_k (f(k) − f(−k)) with c_k = (−1)^{k+1} (m!)² / (k (m−k)! (m+k)!), exact for degree ≤ 2m; made whole by (2m)! lcm(k).
const stencilScale = (m: number): number => factorial(2 * m) * factorial(m)
const stencil = (m: number, k: number): number =>
  ((k % 2 === 1 ? 1 : -1) * factorial(m) ** 2 * stencilScale(m)) / (k * factorial(m - k) * factorial(m + k))
