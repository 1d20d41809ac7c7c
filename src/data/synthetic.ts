/**
 * Synthetic handwritten digits: a seeded stand-in for MNIST where the real files are not at hand. 28×28 grey images, ink
 * on an empty background as in MNIST. Each digit is drawn from a hand-made skeleton of strokes: its points wobble, a
 * smooth curve is put through them, the whole is stretched, slanted, turned and shifted, and a soft round pen draws it.
 *
 * Source: none, the skeletons are our own.
 * Numerics: arithmetic and square roots only (no sin, cos, exp, hypot, whose last digit may differ between engines), so
 * the same seed gives the same bytes on every platform.
 */
import type { Digits } from './digits.ts'
import { seeded, shuffled, uniforms } from './random.ts'

type Point = readonly [x: number, y: number]
/** Points that a smooth curve runs through; a sharp corner is where one stroke ends and the next begins. */
type Stroke = readonly Point[]

const side = 28

/** The ways of writing each digit, in a box of 100 × 100, y downwards. */
const skeletons: readonly (readonly (readonly Stroke[])[])[] = [
  [[[[50, 0], [22, 15], [12, 50], [22, 85], [50, 100], [78, 85], [88, 50], [78, 15], [50, 0]]]],
  [
    [[[52, 0], [50, 50], [48, 100]]],
    [[[28, 24], [54, 0]], [[54, 0], [52, 50], [50, 100]]],
  ],
  [[[[14, 24], [30, 5], [56, 0], [80, 15], [79, 38], [52, 69], [12, 99]], [[12, 99], [50, 95], [90, 98]]]],
  [[[[16, 12], [46, 0], [78, 12], [75, 35], [42, 48]], [[42, 48], [78, 58], [85, 80], [52, 100], [12, 88]]]],
  [
    [[[28, 0], [22, 30], [10, 56]], [[10, 56], [50, 56], [92, 52]], [[72, 8], [68, 50], [66, 100]]],
    [[[66, 0], [36, 35], [6, 66]], [[6, 66], [50, 66], [94, 64]], [[66, 0], [65, 50], [64, 100]]],
  ],
  [[[[86, 2], [55, 1], [26, 3]], [[26, 3], [20, 44]], [[20, 44], [50, 36], [82, 50], [85, 76], [54, 99], [12, 90]]]],
  [[[[70, 0], [40, 20], [18, 55], [20, 85], [48, 100], [78, 86], [78, 63], [50, 52], [21, 72]]]],
  [
    [[[10, 6], [50, 4], [88, 3]], [[88, 3], [60, 46], [42, 100]]],
    [[[10, 6], [50, 4], [88, 3]], [[88, 3], [60, 46], [42, 100]], [[34, 52], [80, 49]]],
  ],
  [
    [
      [
        [78, 13], [50, 0], [23, 14], [27, 34], [50, 47], [77, 64], [80, 86], [50, 100], [20, 86], [24, 64], [50, 47],
        [73, 33], [78, 13],
      ],
    ],
  ],
  [[[[80, 20], [54, 1], [22, 14], [19, 38], [45, 51], [74, 40], [80, 20]], [[80, 20], [77, 60], [62, 100]]]],
]

/** Draws per image, all in [-1, 1): eight for the hand, two for each skeleton point, one for the grain of each pixel. */
const handDraws = 8
const wobbleDraws = 2 * Math.max(...skeletons.flat().map((strokes) => strokes.flat().length))
const imageDraws = handDraws + wobbleDraws + side * side

/** Catmull-Rom curve through the points, five pieces between neighbours; the ends count twice. */
const smooth = (points: Stroke): Stroke => {
  const spans = points.slice(1).map((end, i) => {
    const start = points[i] ?? end
    const before = points[i - 1] ?? start
    const after = points[i + 2] ?? end
    const at = (t: number, axis: 0 | 1): number => {
      const [a, b, c, d] = [before[axis], start[axis], end[axis], after[axis]]
      return (2 * b + t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * b - a - 3 * c + d)))) / 2
    }
    return [0.2, 0.4, 0.6, 0.8, 1].map((t): Point => [at(t, 0), at(t, 1)])
  })
  return [...points.slice(0, 1), ...spans.flat()]
}

/**
 * How much ink each pixel of the image gets: 1 up to half a pixel inside `radius` of the curves (in pixels), from there
 * falling to 0 half a pixel outside. A rasteriser kernel: it writes only to the image that it makes.
 */
const inked = (curves: readonly Stroke[], radius: number): ArrayLike<number> => {
  const ink = new Float64Array(side * side)
  const reach = radius + 0.5
  const first = (v: number): number => Math.max(0, Math.ceil(v - reach))
  const last = (v: number): number => Math.min(side - 1, Math.floor(v + reach))
  for (const curve of curves) {
    for (const [i, [bx, by]] of curve.entries()) {
      const [ax, ay] = curve[i - 1] ?? [bx, by]
      const [dx, dy] = [bx - ax, by - ay]
      const square = dx * dx + dy * dy
      for (let y = first(Math.min(ay, by)); y <= last(Math.max(ay, by)); y += 1) {
        for (let x = first(Math.min(ax, bx)); x <= last(Math.max(ax, bx)); x += 1) {
          // Distance to the segment: to its point nearest to the pixel's centre.
          const along = square > 0 ? ((x - ax) * dx + (y - ay) * dy) / square : 0
          const t = Math.min(1, Math.max(0, along))
          const [ex, ey] = [x - ax - t * dx, y - ay - t * dy]
          const cover = Math.min(1, reach - Math.sqrt(ex * ex + ey * ey))
          ink[y * side + x] = Math.max(cover, ink[y * side + x] ?? 0)
        }
      }
    }
  }
  return ink
}

/** One image (28 × 28 bytes) of a digit, from `imageDraws` numbers in [-1, 1). */
const drawnDigit = (digit: number, draws: readonly number[]): readonly number[] => {
  const [form = 0, pen = 0, wide = 0, tall = 0, slant = 0, turn = 0, right = 0, down = 0] = draws
  const forms = skeletons[digit] ?? []
  const strokes = forms[Math.floor(((form + 1) / 2) * forms.length)] ?? []

  // Rotation by the angle 2 atan(h): cos = (1 - h²) / (1 + h²), sin = 2h / (1 + h²), without trigonometry.
  const h = 0.09 * turn
  const [cos, sin] = [(1 - h * h) / (1 + h * h), (2 * h) / (1 + h * h)]
  const placed = ([x, y]: Point): Point => {
    const v = ((y - 50) / 100) * (18 + 1.5 * tall)
    const u = ((x - 50) / 100) * (16 + 2.5 * wide) - 0.25 * slant * v
    return [13.5 + cos * u - sin * v + 1.5 * right, 13.5 + sin * u + cos * v + 1.5 * down]
  }
  const starts = strokes.map((_, s) => strokes.slice(0, s).flat().length)
  const curves = strokes.map((stroke, s) => {
    const wobbled = stroke.map(([x, y], p): Point => {
      const place = handDraws + 2 * ((starts[s] ?? 0) + p)
      return [x + 4 * (draws[place] ?? 0), y + 4 * (draws[place + 1] ?? 0)]
    })
    return smooth(wobbled.map(placed))
  })

  const ink = inked(curves, 1.25 + 0.45 * pen)
  const grain = draws.slice(handDraws + wobbleDraws)
  return grain.map((g, p) => Math.round(255 * (ink[p] ?? 0) * (0.94 + 0.06 * g)))
}

/** The most that are made at once: 784 MB. */
export const mostDigits = 1_000_000

/**
 * `count` images of 28×28 with labels: every digit equally often (up to one image), in random order.
 * @throws RangeError unless count is an integer from 1 to 1 000 000 and the seed an integer from 0 to 2^32 - 1.
 */
export const syntheticDigits = (seed: number, count: number): Digits => {
  if (!Number.isInteger(count) || count < 1 || count > mostDigits) {
    throw new RangeError(`syntheticDigits: expected a count from 1 to ${mostDigits}, got ${count}`)
  }
  const [order, start] = shuffled(seeded(seed), count)
  const labels = Uint8Array.from(order, (place) => place % 10)
  const pixels = new Uint8Array(count * side * side)
  labels.reduce((rng, label, i) => {
    const [draws, next] = uniforms(rng, imageDraws, -1, 1)
    pixels.set(drawnDigit(label, draws), i * side * side)
    return next
  }, start)
  return { count, rows: side, cols: side, pixels, labels }
}
