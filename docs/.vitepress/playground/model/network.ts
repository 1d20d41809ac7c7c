/**
 * The network that the choices describe, as values of the library. Asymmetric weights are feedback of fixed random numbers C beside Wᵀ:
 * every derivative of that is right, so that BPTT is, and only the symmetry of J is gone.
 */
import {
  type Activation, type Algebra, type Data, type Dynamics, drivesAt, energyBased, hardSigmoid, initialise, innerNudged, type Interaction, layered,
  layerOf, type Op, outerNudged, type Params, publishedEnergyBased, seeded, sigm, tanh, toy, uniforms,
} from 'phifold'
import { type Choices, sizesOf } from './choices.ts'

/** The interaction, with feedback C u_{l+1} into each layer l besides: drive only, so there is no Ψ of it. */
const askew = (interaction: Interaction<never>, sizes: readonly number[], seed: number): Interaction<never> => ({
  ...interaction,
  name: `${interaction.name}, other feedback`,
  at: (A) => (theta, u0) => {
    const psi = interaction.at(A)(theta, u0)
    const pairs = sizes.slice(1, -1).map((low, i) => {
      const high = sizes[i + 2] as number
      const bound = 1 / Math.sqrt(high)
      return { from: i + 2, to: i + 1, C: A.of([high, low], uniforms(seeded(seed + 500 + i), high * low, -bound, bound)[0]) }
    })
    const plus = (drives: readonly (typeof u0 | undefined)[], layer: number, more: typeof u0) => {
      const known = drives[layer]
      return drivesAt(...[...drives.entries()].filter(([l]) => l !== layer), [layer, known === undefined ? more : A.add(known, more)])
    }
    return {
      ...psi,
      drive: (u) => pairs.reduce((drives, { from, to, C }) => plus(drives, to, A.matmulNN(layerOf(u, from), C)), psi.drive(u)),
      pull: (u) => {
        const pull = psi.pull(u)
        return (v) => {
          const pulled = pull(v)
          const state = pairs.reduce((drives, { from, to, C }) => {
            const at = v[to]
            return at === undefined ? drives : plus(drives, from, A.matmulNT(at, C))
          }, pulled.state)
          return { ...pulled, state }
        }
      },
    }
  },
})

/** Without a metric or a Φ: nothing is promised. */
const unpromised = <N extends Op>(dynamics: Dynamics<N>): Dynamics<N> => ({
  ...dynamics,
  at: <T>(A: Algebra<N, T>) => (theta: Params<T>, x: T) => {
    const { step, pull, rule } = dynamics.at(A)(theta, x)
    return { step, pull, rule }
  },
})

const interactionOf = (choices: Choices): Interaction<never> => {
  const sizes = sizesOf(choices)
  const symmetric = choices.skip === 'all' ? toy(sizes) : layered(sizes)
  return choices.asymmetric ? askew(symmetric, sizes, choices.seed) : symmetric
}

/** The dynamics with an activation. What it promises (a metric, a Φ) is found in its motion. */
const withActivation = <N extends Op>(choices: Choices, activation: Activation<N>): Dynamics<N> => {
  const { setting, outer, epsilon, asymmetric, dropped } = choices
  const given = { interaction: interactionOf(choices), activation, epsilon }
  const dynamics: Dynamics<N> = setting === 'prototypical' ? (outer ? outerNudged(given) : innerNudged(given)) : dropped ? publishedEnergyBased(given) : energyBased(given)
  return asymmetric ? unpromised(dynamics) : dynamics
}

export const dynamicsOf = (choices: Choices): Dynamics<Op> => withActivation<Op>(choices, { tanh, sigm, hardsigm: hardSigmoid }[choices.activation])

/** The same for estimators that go on to complex numbers; undefined for the hard sigmoid, which does not. */
export const analyticOf = (choices: Choices): Dynamics<'tanh' | 'logistic'> | undefined =>
  choices.activation === 'hardsigm' ? undefined : withActivation<'tanh' | 'logistic'>(choices, { tanh, sigm }[choices.activation])

/** Weights, input and target, batch 1: all uniform, from the seed, in the order in which the library's figures draw them. */
export const dataOf = <T>(A: Algebra<never, T>, choices: Choices): Data<T> => {
  const [theta, random] = initialise(A, dynamicsOf(choices).params, seeded(choices.seed))
  const [x, later] = uniforms(random, choices.inputs, 0, 1)
  const [y] = uniforms(later, choices.outputs, 0, 1)
  return { theta, x: A.of([1, choices.inputs], x), y: A.of([1, choices.outputs], y) }
}
