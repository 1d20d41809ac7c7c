/**
 * Chart → SVG text, by Vega-Lite → Vega with no renderer (no canvas, no DOM).
 *
 * The same chart gives the same bytes: no ids, dates or random numbers, sizes fixed in advance, and coordinates
 * rounded to 1/100 px, which also hides the last digits in which platforms differ.
 *
 * vega and vega-lite are optional packages and are loaded when the first figure is drawn. Their typings need the DOM
 * library, so the few functions used here are typed by hand and the packages are imported by a name held in a variable.
 */
import * as E from 'fp-ts/lib/Either.js'
import { barSpec } from './bar-spec.ts'
import type { Chart } from './chart.ts'
import { curveSpec } from './curve-spec.ts'
import { logSpec } from './log-spec.ts'

/** A plotting package is not installed or does not load here. */
export interface RendererMissing {
  readonly _tag: 'RendererMissing'
  readonly message: string
}

/** What svgOf uses of vega and vega-lite. In a browser bundle, import both statically and pass them. */
export interface Renderer {
  readonly vega: {
    readonly parse: (spec: object) => object
    readonly View: new (runtime: object, options: { readonly renderer: 'none' }) => {
      readonly toSVG: () => Promise<string>
      readonly finalize: () => unknown
    }
  }
  readonly vegaLite: { readonly compile: (spec: object) => { readonly spec: object } }
}

const imported = (name: string): Promise<unknown> => import(/* @vite-ignore */ name)

/** Loads the optional packages. Rejects when one is missing. */
export const installedRenderer = async (): Promise<Renderer> => {
  const [vega, vegaLite] = await Promise.all([imported('vega'), imported('vega-lite')])
  return { vega: vega as Renderer['vega'], vegaLite: vegaLite as Renderer['vegaLite'] }
}

const specOf = (chart: Chart): object => {
  switch (chart._tag) {
    case 'Curves': return curveSpec(chart)
    case 'Bars': return barSpec(chart)
    case 'Log': return logSpec(chart)
  }
}

const rounded = (svg: string): string =>
  svg.replace(/ (d|transform|x2|y2)="([^"]*)"/g, (_, name: string, numbers: string) =>
    ` ${name}="${numbers.replace(/-?\d+\.?\d*(e[-+]?\d+)?/g, (number) => String(Number(Number(number).toFixed(2))))}"`)

/**
 * SVG text of a chart, UTF-8, sizes in px. Left: vega or vega-lite is not installed.
 * `load` gives the two packages; the default imports the installed ones.
 */
export const svgOf = async (
  chart: Chart,
  load: () => Promise<Renderer> = installedRenderer,
): Promise<E.Either<RendererMissing, string>> => {
  const renderer = await load().then(E.right, (reason: unknown) => E.left<RendererMissing>({
    _tag: 'RendererMissing',
    message: `svgOf: expected the optional packages vega and vega-lite, got "${firstLine(reason)}"; ` +
      'install vega and vega-lite: npm install vega@6.4.0 vega-lite@6.4.3',
  }))
  if (E.isLeft(renderer)) return renderer
  const { vega, vegaLite } = renderer.right
  const view = new vega.View(vega.parse(vegaLite.compile(specOf(chart)).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  return E.right(rounded(svg))
}

const firstLine = (reason: unknown): string =>
  (reason instanceof Error ? reason.message : String(reason)).split('\n', 1)[0] ?? ''
