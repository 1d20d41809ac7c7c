/**
 * What happens when, as functions of the seed and the mini-batch's number alone: a run that is taken up again needs no memory of the
 * generator. Epochs count from 1, mini-batches of an epoch from 0.
 *
 * Every epoch and purpose has a generator of its own, seeded by mixing the numbers as the finalisers of MurmurHash3 do (Appleby), so that
 * neighbouring seeds and epochs share no stream.
 */
import { type Random, seeded, shuffled, uniforms } from '../data/random.ts'

const avalanche = (h: number): number => {
  const a = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return (b ^ (b >>> 16)) >>> 0
}

const purposes = { order: 1, signs: 2 } as const

const generator = (seed: number, purpose: keyof typeof purposes, epoch: number): Random =>
  seeded(avalanche(avalanche(avalanche(seed) + purposes[purpose]) + epoch))

/** Samples 0 … count − 1 in the order in which an epoch takes them. */
export const orderOf = (seed: number, epoch: number, count: number): readonly number[] => shuffled(generator(seed, 'order', epoch), count)[0]

/** The sign of each mini-batch of an epoch. */
export const signsOf = (seed: number, epoch: number, batches: number): readonly (1 | -1)[] =>
  uniforms(generator(seed, 'signs', epoch), batches, -1, 1)[0].map((draw) => (draw < 0 ? -1 : 1))

/** Mini-batches of an epoch; the last may be smaller. */
export const batchesOf = (count: number, batch: number): number => Math.ceil(count / batch)

/** Where a run is after so many mini-batches: in which epoch, and how many of its mini-batches are done. */
export const placeOf = (step: number, batches: number): { readonly epoch: number; readonly done: number } =>
  ({ epoch: 1 + Math.floor(step / batches), done: step % batches })

/** A list in pieces of `size`, the last of which may be smaller. */
export const pieces = <A>(all: readonly A[], size: number): readonly (readonly A[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))

/** How rates change from epoch to epoch: by a factor after each, or along half a cosine down to 0 at the end. */
export type Decay = number | 'cosine'

/** What the rates are multiplied by in an epoch of so many. */
export const decayed = (decay: Decay, epoch: number, epochs: number): number =>
  decay === 'cosine' ? (1 + Math.cos((Math.PI * (epoch - 1)) / epochs)) / 2 : decay ** (epoch - 1)
