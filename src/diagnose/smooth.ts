/**
 * Fourth hypothesis, (H3): the derivatives exist at s*. On a wall, a kink of an activation or a tie of a pooling window the slopes to the two
 * sides differ. Nothing needs to be known of the model: with
 *
 *     D(h) = max |F(s + hv) − 2 F(s) + F(s − hv)| / h
 *
 * D(h) → 0 like h where F is smooth and stays at |slope₊ − slope₋| at a kink. It is taken at h and h/8, h = √u: a kink where it has
 * not come down to half, and where it is more than the rounding 4 u |s| · 8/h can make. The offending unit is found by halving the layer.
 */
import type { Layers } from '../phi/interaction.ts'
import { entries } from '../tensor/algebra.ts'
import { unitRoundoff } from '../number/float64.ts'
import { type Bench, direction } from './question.ts'
import { type Check, shown } from './verdict.ts'

interface Bend {
  /** D(h/8), 0 where D came down. */
  readonly kink: number
  /** Where it is largest: layer and flat index. */
  readonly layer: number
  readonly index: number
}

/** |F(s + hv) − 2F(s) + F(s − hv)| / h entry by entry. */
const second = <T>({ A, motion }: Bench<T>, s: Layers<T>, v: Layers<T>, h: number): readonly Float64Array[] => {
  const last = s.length - 1
  // The output is pushed by a force as well: a nudge acts inside σ, where no coupling may reach.
  const at = (c: number): Layers<T> =>
    motion.step(s.map((sl, l) => A.add(sl, A.scale(c, v[l] as T))), s.map((_, l) => (l === last ? A.scale(c, v[l] as T) : undefined)))
  const [up, middle, down] = [at(h), motion.step(s), at(-h)]
  return up.map((u, l) => A.numbers(A.sub(A.sub(u, middle[l] as T), A.sub(middle[l] as T, down[l] as T))).map((e) => Math.abs(e) / h))
}

const bendOf = <T>(bench: Bench<T>, s: Layers<T>, v: Layers<T>, rounding: number): Bend => {
  const h = Math.sqrt(Math.max(bench.roundoff, unitRoundoff))
  const [wide, near] = [second(bench, s, v, h), second(bench, s, v, h / 8)]
  const all = near.flatMap((entriesOf, layer) => Array.from(entriesOf, (kink, index) => ({
    kink: kink > (wide[layer]?.[index] ?? 0) / 2 && kink > rounding ? kink : 0, layer, index })))
  return all.reduce((best, each) => (each.kink > best.kink ? each : best), { kink: 0, layer: 0, index: 0 })
}

/** v on the entries from `from` to `to` of one layer. */
const part = <T>({ A }: Bench<T>, v: Layers<T>, layer: number, from: number, to: number): Layers<T> =>
  v.map((vl, l) => A.of(A.shape(vl), A.numbers(vl).map((e, i) => (l === layer && i >= from && i < to ? e : 0))))

/** The entry of `layer` whose motion alone still shows the kink, or none where it takes several. */
const culprit = <T>(bench: Bench<T>, s: Layers<T>, v: Layers<T>, layer: number, rounding: number, from: number, to: number): number | undefined => {
  if (bendOf(bench, s, part(bench, v, layer, from, to), rounding).kink === 0) return undefined
  if (to - from === 1) return from
  const middle = Math.floor((from + to) / 2)
  return culprit(bench, s, v, layer, rounding, from, middle) ?? culprit(bench, s, v, layer, rounding, middle, to)
}

/** One check: the largest difference between slopes to the two sides. */
export const smoothCheck = <T>(bench: Bench<T>, s: Layers<T>, seed: number): Check => {
  const { A, roundoff, layerNames, problem: { batch } } = bench
  const v = direction(bench, seed)
  const u = Math.max(roundoff, unitRoundoff)
  const size = Math.max(1, ...s.map((sl) => A.distance(sl, A.fill(A.shape(sl), 0))))
  // A sum that cancels rounds by more than its result tells; a kink that matters is a slope, of the order of 1.
  const rounding = Math.max(4 * u * size * 8 / Math.sqrt(u), Math.sqrt(Math.sqrt(u)) / 8)
  const bend = bendOf(bench, s, v, rounding)
  const name = layerNames[bend.layer] ?? ''
  return {
    finding: { hypothesis: 'smooth', check: 'slopes to both sides of the state', where: bend.kink === 0 ? 'all layers' : name, value: bend.kink, allowance: rounding },
    cause: () => {
      const found = s.map((sl, l) => culprit(bench, s, v, l, rounding, 0, entries(A.shape(sl))))
        .flatMap((index, l) => (index === undefined ? [] : [{ index, l }]))[0]
      const unitText = found === undefined ? name : (() => {
        const [sl, units] = [s[found.l] as T, entries(A.shape(s[found.l] as T)) / batch]
        const value = A.numbers(sl)[found.index] ?? NaN
        return `unit ${found.index % units} of ${layerNames[found.l] ?? ''} in sample ${Math.floor(found.index / units)}, at ${shown(value)}`
      })()
      return {
        _tag: 'Kink',
        says: `the slope of the step jumps by ${shown(bend.kink)} at the state (${unitText}): it sits exactly on a wall, a kink or a tie`,
        remedy: 'move it off: change a bias a little, use a smooth activation, or average instead of max pooling; a finite β sees one side of the kink only',
      }
    },
  }
}
