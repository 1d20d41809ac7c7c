/**
 * Law L11 for convolution, over exact rationals: what products of gathered patches compute, against the sum that defines it, written
 * out here index by index. Images of any sizes, with rows and columns told apart. For pooling see spatial-pooling.ts.
 */
import fc from 'fast-check'
import { type Rational, rational } from '../number/rational.ts'
import { conv } from '../phi/conv.ts'
import { drivesAt, mapEnd, paramOf } from '../phi/interaction.ts'
import { noPooling } from '../phi/pooling.ts'
import { entries } from '../tensor/algebra.ts'
import { lifted } from '../tensor/lift.ts'
import { type MapShape, places, type Sliding } from '../tensor/spatial.ts'
import { exactly } from './closeness.ts'
import type { Law, Mutant } from './law.ts'
import { pools } from './number-arbitraries.ts'
import { poolingLaws } from './spatial-pooling.ts'
import { A, exact, over, type T, tensor, upTo } from './spatial-suite.ts'

const present = (x: T | undefined): T => x ?? lifted([0], [])

/** Images, kernels and how these slide, with numbers to fill them. */
interface Convolving extends Sliding {
  readonly batch: number
  readonly image: MapShape
  readonly channels: number
  readonly size: number
  readonly pool: readonly number[]
}

const down = ({ image, size, ...sliding }: Convolving): number => places(image[1], size, sliding)
const across = ({ image, size, ...sliding }: Convolving): number => places(image[2], size, sliding)

const convolvings: fc.Arbitrary<Convolving> = fc.record({
  batch: upTo(2), image: fc.tuple(upTo(2), upTo(5), upTo(5)), channels: upTo(2),
  size: upTo(3), stride: upTo(3), padding: upTo(2, 0), pool: pools(upTo(6, -6)),
}).filter((instance) => down(instance) > 0 && across(instance) > 0)

/** w ⋆ x, w̃ ⋆ y and y ⊛ x, each in every way that an implementation has to compute it. */
interface Convolved {
  readonly forward: readonly T[]
  readonly transpose: readonly T[]
  readonly kernel: readonly T[]
}

type Convolve = (instance: Convolving) => (w: T, x: T, y: T) => Convolved

/** Through the interaction ⟨y, w ⋆ x⟩: its drives, gradients and pulls, with x a layer and with x the input. */
const byConv: Convolve = ({ batch, image, channels, size, stride, padding }) => (w, x, y) => {
  const term = (layer: number) => conv('w', mapEnd(layer, image), channels, { size, stride, padding, pooling: noPooling })
  const [u, theta] = [[A.fill([batch, 1], 0), x, y], { w }]
  const [above, first] = [term(1).at(A)(theta, A.fill([batch, 1], 0)), term(0).at(A)(theta, x)]
  const [alongX, alongY] = [above.pull(u)(drivesAt([1, x])), above.pull(u)(drivesAt([2, y]))]
  const alongFirst = first.pull([x, y])(drivesAt([1, y]))
  return {
    forward: [above.drive(u)[2], alongX.state[2], first.constant[1]].map(present),
    transpose: [above.drive(u)[1], alongY.state[1], alongFirst.input()].map(present),
    kernel: [above.param(u), alongX.param(), alongY.param(), first.param([x, y]), alongFirst.param()].map((params) => paramOf(params, 'w')),
  }
}

/** Which row or column of an image lies under row or column d of the window at place i. */
type Under = (i: number, d: number, window: Convolving) => number

const under: Under = (i, d, { stride, padding }) => i * stride + d - padding

/** (w ⋆ x)[b, o, i, j] = Σ_{c,d,e} w[o, c, d, e] x[b, c, i·stride + d − padding, j·stride + e − padding], with zeros outside of x. */
const direct = (pixel: Under) => (instance: Convolving, w: T, x: T): T => {
  const { batch, image: [depth, rows, columns], channels, size } = instance
  const pixelAt = (b: number, c: number, row: number, column: number): Rational =>
    row < 0 || row >= rows || column < 0 || column >= columns
      ? rational.zero : x.data[((b * depth + c) * rows + row) * columns + column] as Rational
  const entry = (b: number, o: number, i: number, j: number): Rational =>
    over(depth, (c) => over(size, (d) => over(size, (e) => [rational.mul(
      w.data[((o * depth + c) * size + d) * size + e] as Rational,
      pixelAt(b, c, pixel(i, d, instance), pixel(j, e, instance)))]))).reduce(rational.add, rational.zero)
  return lifted([batch, channels, down(instance), across(instance)],
    over(batch, (b) => over(channels, (o) => over(down(instance), (i) => over(across(instance), (j) => [entry(b, o, i, j)])))))
}

/** The kernel turned by 180°. */
const turned = (w: T): T => {
  const window = entries(w.shape.slice(2))
  return lifted(w.shape, w.data.map((_, i) => w.data[i - (i % window) + (window - 1 - (i % window))] as Rational))
}

type Wrong = (instance: Convolving, w: T, x: T, y: T) => Partial<Convolved>

/** An implementation with one part wrong. */
const wrongly = (fault: string, wrong: Wrong): Mutant<Convolve> =>
  ({ fault, subject: (instance) => (w, x, y) => ({ ...byConv(instance)(w, x, y), ...wrong(instance, w, x, y) }) })

/** One whose w ⋆ slides over the wrong pixels. */
const sliding = (fault: string, pixel: Under): Mutant<Convolve> =>
  wrongly(fault, (instance, w, x) => ({ forward: [direct(pixel)(instance, w, x)] }))

const tensorsOf = (instance: Convolving): readonly [w: T, x: T, y: T] => {
  const { batch, image, channels, size, pool } = instance
  return [
    tensor(pool, 0, [channels, image[0], size, size]),
    tensor(pool, 1, [batch, ...image]),
    tensor(pool, 2, [batch, channels, down(instance), across(instance)]),
  ]
}

/** L11 for convolution by patches and for pooling. */
export const spatialLaws: readonly Law[] = [
  exact<Convolve, Convolving>({
    name: 'L11.convolution',
    says: '(w ⋆ x)[b, o, i, j] = Σ w[o, c, d, e] x[b, c, i·stride + d − padding, j·stride + e − padding], zeros outside, ' +
      'wherever conv computes it',
    about: ['conv', 'noPooling'],
    instances: convolvings, subject: byConv,
    judge: (convolve) => (instance) => {
      const [w, x, y] = tensorsOf(instance)
      const expected = direct(under)(instance, w, x)
      return exactly(A, convolve(instance)(w, x, y).forward.map((result) => [result, expected]))
    },
    mutants: [
      sliding('the kernel flipped', (i, d, { size, ...rest }) => under(i, size - 1 - d, { size, ...rest })),
      sliding('padding off by one', (i, d, window) => under(i, d, window) + 1),
      sliding('stride ignored', (i, d, window) => under(i, d, { ...window, stride: 1 })),
    ],
  }),
  exact<Convolve, Convolving>({
    name: 'L11.adjoint',
    says: '⟨w ⋆ x, y⟩ = ⟨x, w̃ ⋆ y⟩ = ⟨w, y ⊛ x⟩, wherever the drives, gradients and pulls of conv compute them',
    about: ['conv', 'noPooling'],
    instances: convolvings, subject: byConv,
    judge: (convolve) => (instance) => {
      const [w, x, y] = tensorsOf(instance)
      const { forward, transpose, kernel } = convolve(instance)(w, x, y)
      const whole = A.dot(present(forward[0]), y)
      return exactly(A, [
        ...forward.map((wx) => [A.dot(wx, y), whole] as const),
        ...transpose.map((wy) => [A.dot(x, wy), whole] as const),
        ...kernel.map((yx) => [A.dot(w, yx), whole] as const),
      ])
    },
    mutants: [
      wrongly('w̃ with the kernel not flipped', (instance, w, x, y) => ({ transpose: byConv(instance)(turned(w), x, y).transpose })),
      wrongly('⊛ with the kernel flipped', (instance, w, x, y) => ({ kernel: byConv(instance)(w, x, y).kernel.map(turned) })),
      sliding('padding off by one in w ⋆ alone', (i, d, window) => under(i, d, window) + 1),
      sliding('stride ignored in w ⋆ alone', (i, d, window) => under(i, d, { ...window, stride: 1 })),
    ],
  }),
  ...poolingLaws,
]
