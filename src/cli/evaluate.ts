/** `evaluate`: the test of a trained network, as text, JSON and a picture of what is taken for what. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { digitNames, type Evaluation, evaluationJson, evaluationOf, evaluationText, type Tested, testTitle } from '../experiment/evaluation.ts'
import { matrixSvg } from '../report/matrix-svg.ts'
import { pngOf } from './png.ts'
import type { Print, UserError } from './request.ts'
import { dataOf, readDigits, type Replaced, testedOf, trainedIn } from './trained.ts'
import { written } from './written.ts'

export interface EvaluateRequest extends Replaced {
  readonly data: string | undefined
  /** Where to write; the folder itself if absent. */
  readonly out: string | undefined
  readonly threads: number | undefined
}

/** A long path by its end. */
const shortened = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 24)}…${text.slice(-35)}`)

const pictureOf = (tested: Tested, { error, confusion }: Evaluation): string => matrixSvg({
  title: testTitle(tested),
  subtitle: `test error ${error.toFixed(2)} % of ${shortened(tested.data.origin)}`,
  rowTitle: 'meant', columnTitle: 'told (misread digits rust, on a scale of their own)', names: digitNames.map(String), counts: confusion,
})

/** Evaluates, prints the text and the names of the files written. Right: exit code 0. */
export const evaluate = (request: EvaluateRequest, print: Print, complain: Print): TE.TaskEither<UserError, number> => pipe(
  TE.fromEither(trainedIn(request)),
  TE.bindTo('folder'),
  TE.bind('data', ({ folder }) => dataOf(folder, request.data)),
  TE.let('out', () => request.out ?? request.dir),
  TE.tap(({ out }) => written(out, new Map())),
  TE.bind('read', ({ folder, data: { test } }) => () => readDigits(folder, test, request.threads)),
  TE.flatMap(({ folder, data, out, read }) => {
    const tested = testedOf(folder, data)
    const evaluation = evaluationOf(read, data.test.labels, folder.trainer.learner)
    const svg = pictureOf(tested, evaluation)
    const text = evaluationText(tested, evaluation)
    return pipe(
      TE.fromTask(() => pngOf(svg, { scale: 2 })),
      TE.flatMap((png) => {
        if (E.isLeft(png)) complain(`phifold evaluate: evaluation.png not drawn: ${png.left.message}`)
        return written(out, new Map<string, string | Uint8Array>([
          ['evaluation.txt', `${text}\n`], ['evaluation.json', evaluationJson(tested, evaluation)], ['evaluation.svg', svg],
          ...(E.isRight(png) ? [['evaluation.png', png.right] as const] : []),
        ]))
      }),
      TE.map((paths) => {
        ;[text, '', ...paths].forEach(print)
        return 0
      }))
  }),
  TE.mapLeft(({ message }) => ({ message: `phifold evaluate: ${message}` })))
