/** A stranger's model for `phifold diagnose`: exact but for the nudge, which WHERE puts inside σ or outside. */
export default ({ initialise, innerNudged, layered, outerNudged, reference, seeded, tanh }) => {
  const where = globalThis.process.env.WHERE === 'outside' ? outerNudged : innerNudged
  const dynamics = where({ interaction: layered([2, 4, 3]), activation: tanh, epsilon: 1 })
  const [theta] = initialise(reference, dynamics.params, seeded(1))
  return { dynamics, theta, x: [[0.3, -0.2], [0.5, 1]], y: [[1, 0, 0], [0, 1, 0]], T: 200, K: 30, beta: 0.001 }
}
