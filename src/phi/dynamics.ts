/**
 * All that the two folds need to know of a model: how it moves (`step`), what BPTT pulls back (`pull`) and what EP takes
 * differences of (`rule`). States list layers s¹ … sᴸ, each (batch, units); the input x is (batch, units).
 *
 * Three kinds, told apart by type, because they satisfy the theorem to different degrees:
 * `Dynamics` (nothing promised), `ExactDynamics` (a metric M relates the two folds), `GradientDynamics` (F = ∂Φ/∂s, M = 1).
 *
 * The paper, §2; docs/theory.md §4 to §6; laws L1, L2.
 */
import type { Algebra, Op, Shape } from '../tensor/algebra.ts'
import type { Drives, Layer, Layers, Params } from './interaction.ts'

/** The transition function F at given θ and x, with its hand-derived transposes. */
export interface Motion<T> {
  /** s ↦ F(x, s, θ), nudged by a force (−β ∂ℓ/∂s); where the force enters is the dynamics' own affair. */
  readonly step: (s: Layers<T>, force?: Drives<T>) => Layers<T>
  /**
   * v ↦ (∂F/∂s)ᵀ v; and, when asked for, (∂F/∂θ)ᵀ v summed over the batch and (∂F/∂x)ᵀ v. `next` is F(x, s, θ), from who has it: the same numbers, with
   * less work where slopes can be told from it. Whoever replaces `step` must not hand it on to the `pull` that was there.
   */
  readonly pull: (s: Layers<T>, next?: Layers<T>) => (v: Layers<T>) => PulledBack<T>
  /**
   * What EP takes differences of: ∂Φ/∂θ, or its stand-in where there is no Φ. Summed over the batch. `previous`, the state one step
   * before s, matters only to published variants that look at it.
   */
  readonly rule: (s: Layers<T>, previous?: Layers<T>) => Params<T>
  /**
   * rule(after) − rule(before), with less work and less rounding than from the two; each end may
   * come with the state before it. Whoever replaces `rule` must leave it out.
   */
  readonly contrast?: (after: RuleAt<T>, before: RuleAt<T>) => Params<T>
  /**
   * v ↦ ∂(rule)/∂s v, summed over the batch: how the rule changes while the state moves by v, for a coupling the local rule post preᵀ with each end's
   * motion in turn. Vector-field EP asks for it. Left out where it is (∂F/∂θ)ᵀ v, as in gradient systems, or where nobody knows it. Whoever replaces
   * `rule` must leave it out.
   */
  readonly local?: (s: Layers<T>) => (v: Layers<T>) => Params<T>
  /**
   * Σ (∂F/∂θ)ᵀ v over several pulls, summed over the batch, from the state and the `direction` of each: where there is a cheaper way than to add up
   * their `param`. Whoever replaces `pull` must leave it out.
   */
  readonly collect?: (all: readonly Pulling<T>[]) => Params<T>
}

/** What `collect` looks at: at which state was pulled, and what reached Ψ there. */
export interface Pulling<T> {
  /** The state. */
  readonly s: Layers<T>
  /** The `direction` that the pull gave. */
  readonly direction: Layers<T>
}

/** What a rule looks at: a state, and the one a step before. */
export interface RuleAt<T> {
  /** The state at which the rule is taken. */
  readonly s: Layers<T>
  /** The state one step before. */
  readonly previous: Layers<T>
}

/** What `pull` gives for one v. */
export interface PulledBack<T> {
  /** (∂F/∂s)ᵀ v, per sample, one tensor per layer. */
  readonly state: Layers<T>
  /** (∂F/∂θ)ᵀ v, summed over the batch, in the shapes of the parameters; computed when asked for. */
  readonly param: () => Params<T>
  /** (∂F/∂x)ᵀ v, per sample, in the shape of the input; computed when asked for. */
  readonly input: () => T
  /** v as it reaches Ψ, one tensor per layer: εD v, or g ⊙ εv. Given where there is a `collect`. */
  readonly direction?: Layers<T>
}

/**
 * A motion for which EP in the limit equals BPTT, weighted by a metric M(s): with J = ∂F/∂s,
 * J M = M Jᵀ, a force f enters as M f, and (∂F/∂θ)ᵀ v = ∂(rule)/∂s · M v. Then Δs(t) = −M ∇s(t) and Δθ(t) = −∇θ(t).
 */
export interface ExactMotion<T> extends Motion<T> {
  /** M(s) applied to v, per sample: v itself where M = 1. */
  readonly metric: (s: Layers<T>) => (v: Layers<T>) => Layers<T>
}

/** The strict case of the paper: step = ∂Φ/∂s, rule = ∂Φ/∂θ, M = 1. Φ sums over the batch. */
export interface GradientMotion<T> extends ExactMotion<T> {
  /** Φ(x, s, θ) summed over the batch, a scalar []. */
  readonly phi: (s: Layers<T>) => T
}

interface Described {
  /** Names the setting in messages: 'energy-based'. */
  readonly name: string
  /** The input and each layer, input first. */
  readonly layers: readonly Layer[]
  /** Name and shape of each parameter of the network. */
  readonly params: Readonly<Record<string, Shape>>
}

/** A model over every algebra with the functions in N. The stage `at(A)(θ, x)` does all work that is the same at every step. */
export interface Dynamics<N extends Op> extends Described {
  /** First the algebra, then parameters by name and the input (batch, …): the motion, with all that does not depend on the state computed. */
  readonly at: <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T) => Motion<T>
}

/** A dynamics that claims a metric M: EP in the limit equals −BPTT, weighted by M for the neurons (src/theorem.ts). Laws L2 hold such claims to account. */
export interface ExactDynamics<N extends Op> extends Described {
  /** As `at` of `Dynamics`, with the metric. */
  readonly at: <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T) => ExactMotion<T>
}

/** A dynamics with a Φ, F = ∂Φ/∂s: the strict case of the paper, where M = 1. Laws L1 and L2 hold such claims to account. */
export interface GradientDynamics<N extends Op> extends Described {
  /** As `at` of `Dynamics`, with Φ and the metric 1. */
  readonly at: <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T) => GradientMotion<T>
}
