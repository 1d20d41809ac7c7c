/**
 * Law L11 for pooling, over exact rationals: lists of positions against the windows that define it, written out here index by index.
 * Maps of any sizes, with ties and with left-over rows and columns.
 */
import fc from 'fast-check'
import { type Rational, rational } from '../number/rational.ts'
import { averagePooling, maxPooling, type Pooled, type Pooling } from '../phi/pooling.ts'
import { type Algebra, entries, type Positions, sameShape, type Shape } from '../tensor/algebra.ts'
import { lifted } from '../tensor/lift.ts'
import { windowMaxima } from '../tensor/spatial.ts'
import { allTrue, exactly } from './closeness.ts'
import { type Law, worst } from './law.ts'
import { drawn, pools } from './number-arbitraries.ts'
import { A, exact, over, tensor, upTo } from './spatial-suite.ts'

/** A batch of images to pool, of few different numbers, so that there are ties. */
interface Maps {
  readonly image: readonly [batch: number, channels: number, rows: number, columns: number]
  readonly size: number
  readonly pool: readonly number[]
}

const maps: fc.Arbitrary<Maps> =
  fc.record({ image: fc.tuple(upTo(2), upTo(2), upTo(7), upTo(7)), size: upTo(3), pool: pools(upTo(2, -2)) })

/** The flat indices of each window, row by row within it; left-over rows and columns are in none. */
const windowsOf = ([batch, channels, rows, columns]: Maps['image'], size: number): readonly (readonly number[])[] =>
  over(batch, (b) => over(channels, (c) => over(Math.floor(rows / size), (i) => over(Math.floor(columns / size), (j) =>
    [over(size, (d) => over(size, (e) => [((b * channels + c) * rows + i * size + d) * columns + j * size + e]))]))))

type Maxima = typeof windowMaxima

type Order = (window: readonly number[], size: number) => readonly number[]

/** The first entry of each window, in that order, that none is above. */
const maximaBy = (ordered: Order, above: (a: number, b: number) => boolean = (a, b) => a > b): Maxima =>
  (shape, values, size) => {
    const image = shape as Maps['image']
    const at = windowsOf(image, size).map((window) => ordered(window, size)
      .find((p) => window.every((q) => !above(values[q] as number, values[p] as number))) ?? NaN)
    return { shape: [image[0], image[1], Math.floor(image[2] / size), Math.floor(image[3] / size)], at }
  }

const byRows: Order = (window) => window
const backwards: Order = (window) => window.toReversed()
const byColumns: Order = (window, size) =>
  window.map((_, i) => window[(i % size) * size + Math.floor(i / size)] as number)

const firstMaxima = maximaBy(byRows)
const lastMaxima = maximaBy(backwards)

const same = (a: Positions, b: Positions): boolean =>
  sameShape(a.shape, b.shape) && Array.from(a.at).join() === Array.from(b.at).join()

/** Both poolings, by window size. */
interface Poolings {
  readonly max: (size: number) => Pooling
  readonly average: (size: number) => Pooling
}

const poolings: Poolings = { max: maxPooling, average: averagePooling }

type PooledFault = <T>(B: Algebra<never, T>, pooled: Pooled<T>, image: Shape, map: T) => Partial<Pooled<T>>

/** A pooling with P or P⁻¹ replaced. */
const pooledWrongly = (pooling: Pooling, wrong: PooledFault): Pooling => ({
  ...pooling,
  at: (B, image) => (map) => {
    const pooled = pooling.at(B, image)(map)
    return { ...pooled, ...wrong(B, pooled, image, map) }
  },
})

const ofLast = (size: number): Pooling => pooledWrongly(maxPooling(size), (B, _, image, map) => {
  const last = lastMaxima(image, B.numbers(map), size)
  return { pool: (z) => B.gather(z, last), unpool: (y) => B.scatter(y, last, image) }
})

const ofPooledMap = (size: number): Pooling => pooledWrongly(maxPooling(size), (B, _, image) =>
  ({ pool: (z) => maxPooling(size).at(B, image)(z).pool(z) }))

const undivided = (size: number): Pooling => pooledWrongly(averagePooling(size), (B, { unpool }) =>
  ({ unpool: (y) => B.scale(size * size, unpool(y)) }))

const pooling = ({ max, average }: Poolings) => ({ image, size, pool }: Maps) => {
  const [map, z, windows] = [tensor(pool, 0, image), tensor(pool, 1, image), windowsOf(image, size)]
  const first = firstMaxima(image, A.numbers(map), size)
  const y = tensor(pool, 2, first.shape)
  const sums = windows.map((window) => window.map((p) => z.data[p] as Rational).reduce(rational.add))
  const inside = new Set(windows.flat())
  const cases = [
    { kind: max(size), P: A.gather(z, first), share: 1 },
    { kind: average(size), P: A.over(lifted(first.shape, sums), size * size), share: size * size },
  ]
  return worst(cases.flatMap(({ kind, P, share }) => {
    const { pool: down, unpool } = kind.at(A, image)(map)
    return [
      allTrue(
        sameShape([image[0], ...kind.shape([image[1], image[2], image[3]])], first.shape),
        unpool(y).data.every((entry, i) => inside.has(i) || rational.equals(entry, rational.zero))),
      exactly(A, [[down(z), P], [A.dot(down(z), y), A.dot(z, unpool(y))], [down(unpool(y)), A.over(y, share)]]),
    ]
  }))
}

/** L11 for positions of maxima and for both poolings. */
export const poolingLaws: readonly Law[] = [
  exact<Maxima, Maps>({
    name: 'L11.maxima',
    says: 'max-pooling takes the first entry of each window, row by row, that no other is above; ' +
      'left-over rows and columns are in no window',
    about: ['maxPooling'],
    instances: maps, subject: windowMaxima,
    judge: (maxima) => ({ image, size, pool }) => {
      const values = Float64Array.from(drawn(pool, 0, entries(image)))
      return allTrue(same(maxima(image, values, size), firstMaxima(image, values, size)))
    },
    mutants: [
      { fault: 'the last maximum', subject: lastMaxima },
      { fault: 'the first maximum column by column', subject: maximaBy(byColumns) },
      { fault: 'the largest magnitude', subject: maximaBy(byRows, (a, b) => Math.abs(a) > Math.abs(b)) },
      {
        fault: 'rows taken to be as long as the windows reach',
        subject: (image, values, size) => firstMaxima(image.map((n, axis) => (axis === 3 ? n - (n % size) : n)), values, size),
      },
    ],
  }),
  exact<Poolings, Maps>({
    name: 'L11.pooling',
    says: '⟨P z, y⟩ = ⟨z, P⁻¹ y⟩; P z is z at the first maxima of the current map and P P⁻¹ y = y, ' +
      'or P z is the mean over each n × n window and P P⁻¹ y = y / n²; entries in no window get 0',
    about: ['maxPooling', 'averagePooling'],
    instances: maps, subject: poolings, judge: pooling,
    mutants: [
      { fault: 'the maxima of what is pooled, not of the current map', subject: { ...poolings, max: ofPooledMap } },
      { fault: 'the last maximum', subject: { ...poolings, max: ofLast } },
      { fault: 'P⁻¹ of the mean gives all of it to each entry', subject: { ...poolings, average: undivided } },
    ],
  }),
]
