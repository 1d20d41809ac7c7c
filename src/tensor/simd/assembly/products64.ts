/** Products and functions in f64: what the module for f64 exports. See products.ts, unpacked.ts, packing.ts, sparse.ts, functions.ts and comparisons.ts. */
import { farthestOf, largestOf, sameOf } from './comparisons'
import { expOf, logisticOf, tanhOf } from './functions'
import { packColumnsOf, packRowsOf } from './packing'
import { multiplyOf, multiplySumOf } from './products'
import { finiteOf, multiplyFewAtOf, multiplyFewOf, nonzerosOf } from './sparse'
import { addAtOf, multiplyAtOf, multiplyRowsOf } from './unpacked'

/** The first address above the constants of functions.ts. */
export function free(): usize {
  return __heap_base
}

export function multiply(a: usize, b: usize, out: usize, m: i32, k: i32, n: i32, resume: bool, spare: usize): void {
  multiplyOf<f64>(a, b, out, m, k, n, resume, spare)
}

export function multiplyRows(source: usize, b: usize, out: usize, m: i32, k: i32, n: i32, spare: usize): void {
  multiplyRowsOf<f64>(source, b, out, m, k, n, spare)
}

export function multiplySum(a: usize, b: usize, out: usize, m: i32, k: i32, n: i32, count: i32, spare: usize): void {
  multiplySumOf<f64>(a, b, out, m, k, n, count, spare)
}

export function packRows(source: usize, rows: i32, k: i32, width: i32, to: usize): void {
  packRowsOf<f64>(source, rows, k, width, to)
}

export function packColumns(source: usize, rows: i32, columns: i32, width: i32, to: usize, k: i32): void {
  packColumnsOf<f64>(source, rows, columns, width, to, k)
}

export function exp(x: usize, count: i32): void {
  expOf<f64>(x, count)
}

export function tanh(x: usize, count: i32): void {
  tanhOf<f64>(x, count)
}

export function logistic(x: usize, count: i32): void {
  logisticOf<f64>(x, count)
}

export function multiplyAt(source: usize, bases: usize, offsets: usize, b: usize, out: usize, m: i32, k: i32, n: i32, spare: usize): void {
  multiplyAtOf<f64>(source, bases, offsets, b, out, m, k, n, spare)
}

export function addAt(rows: usize, bases: usize, offsets: usize, m: i32, k: i32, to: usize): void {
  addAtOf<f64>(rows, bases, offsets, m, k, to)
}

export function farthest(x: usize, y: usize, count: i32): f64 {
  return farthestOf<f64>(x, y, count)
}

export function same(x: usize, y: usize, count: i32): bool {
  return sameOf<f64>(x, y, count)
}

export function largest(values: usize, at: usize, rows: i32, length: i32, out: usize): void {
  largestOf<f64>(values, at, rows, length, out)
}

export function nonzeros(x: usize, count: i32, most: i32): i32 {
  return nonzerosOf<f64>(x, count, most)
}

export function finite(x: usize, size: usize): bool {
  return finiteOf<f64>(x, size)
}

export function multiplyFew(source: usize, b: usize, plain: bool, out: usize, m: i32, k: i32, n: i32, list: usize, spare: usize): void {
  multiplyFewOf<f64>(source, b, plain, out, m, k, n, list, spare)
}

export function multiplyFewAt(source: usize, bases: usize, offsets: usize, b: usize, plain: bool, out: usize, m: i32, k: i32, n: i32, list: usize, spare: usize): void {
  multiplyFewAtOf<f64>(source, bases, offsets, b, plain, out, m, k, n, list, spare)
}
