/**
 * SVG text → PNG bytes, by resvg. Text is set in the DejaVu Sans of the npm package dejavu-fonts-ttf and in no system
 * font, so a figure looks the same on every machine. Both packages are optional.
 *
 * Compare figures by their SVG or their numbers, not by PNG bytes: anti-aliasing may differ between processors.
 */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { wordsOf } from './reason.ts'

/** The rasteriser or the font is not installed, or has no build for this platform. */
export interface RasteriserMissing {
  readonly _tag: 'RasteriserMissing'
  readonly message: string
}

/** The text given is no SVG that can be drawn. */
export interface UnreadableSvg {
  readonly _tag: 'UnreadableSvg'
  readonly message: string
}

/** Width in pixels, or pixels per SVG unit (2 suits a page, 3 print). */
export type PngSize = { readonly width: number } | { readonly scale: number }

/** What pngOf uses of @resvg/resvg-js, and the font files. */
export interface Rasteriser {
  readonly Resvg: typeof import('@resvg/resvg-js').Resvg
  readonly fontFiles: ReadonlyArray<string>
}

/** Loads the optional packages. Rejects when one is missing. */
export const installedRasteriser = async (): Promise<Rasteriser> => {
  const { Resvg } = await import('@resvg/resvg-js')
  const fonts = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf')
  const faces = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSans-Oblique.ttf']
  return { Resvg, fontFiles: faces.map((face) => join(fonts, face)) }
}

/** PNG bytes of an SVG text, on the SVG's own background. A size that is not a positive number throws. */
export const pngOf = async (
  svg: string,
  size: PngSize,
  load: () => Promise<Rasteriser> = installedRasteriser,
): Promise<E.Either<RasteriserMissing | UnreadableSvg, Uint8Array>> => {
  const fitTo = 'width' in size
    ? { mode: 'width' as const, value: size.width }
    : { mode: 'zoom' as const, value: size.scale }
  if (!(fitTo.value > 0 && fitTo.value < 1e5)) {
    throw new RangeError(`pngOf: ${fitTo.mode}: expected a number between 0 and 1e5, got ${fitTo.value}; take { scale: 2 }`)
  }
  const rasteriser = await load().then(E.right, (reason: unknown) => E.left<RasteriserMissing>({
    _tag: 'RasteriserMissing',
    message: `pngOf: expected the optional packages @resvg/resvg-js and dejavu-fonts-ttf, got "${wordsOf(reason)}"; ` +
      'install them: npm install @resvg/resvg-js@2.6.2 dejavu-fonts-ttf@2.37.3',
  }))
  if (E.isLeft(rasteriser)) return rasteriser
  const { Resvg, fontFiles } = rasteriser.right
  return E.tryCatch(
    () => new Uint8Array(new Resvg(svg, {
      fitTo,
      font: { loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: 'DejaVu Sans' },
    }).render().asPng()),
    (reason): UnreadableSvg => ({
      _tag: 'UnreadableSvg',
      message: `pngOf: expected an SVG document, got "${wordsOf(reason)}"; look at the SVG in a browser`,
    }),
  )
}
