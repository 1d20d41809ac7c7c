/** Products and element-wise operations in f64: what the module for f64 exports. See products.ts and passes.ts. */
import { addOf, divideOf, multiplyEachOf, negateOf, scaleOf, subtractOf } from './passes'
import { multiplyOf, packColumnsOf, packRowsOf } from './products'

export function multiply(a: usize, b: usize, out: usize, m: i32, k: i32, n: i32, resume: bool, spare: usize): void {
  multiplyOf<f64>(a, b, out, m, k, n, resume, spare)
}

export function packRows(source: usize, rows: i32, k: i32, width: i32, to: usize): void {
  packRowsOf<f64>(source, rows, k, width, to)
}

export function packColumns(source: usize, rows: i32, columns: i32, width: i32, to: usize, k: i32): void {
  packColumnsOf<f64>(source, rows, columns, width, to, k)
}

export function scale(x: usize, c: f64, count: i32): void {
  scaleOf<f64>(x, c, count)
}

export function divide(x: usize, c: f64, count: i32): void {
  divideOf<f64>(x, c, count)
}

export function negate(x: usize, count: i32): void {
  negateOf<f64>(x, count)
}

export function add(x: usize, y: usize, count: i32): void {
  addOf<f64>(x, y, count)
}

export function subtract(x: usize, y: usize, count: i32): void {
  subtractOf<f64>(x, y, count)
}

export function multiplyEach(x: usize, y: usize, count: i32): void {
  multiplyEachOf<f64>(x, y, count)
}
