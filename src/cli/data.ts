/** `data`: the files of MNIST from the net. */
import { mkdirSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { download, type Wanted, type Write } from './download.ts'
import type { Print, UserError } from './request.ts'

export interface DataRequest {
  readonly name: 'mnist'
  readonly out: string
  readonly mirrors: readonly string[]
}

/** SHA-256 of the unpacked files. */
const mnist: readonly Wanted[] = [
  { name: 'train-images-idx3-ubyte.gz', bytes: 47_040_016, sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db' },
  { name: 'train-labels-idx1-ubyte.gz', bytes: 60_008, sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5' },
  { name: 't10k-images-idx3-ubyte.gz', bytes: 7_840_016, sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7' },
  { name: 't10k-labels-idx1-ubyte.gz', bytes: 10_008, sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2' },
]

const usualMirrors = ['https://ossci-datasets.s3.amazonaws.com/mnist', 'https://storage.googleapis.com/cvdf-datasets/mnist']

/** Gets the files one after the other and prints their names. Left: the first that cannot be had. */
export const data = ({ name, out, mirrors }: DataRequest, print: Print, files: readonly Wanted[] = mnist, write?: Write): TE.TaskEither<UserError, number> => async () => {
  const made = E.tryCatch(() => mkdirSync(out, { recursive: true }), (reason): UserError =>
    ({ message: `phifold data: ${out}: expected a folder, got ${reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason)}; choose another --out` }))
  if (E.isLeft(made)) return made
  for (const wanted of files) {
    const got = await download(out, wanted, mirrors.length === 0 ? usualMirrors : mirrors, write)
    if (E.isLeft(got)) return E.left({ message: `phifold data: ${got.left.message}` })
    print(`${got.right.path}${got.right.had ? ' (there already)' : ''}`)
  }
  print(`${name} is there; use it by --data ${out}`)
  return E.right(0)
}
