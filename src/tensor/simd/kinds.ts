/** The two kinds of entries that SIMD128 has lanes for. */
import { products32, products32Fused, products64 } from './generated.ts'

/** Entries in row-major order. */
export type Cells = Float64Array | Float32Array

/** What entries are made of, and where it makes a difference. */
export interface Kind<C extends Cells> {
  /** Of the interpreter. */
  readonly name: string
  /** The products as a module of generated.ts. */
  readonly module: string
  /** Of one entry. */
  readonly bytes: 4 | 8
  readonly zeros: (count: number) => C
  readonly copy: (entries: ArrayLike<number>) => C
  readonly view: (buffer: ArrayBuffer) => C
  /** A number as an entry holds it. */
  readonly round: (x: number) => number
  /** One entry: Σ a b in index order. */
  readonly dot: (a: C, b: C) => C
}

/** Doubles. */
export const doubles: Kind<Float64Array> = {
  name: 'simd64',
  module: products64,
  bytes: 8,
  zeros: (count) => new Float64Array(count),
  copy: (entries) => new Float64Array(entries),
  view: (buffer) => new Float64Array(buffer),
  round: (x) => x,
  dot: (a, b) => {
    let total = 0
    for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number)
    return Float64Array.of(total)
  },
}

/** Singles. Each product and each sum is rounded. */
export const singles: Kind<Float32Array> = {
  name: 'simd32',
  module: products32,
  bytes: 4,
  zeros: (count) => new Float32Array(count),
  copy: (entries) => new Float32Array(entries),
  view: (buffer) => new Float32Array(buffer),
  round: Math.fround,
  dot: (a, b) => {
    let total = 0
    for (let i = 0; i < a.length; i++) total = Math.fround(total + Math.fround((a[i] as number) * (b[i] as number)))
    return Float32Array.of(total)
  },
}

/** Singles whose products round a term and a sum at once, where the processor can. */
export const fusedSingles: Kind<Float32Array> = { ...singles, name: 'simd32-fused', module: products32Fused }
