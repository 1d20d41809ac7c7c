/**
 * What one core could do at best: multiplications and additions of vectors that never leave the registers, in independent chains of which
 * enough run side by side to hide the latency (6 of each: two may start per cycle and take three). Squares of 1 and doubles of 0, so that no
 * constant takes a register and nothing overflows. No product of matrices gets there: it must also load what it multiplies.
 */
import asc from 'assemblyscript/asc'

const chains = Array.from({ length: 6 }, (_, c) => [`m${c}`, `s${c}`])

const source = (type) => `
export function spin(one: ${type}, zero: ${type}, steps: i32): ${type} {
  let ${chains.flatMap(([m, s]) => [`${m} = v128.splat<${type}>(one)`, `${s} = v128.splat<${type}>(zero)`]).join(', ')}
  for (let step = 0; step < steps; step++) {
    ${chains.flatMap(([m, s]) => [`${m} = v128.mul<${type}>(${m}, ${m})`, `${s} = v128.add<${type}>(${s}, ${s})`]).join('\n    ')}
  }
  return v128.extract_lane<${type}>(${chains.flat().reduce((sum, chain) => `v128.add<${type}>(${sum}, ${chain})`)}, 0)
}`

/** Floating-point operations per second of one core on vectors of 'f64' or 'f32': the best of many short runs, some of them to warm up. */
export const peakOf = async (type) => {
  const { binary, stderr } = await asc.compileString(source(type), { optimizeLevel: 3, runtime: 'stub', enable: ['simd'] })
  if (binary === null) throw new Error(stderr.toString())
  const { spin } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { abort: () => { throw new Error('abort') } } }).exports
  const steps = 20_000
  const times = Array.from({ length: 5000 }, () => {
    const start = performance.now()
    const sum = spin(1, 0, steps)
    const time = performance.now() - start
    if (sum !== chains.length) throw new Error(`peak: expected ${chains.length}, got ${sum}`)
    return time
  })
  return steps * chains.length * 2 * (type === 'f64' ? 2 : 4) / Math.min(...times) * 1000
}
