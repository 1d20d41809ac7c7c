/**
 * Whether gradients of one mini-batch agree, as numbers alone. The witness is simd64's, which has the bits of the reference.
 *
 * In double precision a peer may be off by what roundings add up to. Each of T + K steps rounds sums of n terms, whose magnitudes come to `reach` at most since states
 * are in [0, 1], by λ √n u of that (Higham & Mary 2019, λ = 7 for all entries at once), and the slopes of the activations are at most 1. Errors are taken to
 * be passed on from step to step, not enlarged. EP takes the difference of two states, each in two factors, over β; BPTT collects K products; both
 * add up `places` of a convolution:
 *
 *     |g − g′| ≤ places · (T + K) · u (λ √n + 8) · reach · (4/β for EP, 8K for BPTT)
 *
 * In single precision that says too little. There all contestants make about as many roundings, so none may be more than four times as far
 * from the witness as the nearest of them, in the worst relative distance of any parameter.
 */

const lambda = 7
/** Roundings of a step beyond its sums. */
const others = 8
/** Of the farthest distance to the nearest, in single precision. */
const spread = 4

const product = (shape) => shape.reduce((all, n) => all * n, 1)

/** The longest sum of a step, and the largest one of magnitudes, from parameters by name as { shape, numbers }. */
export const sumsOf = (parameters) => {
  const weights = Object.entries(parameters).filter(([name]) => name.startsWith('W')).map(([, parameter]) => parameter)
  const biases = Object.entries(parameters).filter(([name]) => name.startsWith('b')).map(([, { numbers }]) => numbers.reduce((most, b) => Math.max(most, Math.abs(b)), 0))
  const along = ({ shape, numbers }, axis) => {
    const [outs, ins] = shape
    const inner = product(shape.slice(2))
    const sums = new Float64Array(axis === 0 ? outs : ins)
    numbers.forEach((w, i) => { sums[axis === 0 ? Math.floor(i / (ins * inner)) : Math.floor(i / inner) % ins] += Math.abs(w) })
    return { reach: sums.reduce((most, sum) => Math.max(most, sum), 0), terms: numbers.length / sums.length }
  }
  const layers = weights.map((weight, l) => {
    const [up, down] = [along(weight, 0), weights[l + 1] && along(weights[l + 1], 1)]
    return { terms: up.terms + (down?.terms ?? 0), reach: up.reach + (down?.reach ?? 0) + (biases[l] ?? 0) }
  })
  return { terms: Math.max(...layers.map(({ terms }) => terms)), reach: Math.max(...layers.map(({ reach }) => reach)) }
}

/** The bound above. `beta` is Table 1's; `places` the most that a kernel sees. */
export const allowanceOf = ({ T, K, beta, terms, reach, places, method, roundoff }) =>
  places * (T + K) * roundoff * (lambda * Math.sqrt(terms) + others) * reach * (method === 'ep' ? 4 / beta : 8 * K)

/** Splits the numbers of all parameters, in order. */
export const splitBy = (shapes, numbers) => {
  let at = 0
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, numbers.subarray(at, at += product(shape))]))
}

/** max |a − b|, NaN if any is. */
export const gapOf = (a, b) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0)

/** ‖a − b‖ / ‖b‖. */
export const distanceOf = (a, b) => {
  const norm = (numbers) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0))
  return norm(a.map((x, i) => x - b[i])) / norm(b)
}

/** The worst relative distance of any parameter. */
export const farthestOf = (shapes, numbers, witness) => {
  const [ours, theirs] = [splitBy(shapes, numbers), splitBy(shapes, witness)]
  return Math.max(...Object.keys(shapes).map((name) => distanceOf(ours[name], theirs[name])))
}

/** What is wrong, in lines: with gaps in double precision, with distances in single; each with its engine. */
export const disagreements = (gaps, allowance, distances) => {
  const nearest = Math.min(...distances.map(({ distance }) => distance))
  return [
    ...gaps.filter(({ gap }) => !(gap <= allowance)).map(({ engine, gap }) => `${engine} in double precision: ${gap} away from simd64, allowed ${allowance}`),
    ...distances.filter(({ distance }) => !(distance <= spread * nearest)).map(({ engine, distance }) => `${engine}: relative distance ${distance} from simd64, allowed ${spread * nearest}`),
  ]
}
