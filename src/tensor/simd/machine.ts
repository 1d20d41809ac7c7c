/**
 * The compiled modules (assembly/, loops.ts) as typed functions over a memory of their own. Compiled at once,
 * and decoded by atob, which browsers and Node share.
 */

/** A memory and the functions that work in it. Addresses are in bytes, sizes in entries; see assembly/products.ts, functions.ts and comparisons.ts. */
export interface Machine {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number }
  /** The first address that nothing is at. Below lie constants, from 320 on. */
  readonly free: () => number
  readonly multiply: (a: number, b: number, out: number, m: number, k: number, n: number, resume: boolean, spare: number) => void
  readonly multiplyRows: (source: number, b: number, out: number, m: number, k: number, n: number, spare: number) => void
  readonly multiplySum: (a: number, b: number, out: number, m: number, k: number, n: number, count: number, spare: number) => void
  readonly multiplyAt: (source: number, bases: number, offsets: number, b: number, out: number, m: number, k: number, n: number, spare: number) => void
  /** See assembly/sparse.ts. */
  readonly nonzeros: (x: number, count: number, most: number) => number
  readonly finite: (x: number, size: number) => number
  readonly multiplyFew: (source: number, b: number, plain: boolean, out: number, m: number, k: number, n: number, list: number, spare: number) => void
  readonly multiplyFewAt: (source: number, bases: number, offsets: number, b: number, plain: boolean, out: number, m: number, k: number, n: number, list: number, spare: number) => void
  readonly addAt: (rows: number, bases: number, offsets: number, m: number, k: number, to: number) => void
  readonly packRows: (source: number, rows: number, k: number, lanes: number, to: number) => void
  readonly packColumns: (source: number, rows: number, columns: number, lanes: number, to: number, k: number) => void
  readonly same: (x: number, y: number, count: number) => number
  readonly farthest: (x: number, y: number, count: number) => number
  readonly largest: (values: number, at: number, rows: number, length: number, out: number) => void
  /** Entry by entry, the result in place of x. */
  readonly exp: (x: number, count: number) => void
  readonly tanh: (x: number, count: number) => void
  readonly logistic: (x: number, count: number) => void
}

// What is used of it: neither ECMAScript's nor Node's typings declare it.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Instance: new (module: object, imports?: object) => { readonly exports: unknown }
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

/** Whether this engine can run a module of generated.ts. */
export const canRun = (base64: string): boolean => WebAssembly.validate(bytesOf(base64))

/** A fresh machine from a module of generated.ts. */
export const machineOf = (base64: string): Machine => instanceOf(bytesOf(base64)) as Machine

/** What a module exports. */
export const instanceOf = (bytes: Uint8Array, imports?: object): unknown => new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports
