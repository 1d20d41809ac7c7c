/**
 * What one core could do at best: multiplications and additions of vectors that never leave the registers, 6 independent chains of each, so
 * that two of each can start per cycle at a latency of three. No product of matrices gets there: it must also load what it multiplies.
 */
import asc from 'assemblyscript/asc'

const chains = [0, 1, 2, 3, 4, 5]

const source = (type) => `
export function spin(steps: i32): ${type} {
  const factor = v128.splat<${type}>(1 + 2 ** -20), summand = v128.splat<${type}>(2 ** -20)
  let ${chains.flatMap((c) => [`m${c} = v128.splat<${type}>(1 + ${c})`, `s${c} = v128.splat<${type}>(${c})`]).join(', ')}
  for (let step = 0; step < steps; step++) {
    ${chains.flatMap((c) => [`m${c} = v128.mul<${type}>(m${c}, factor)`, `s${c} = v128.add<${type}>(s${c}, summand)`]).join('\n    ')}
  }
  return v128.extract_lane<${type}>(${chains.flatMap((c) => [`m${c}`, `s${c}`]).reduce((a, b) => `v128.add<${type}>(${a}, ${b})`)}, 0)
}`

/** Floating-point operations per second of one core, the best of many short runs. */
export const peakOf = async (type) => {
  const { binary, stderr } = await asc.compileString(source(type), { optimizeLevel: 3, runtime: 'stub', enable: ['simd'] })
  if (binary === null) throw new Error(stderr.toString())
  const { spin } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { abort: () => { throw new Error('abort') } } }).exports
  const steps = 20_000
  const operations = steps * chains.length * 2 * (type === 'f64' ? 2 : 4)
  const times = Array.from({ length: 5000 }, () => {
    const start = performance.now()
    spin(steps)
    return performance.now() - start
  })
  return operations / Math.min(...times) * 1000
}
