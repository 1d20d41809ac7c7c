/**
 * A training run as a pure description, plain data that can be written to a file or sent to a thread, and what it stands for: the
 * learner, the optimiser, the rates. The defaults are the paper's Table 1.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Cost } from '../cost/cost.ts'
import { crossEntropy } from '../cost/cross-entropy.ts'
import { squaredError } from '../cost/squared-error.ts'
import { holomorphic } from '../estimate/holomorphic.ts'
import type { Estimator } from '../estimate/estimator.ts'
import { backprop, centeredEp, continualEp, ep, type Method, randomSignEp, recurrentBackprop } from '../learn/method.ts'
import { adam, momentum, type Optimiser, sgd } from '../learn/optimiser.ts'
import { type Decay, decayed } from '../learn/schedule.ts'
import type { Learner } from '../learn/shard.ts'
import type { Dynamics } from '../phi/dynamics.ts'
import type { Op, Shape } from '../tensor/algebra.ts'
import { badHyperparameter, type BadHyperparameter, type Hyperparameters } from './figure.ts'
import { adjustedNetwork, analyticModelOf, type Model, modelOf, type NudgePlace, type TrainedNetwork, trainedNetworks, type Variant } from './trained-network.ts'

export const methodNames = ['ep', 'bptt', 'rbp', 'centered', 'random-sign', 'holomorphic', 'continual'] as const
export type MethodName = (typeof methodNames)[number]
export type LossName = 'squared' | 'cross-entropy'

export interface TrainingJob {
  /** A network of Table 1. */
  readonly name: string
  readonly variant: Variant
  /** Of a prototypical network; the paper's outer one if absent. */
  readonly nudge?: NudgePlace
  readonly method: MethodName
  /** Nudges of holomorphic EP; 4 if absent. */
  readonly points?: number
  readonly loss: LossName
  /** What replaces Table 1's numbers. */
  readonly changes: Partial<Hyperparameters>
  /** Learning rates by layer, next to the input first; one more for a readout. Table 1's if absent. */
  readonly rates?: readonly number[]
  readonly epochs?: number
  readonly optimiser: { readonly name: 'sgd' | 'momentum' | 'adam'; readonly momentum: number }
  readonly weightDecay: number
  readonly decay: Decay
  readonly unsettled: 'skip' | 'keep'
  /** Largest move in the last step of a sample that counts as settled; β/1000 if absent: then what it still moves by weighs little beside the nudge. */
  readonly tolerance?: number
  /** Samples of a shard; see `shardOf` for what is taken if absent. */
  readonly shard?: number
  readonly seed: number
}

/** What a job stands for. */
export interface Trainer {
  readonly network: TrainedNetwork
  readonly learner: Learner
  readonly optimiser: Optimiser
  /** The network's parameters and the readout's. */
  readonly params: Readonly<Record<string, Shape>>
  readonly epochs: number
  /** Samples of a shard. */
  readonly shard: number
  /** Whether several threads are worth their while. */
  readonly long: boolean
  /** Learning rates by parameter in an epoch. */
  readonly ratesIn: (epoch: number) => Readonly<Record<string, number>>
}

const networkOf = (name: string): E.Either<BadHyperparameter, TrainedNetwork> => {
  const found = trainedNetworks.find((network) => network.name === name)
  return found === undefined
    ? E.left(badHyperparameter('network', trainedNetworks.map((network) => network.name).join(', '), JSON.stringify(name), 'take P-1h'))
    : E.right(found)
}

const costOf = (loss: LossName, { sizes }: TrainedNetwork): Cost<Op> =>
  loss === 'squared' ? squaredError : crossEntropy({ features: sizes.at(-1) ?? 0, outputs: 10 })

/** An estimator as a method of learning. */
const estimated = <N extends Op>(estimator: Estimator<N>, dynamics: Dynamics<N>, cost: Cost<N>): Method => ({
  name: estimator.name,
  keep: 1,
  at: (A) => ({ batch }, rest, data) => pipe(
    estimator.at<N, Parameters<typeof A.neg>[0]>(A, dynamics, cost)(data, rest),
    // It is a mean.
    E.map(({ params }) => Object.fromEntries(Object.entries(params).map(([name, g]) => [name, A.scale(batch, g)])))),
})

const methodOf = (job: TrainingJob, network: TrainedNetwork, { dynamics, ahead }: Model, cost: Cost<Op>): E.Either<BadHyperparameter, Method> => {
  const { epsilon, beta, K } = network
  // As in the authors' program the nudge is scaled by dt like everything else.
  const strength = epsilon * beta
  switch (job.method) {
    case 'ep': return E.right(ep(strength, K))
    case 'centered': return E.right(centeredEp(strength, K))
    case 'random-sign': return E.right(randomSignEp(strength, K))
    case 'bptt': return E.right(backprop(K + ahead))
    case 'rbp': return E.right(recurrentBackprop(K))
    case 'continual': return E.right(continualEp(dynamics, cost, strength, K))
    case 'holomorphic': {
      const analytic = analyticModelOf(network, job.variant, job.nudge)
      if (analytic === undefined || job.loss !== 'squared')
        return E.left(badHyperparameter('method', 'another one where there are walls, kinks or a readout, beyond which no complex number goes', 'holomorphic', `take centered with ${network.name}`))
      const points = job.points ?? 4
      return Number.isSafeInteger(points) && points >= 1 && points <= 64
        ? E.right(estimated(holomorphic(points, strength, K), analytic, squaredError))
        : E.left(badHyperparameter('points', 'a whole number of nudges from 1 to 64', points, 'take 4'))
    }
  }
}

/** Samples that products take at a time (tensor/simd): shards of a multiple of them waste nothing. */
const together = 5

/** Whether the steps of the phases multiply more than there are weights to update: else threads that divide them wait for each other longer than they work. Not so with P-1h. */
const isLong = ({ sizes, T, K }: TrainedNetwork): boolean => {
  const [input = 0, ...inner] = sizes.slice(1).map((n, l) => n * (sizes[l] ?? 0))
  const coupled = inner.reduce((sum, weights) => sum + weights, 0)
  return (T + K) * coupled > input + coupled
}

/**
 * A method in two parts takes a mini-batch whole: threads divide its samples among them and put their states together. With the others each shard
 * has a gradient to form and to be added: one multiplication per weight and sample, and several for what comes after. So with them a mini-batch is
 * one shard where its phases are short, and elsewhere two, for two threads.
 */
const shardOf = ({ shard, unsettled }: TrainingJob, network: TrainedNetwork, { undivided, apart }: Method): number => {
  const { batch } = network
  if (undivided) return batch
  if (apart !== undefined && unsettled === 'keep') return shard ?? batch
  return shard ?? (isLong(network) ? Math.ceil(batch / 2 / together) * together : batch)
}

const optimiserOf = ({ optimiser: { name, momentum: mu } }: TrainingJob): Optimiser =>
  name === 'adam' ? adam() : name === 'momentum' ? momentum(mu) : sgd

/** Rates by parameter: W1 and b1 have the first, and so on; a readout's have the one after the last layer's, or else the last. */
const ratesOf = (rates: readonly number[], network: TrainedNetwork, params: Readonly<Record<string, Shape>>): E.Either<BadHyperparameter, Readonly<Record<string, number>>> => {
  const layers = network.sizes.length - 1
  const readout = Object.keys(params).some((name) => !/\d+$/.test(name))
  const most = readout ? layers + 1 : layers
  if (rates.length !== layers && rates.length !== most)
    return E.left(badHyperparameter('rates', `${layers} rates, one for each layer${readout ? ', or one more for the readout' : ''}`, rates.length, `write them next to the input first, such as ${network.rates.join(',')}`))
  const wrong = rates.find((rate) => !(rate >= 0 && rate < Infinity))
  if (wrong !== undefined) return E.left(badHyperparameter('rates', 'numbers of at least 0', wrong, `Table 1 has ${network.rates.join(',')}`))
  return E.right(Object.fromEntries(Object.keys(params).map((name) => {
    const layer = /\d+$/.exec(name)?.[0]
    return [name, (layer === undefined ? rates.at(-1) : rates[Number(layer) - 1]) ?? 0]
  })))
}

const outputsFit = ({ loss }: TrainingJob, { sizes }: TrainedNetwork): E.Either<BadHyperparameter, undefined> =>
  loss === 'cross-entropy' || sizes.at(-1) === 10 ? E.right(undefined)
    : E.left(badHyperparameter('sizes', '10 outputs, one per digit', sizes.at(-1) ?? 0, 'end them with 10, or take --loss cross-entropy, which reads out any layer'))

/** What the job stands for. Left: the first of its numbers that makes no sense. */
export const trainerOf = (job: TrainingJob): E.Either<BadHyperparameter, Trainer> => pipe(
  networkOf(job.name),
  E.flatMap((network) => adjustedNetwork(network, job.variant, job.changes)),
  E.bindTo('network'),
  E.tap(({ network }) => outputsFit(job, network)),
  E.bind('model', ({ network }) => modelOf(network, job.variant, job.nudge)),
  E.let('cost', ({ network }) => costOf(job.loss, network)),
  E.let('params', ({ model, cost }) => ({ ...model.dynamics.params, ...cost.readout?.params })),
  E.bind('rates', ({ network, params }) => ratesOf(job.rates ?? network.rates, network, params)),
  E.bind('method', ({ network, model, cost }) => methodOf(job, network, model, cost)),
  E.map(({ network, model, cost, params, rates, method }): Trainer => {
    const epochs = job.epochs ?? network.epochs
    return {
      network, params, epochs, shard: shardOf(job, network, method), long: isLong(network),
      learner: {
        dynamics: model.dynamics, cost, method, T: network.T,
        tolerance: job.tolerance ?? network.beta / 1000, unsettled: job.unsettled,
      },
      optimiser: optimiserOf(job),
      ratesIn: (epoch) => {
        const factor = decayed(job.decay, epoch, epochs)
        return Object.fromEntries(Object.entries(rates).map(([name, rate]) => [name, rate * factor]))
      },
    }
  }))
