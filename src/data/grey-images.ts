/**
 * Grey images from an array of numbers: (n, pixels) or (n, rows, columns), in 0 … 1 or in 0 … 255. Which of the two is told by the kind of the
 * array (bytes are 0 … 255) or by its largest entry (above 1: 0 … 255). They become bytes, as digits of files are.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Digits } from './digits.ts'
import type { Stored } from './number-bytes.ts'
import { shown, type StoredError, storedError } from './stored-error.ts'

/** Images without labels: all are 0. Left: another shape, no image, or an entry that is no shade of grey. `pixels` is how many an image has. */
export const greyImages = ({ dtype, shape, data }: Stored, pixels: number, name: string): E.Either<StoredError, Digits> => {
  const [count = 0, ...rest] = shape
  const fits = (shape.length === 2 || shape.length === 3) && rest.reduce((product, extent) => product * extent, 1) === pixels
  const side = Math.sqrt(pixels)
  if (!fits || count === 0)
    return E.left(storedError('WrongShape', name, 'shape', `(n, ${pixels})${Number.isInteger(side) ? ` or (n, ${side}, ${side})` : ''} with n above 0`, shown(shape), 'reshape the array'))
  const entries = Float64Array.from(data)
  const odd = entries.findIndex((entry) => !(entry >= 0 && entry <= 255))
  if (odd >= 0) return E.left(storedError('WrongEntries', name, `entry ${odd}`, 'a shade from 0 to 1, or from 0 to 255', shown(String(entries[odd])), 'scale the array'))
  const inBytes = dtype === 'U8' || entries.some((entry) => entry > 1)
  const [rows = 1, cols = pixels] = rest.length === 2 ? rest : Number.isInteger(side) ? [side, side] : [1, pixels]
  return E.right({
    count, rows, cols, labels: new Uint8Array(count),
    pixels: Uint8Array.from(entries, (entry) => Math.round(inBytes ? entry : 255 * entry)),
  })
}
