/**
 * Multiplications and additions of the matrix products in one training step, the same for every engine, so that their rates can be compared: the input's
 * product once per phase, everything else at each of T + K steps; element-wise work is left out. An engine that skips zeros or stops early at a state
 * that repeats does less than that, and one that repeats the input's product does more.
 */

/** Places of each kernel on the map below it, next to the input first; 1 of a matrix. `layers` as a dynamics lists them, input first. */
export const placesOf = (layers, params) => layers.slice(1).map((_, i) => {
  const [, , size] = params[`W${i + 1}`]
  const [, rows, columns] = layers[i].map ?? []
  return size === undefined ? 1 : (rows - size + 1) * (columns - size + 1)
})

/**
 * Of a mini-batch; `params` names W1, W2, … with their shapes. Each connection works in both directions at each step; BPTT goes back K times through
 * both directions and collects K outer products, EP two, and one for the input by either.
 */
export const operationsOf = ({ layers, params, T, K, batch }, method) => {
  const [input, ...inner] = placesOf(layers, params).map((places, i) => places * params[`W${i + 1}`].reduce((product, n) => product * n, 1))
  const hidden = inner.reduce((sum, n) => sum + n, 0)
  const walked = method === 'ep' ? (T + K) * 2 * hidden + 2 * hidden : T * 2 * hidden + K * 4 * hidden
  return 2 * batch * (2 * input + walked)
}
