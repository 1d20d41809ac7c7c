/** The products in f32: what the module for f32 exports. See products.ts. */
import { multiplyOf, packColumnsOf, packRowsOf } from './products'

export function multiply(a: usize, b: usize, out: usize, m: i32, k: i32, n: i32, resume: bool, spare: usize): void {
  multiplyOf<f32>(a, b, out, m, k, n, resume, spare)
}

export function packRows(source: usize, rows: i32, k: i32, width: i32, to: usize): void {
  packRowsOf<f32>(source, rows, k, width, to)
}

export function packColumns(source: usize, rows: i32, columns: i32, width: i32, to: usize, k: i32): void {
  packColumnsOf<f32>(source, rows, columns, width, to, k)
}
