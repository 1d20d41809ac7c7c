/** `diagnose`: a model in a file of the user's, walked through the hypotheses. Exit code 0: a certificate; 1: a hypothesis is broken. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Diagnosis } from '../diagnose/verdict.ts'
import { diagnosisJson, diagnosisText } from '../experiment/diagnosis-report.ts'
import { decodeQuestion } from '../experiment/question-schema.ts'
import * as phifold from '../index.ts'
import { type EngineName, engines } from './engine.ts'
import { wordsOf } from './reason.ts'
import type { Print, UserError } from './request.ts'
import { defaultExport } from './user-module.ts'

export interface DiagnoseRequest {
  /** The user's module. */
  readonly file: string
  readonly json: boolean
  readonly engine: EngineName
  /** Replaces the file's. */
  readonly accuracy: number | undefined
}

/** A model of the user's may throw anything: that is a mistake of the file, not a bug of ours. */
const attempted = <A>(act: () => E.Either<UserError, A>): E.Either<UserError, A> => pipe(
  E.tryCatch(act, (reason): UserError => ({ message: `the model throws: ${wordsOf(reason)}; make it run by itself first` })),
  E.flatten)

/** Prints the walk, or JSON. Left: no such file, one that cannot be imported, or one that gives something else. */
export const diagnose = async ({ file, json, engine, accuracy }: DiagnoseRequest, print: Print, complain: Print): Promise<E.Either<UserError, number>> => {
  const exported = await defaultExport(file, phifold, (line) => { complain(`phifold diagnose: ${line}`) })
  if (E.isLeft(exported)) return E.left({ message: `phifold diagnose: ${exported.left.message}` })
  return pipe(
    attempted(() => decodeQuestion(exported.right)),
    E.flatMap((questionOn) => attempted(() => engines[engine]().run((A): E.Either<UserError, Diagnosis> => {
      const question = questionOn(A)
      return phifold.diagnose(A)({ ...question, ...(accuracy !== undefined && { accuracy }) })
    }))),
    E.mapLeft(({ message }) => ({ message: `phifold diagnose: ${file}: ${message}` })),
    E.map((diagnosis) => {
      print(json ? diagnosisJson(diagnosis) : diagnosisText(diagnosis))
      return diagnosis._tag === 'Certificate' ? 0 : 1
    }))
}
