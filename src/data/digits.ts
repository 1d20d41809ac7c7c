/**
 * A set of labelled grey images of digits, and how to make one of the two IDX arrays that MNIST keeps it in.
 * Numerics: pixels stay bytes (0 background, 255 full ink); `batch.ts` scales them.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Idx } from './idx.ts'

/**
 * Labelled images. `pixels` has count × rows × cols bytes, image after image, each row-major; `labels` has count digits
 * from 0 to 9.
 */
export interface Digits {
  /** How many images. */
  readonly count: number
  /** Rows of each image, in pixels. */
  readonly rows: number
  /** Columns of each image, in pixels. */
  readonly cols: number
  /** count · rows · cols bytes, 0 background to 255 full ink. */
  readonly pixels: ArrayLike<number>
  /** count digits, 0 to 9. */
  readonly labels: ArrayLike<number>
}

/** Why two IDX arrays are not a set of labelled digits. `message` is one line. */
export type DigitsError =
  | RankError<'ImagesNotRank3'>
  | RankError<'LabelsNotRank1'>
  /** Not as many labels as images. */
  | {
      readonly _tag: 'MismatchedCounts'
      readonly images: number
      readonly labels: number
      readonly message: string
    }
  /** A label is no digit. */
  | { readonly _tag: 'LabelOutOfRange'; readonly index: number; readonly label: number; readonly message: string }

/** An array of the wrong rank. */
interface RankError<Tag extends string> {
  /** Which of the two. */
  readonly _tag: Tag
  /** Its name, as given. */
  readonly name: string
  /** Its extents. */
  readonly dims: readonly number[]
  /** One line. */
  readonly message: string
}

const rankError = <Tag extends 'ImagesNotRank3' | 'LabelsNotRank1'>(
  _tag: Tag,
  name: string,
  expected: string,
  dims: readonly number[],
): RankError<Tag> => ({
  _tag,
  name,
  dims,
  message: `${name}: expected ${expected}, got rank ${dims.length}; check that images and labels are not swapped`,
})

/**
 * The digits of an images array [count, rows, cols] and a labels array [count]; shares no memory with either.
 * Errors: `DigitsError`; the names appear in the messages.
 */
export const digitsFrom = (
  images: Idx,
  labels: Idx,
  imagesName: string = 'images',
  labelsName: string = 'labels',
): E.Either<DigitsError, Digits> => {
  const [count, rows, cols, more] = images.dims
  if (count === undefined || rows === undefined || cols === undefined || more !== undefined) {
    return E.left(rankError('ImagesNotRank3', imagesName, 'images of rank 3 (count, rows, columns)', images.dims))
  }
  if (labels.dims.length !== 1) {
    return E.left(rankError('LabelsNotRank1', labelsName, 'labels of rank 1 (count)', labels.dims))
  }
  const labelled = labels.data.length
  if (labelled !== count) {
    const rest = `one for each image of ${imagesName}, got ${labelled}; use files of the same set`
    const message = `${labelsName}: expected ${count} labels, ${rest}`
    return E.left({ _tag: 'MismatchedCounts', images: count, labels: labelled, message })
  }
  const kept = new Uint8Array(labels.data)
  const index = kept.findIndex((label) => label > 9)
  const label = kept[index]
  if (label !== undefined) {
    return E.left({
      _tag: 'LabelOutOfRange',
      index,
      label,
      message: `${labelsName}: expected labels 0 to 9, got ${label} at index ${index}; use a set of the ten digits`,
    })
  }
  return E.right({ count, rows, cols, pixels: new Uint8Array(images.data), labels: kept })
}
