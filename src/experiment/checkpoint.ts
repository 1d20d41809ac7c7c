/**
 * A checkpoint of training: one safetensors file. Parameters stand under their own names (W1, b1, …), what the optimiser remembers as
 * velocity.W1, …; the metadata `phifold` is JSON text with all the rest, and `digest` is a hash of both, so that a damaged file is
 * not taken for a whole one. docs/training.md lists the fields. Pure: bytes in and out; the hash is an argument.
 *
 * Numerics: singles and doubles are stored as they are, so a run that is taken up again goes on with the same bits.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Stored } from '../data/number-bytes.ts'
import { parametersFrom, storedFrom } from '../data/parameters.ts'
import { parseSafetensors, writeSafetensors } from '../data/safetensors.ts'
import type { Optimiser } from '../learn/optimiser.ts'
import type { Training } from '../learn/training.ts'
import type { Algebra } from '../tensor/algebra.ts'
import { type TrainingState, trainingStateSchema } from './training-state.ts'
import type { Trainer } from './training-job.ts'

/** A hash of text and bytes, one after the other. */
export type Hash = (parts: readonly (string | Uint8Array)[]) => string

/** Why bytes are no checkpoint that can be gone on from. `message` is one line. */
export interface CheckpointError {
  readonly _tag: 'CheckpointError'
  readonly message: string
}

const failed = (message: string): CheckpointError => ({ _tag: 'CheckpointError', message })

/** What a checkpoint holds: the state of the run, and all tensors by name. */
export interface Checkpoint {
  readonly state: TrainingState
  readonly tensors: Readonly<Record<string, Stored>>
}

const digestOf = (hash: Hash, text: string, tensors: Readonly<Record<string, Stored>>): string =>
  hash([text, ...Object.keys(tensors).sort().flatMap((name) => {
    const { shape, data } = tensors[name] as Stored
    return [JSON.stringify([name, shape]), new Uint8Array(Float64Array.from(data).buffer)]
  })])

/** The bytes of a checkpoint. Left: a number that is not finite, with the tensor it is in. */
export const writeCheckpoint = (hash: Hash, { state, tensors }: Checkpoint): E.Either<CheckpointError, Uint8Array> => {
  const bad = Object.entries(tensors).find(([, { data }]) => !Array.prototype.every.call(data, Number.isFinite))
  if (bad !== undefined) return E.left(failed(`${bad[0]} is no longer finite`))
  const text = JSON.stringify(state)
  return pipe(writeSafetensors(tensors, 'checkpoint', { phifold: text, digest: digestOf(hash, text, tensors) }), E.mapLeft(({ message }) => failed(message)))
}

const again = 'take another checkpoint, or train anew in another folder'

const stateOf = (text: string, name: string): E.Either<CheckpointError, TrainingState> => pipe(
  E.tryCatch((): unknown => JSON.parse(text), () => failed(`${name}: expected the state of a training run as JSON, got other text; ${again}`)),
  E.flatMap((json) => {
    const read = trainingStateSchema.safeParse(json)
    if (read.success) return E.right(read.data as TrainingState)
    const [issue] = read.error.issues
    return E.left(failed(`${name}: ${(issue?.path ?? []).join('.') || 'state'}: ${issue?.message ?? 'unreadable'}; it is of another version of phifold train; ${again}`))
  }))

/** Reads a checkpoint. Left: no safetensors, none of ours, or damaged. `name` says whose bytes these are. */
export const readCheckpoint = (hash: Hash, bytes: Uint8Array, name: string): E.Either<CheckpointError, Checkpoint> => pipe(
  parseSafetensors(bytes, name),
  E.mapLeft(({ message }) => failed(`${message} (a damaged checkpoint); ${again}`)),
  E.flatMap(({ tensors, metadata: { phifold: text, digest } }) =>
    text === undefined || digest === undefined ? E.left(failed(`${name}: expected a checkpoint of phifold train, got other tensors; ${again}`))
      : digest !== digestOf(hash, text, tensors) ? E.left(failed(`${name}: its content does not match its digest, so it is damaged; ${again}`))
        : pipe(stateOf(text, name), E.map((state) => ({ state, tensors })))))

/** A run's tensors by name, as stored arrays. */
export const storedTraining = <T>(A: Algebra<never, T>, { theta, memory }: Training<T>, dtype: 'F64' | 'F32'): Readonly<Record<string, Stored>> => ({
  ...storedFrom(A, theta, dtype),
  ...Object.fromEntries(Object.entries(memory).flatMap(([kind, params]) =>
    Object.entries(storedFrom(A, params, dtype)).map(([name, stored]) => [`${kind}.${name}`, stored]))),
})

/** The run as it was. Left: tensors that are not those of this trainer. */
export const restoredTraining = <T>(
  A: Algebra<never, T>, { params, optimiser }: { readonly params: Trainer['params']; readonly optimiser: Pick<Optimiser, 'remembers'> }, { state, tensors }: Checkpoint, name: string,
): E.Either<CheckpointError, Training<T>> => {
  const shapes = { ...params, ...Object.fromEntries(optimiser.remembers.flatMap((kind) => Object.entries(params).map(([param, shape]) => [`${kind}.${param}`, shape]))) }
  return pipe(
    parametersFrom(A, { params: shapes }, tensors),
    E.mapLeft(({ message }) => failed(`${name}: ${message}; ${again}`)),
    E.map((all) => {
      const some = (prefix: string) => Object.fromEntries(Object.keys(params).map((param) => [param, all[`${prefix}${param}`] as T]))
      return {
        theta: some(''),
        memory: Object.fromEntries(optimiser.remembers.map((kind) => [kind, some(`${kind}.`)])),
        step: state.step,
        tally: state.tally,
      }
    }))
}
