/**
 * About how much work a figure is, in multiply-adds: only for showing progress and for starting the longest first, so factors of two
 * do not matter.
 */
import { layersOf } from '../phi/setting.ts'
import { entries } from '../tensor/algebra.ts'
import type { Figure } from './figure.ts'

export interface Cost {
  /** The whole free phase, if no state repeats. */
  readonly free: number
  /** Both folds, of all nudgings. */
  readonly folds: number
}

export const costOf = ({ interaction, sizes, batch, T, K, nudgings }: Figure): Cost => {
  const psi = interaction(sizes)
  const layers = layersOf(psi)
  const weights = Object.entries(psi.params).filter(([, shape]) => shape.length > 1).map(([name, shape]) => {
    const to = Number(/\d+$/.exec(name)?.[0] ?? 1)
    // A unit of layer `to` takes one product with a row of W, or with a kernel.
    return { to, size: entries(shape), products: (layers[to]?.units ?? 0) * entries(shape.slice(1)) * batch }
  })
  const sum = (of: readonly number[]): number => of.reduce((total, n) => total + n, 0)
  const units = sum(layers.slice(1).map((layer) => layer.units)) * batch
  // W₁x is computed once; every other weight acts forwards and backwards.
  const step = 2 * sum(weights.filter(({ to }) => to > 1).map(({ products }) => products)) + 20 * units
  // Four phases step; seven products make the gradients of each weight, some forty passes go over its entries.
  const moment = 5 * step + 7 * sum(weights.map(({ products }) => products)) + 40 * sum(weights.map(({ size }) => size))
  return { free: T * step, folds: nudgings.length * K * moment }
}
