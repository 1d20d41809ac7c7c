/**
 * The compiled products (assembly/) as typed functions over a memory of their own. Compiled at once, which browsers allow below 4 kB, and
 * decoded by atob, which they and Node share.
 */

/** A memory and the functions that work in it. Addresses are in bytes, sizes in entries; see assembly/products.ts and assembly/passes.ts. */
export interface Machine {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number }
  readonly multiply: (a: number, b: number, out: number, m: number, k: number, n: number, resume: boolean, spare: number) => void
  readonly packRows: (source: number, rows: number, k: number, lanes: number, to: number) => void
  readonly packColumns: (source: number, rows: number, columns: number, lanes: number, to: number, k: number) => void
  /** Element-wise, the result in place of x. */
  readonly scale: (x: number, c: number, count: number) => void
  readonly divide: (x: number, c: number, count: number) => void
  readonly negate: (x: number, count: number) => void
  readonly add: (x: number, y: number, count: number) => void
  readonly subtract: (x: number, y: number, count: number) => void
  readonly multiplyEach: (x: number, y: number, count: number) => void
}

// What is used of it: neither ECMAScript's nor Node's typings declare it.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

/** A fresh machine from a module of generated.ts. */
export const machineOf = (base64: string): Machine => {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Machine
}
