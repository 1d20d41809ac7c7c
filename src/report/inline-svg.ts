/**
 * An SVG document as a part of an HTML page. Only what a drawing needs is let through: shapes, groups, texts, and references
 * to the document itself. Scripts, styles, foreign objects, links and anything else that could act, look different elsewhere or fetch something
 * make the whole document unfit. Ids get a prefix, so that pictures on one page do not clash; namespaces, classes and labels of
 * single marks are dropped, since the picture is one image to a screen reader.
 */
import * as E from 'fp-ts/lib/Either.js'
import { html, type Markup, trusted } from './markup.ts'

/** What makes a text unfit to be a picture on a page. */
export interface UnfitSvg {
  readonly _tag: 'UnfitSvg'
  readonly message: string
}

const elements: ReadonlySet<string> = new Set([
  'svg', 'g', 'path', 'rect', 'line', 'circle', 'ellipse', 'polyline', 'polygon', 'text', 'tspan',
  'defs', 'clipPath', 'linearGradient', 'radialGradient', 'stop',
])

const kept: ReadonlySet<string> = new Set([
  'id', 'd', 'x', 'y', 'x1', 'y1', 'x2', 'y2', 'cx', 'cy', 'r', 'rx', 'ry', 'dx', 'dy', 'points', 'width', 'height', 'viewBox', 'transform',
  'fill', 'fill-opacity', 'fill-rule', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-dashoffset',
  'stroke-linecap', 'stroke-linejoin', 'stroke-miterlimit', 'opacity', 'display', 'clip-path', 'clip-rule', 'clipPathUnits', 'offset',
  'stop-color', 'stop-opacity', 'gradientUnits', 'gradientTransform', 'text-anchor', 'font-family', 'font-size', 'font-weight', 'font-style',
])

const dropped = /^(xmlns(:xlink)?|version|class|role|aria-[a-z]+|pointer-events)$/

const unfit = (got: string): UnfitSvg =>
  ({ _tag: 'UnfitSvg', message: `expected a drawing of shapes and texts, got ${JSON.stringify(got.trim().slice(0, 60))}` })

/** A prolog, a comment, a tag with its attributes, or text. */
const tokens = /<\?xml[^<>]*\?>|<!--(?:(?!--)[^])*-->|<(\/?)([A-Za-z]+)((?:\s+[A-Za-z:-]+[0-9]?="[^"<]*")*)\s*(\/?)>|[^<]+/gy
const attributes = /([A-Za-z:-]+[0-9]?)="([^"]*)"/g

/** Whatever CSS could take for an address, also where it is spelt with escapes or entities. */
const address = /[\\&]|\b(url|src|image|image-set)\s*\(|:\s*\/\//i
const ownAddress = /^url\(#([\w-]+)\)$/

/** An attribute as it goes into the page; undefined where it must not. */
const attributeOf = (name: string, value: string, prefix: string): string | undefined => {
  if (dropped.test(name)) return ''
  if (!kept.has(name)) return undefined
  if (name === 'id') return /^[\w-]+$/.test(value) ? ` id="${prefix}${value}"` : undefined
  const own = ownAddress.exec(value)?.[1]
  return own !== undefined ? ` ${name}="url(#${prefix}${own})"` : address.test(value) ? undefined : ` ${name}="${value}"`
}

interface Token {
  readonly whole: string
  /** What it does to the elements that are open. */
  readonly kind: 'opens' | 'closes' | 'neither'
  readonly element: string
  /** For the page; undefined where it must not go there. */
  readonly text: string | undefined
}

const tokenOf = (prefix: string) => ([whole, slash, element, given = '', selfClosing]: readonly (string | undefined)[]): Token => {
  const said = whole ?? ''
  if (element === undefined) return { whole: said, kind: 'neither', element: '', text: said.startsWith('<') ? '' : said }
  const all = Array.from(given.matchAll(attributes), ([, name = '', value = '']) => attributeOf(name, value, prefix))
  const isFit = elements.has(element) && all.every((text) => text !== undefined) && !(slash === '/' && (given !== '' || selfClosing === '/'))
  return {
    whole: said,
    kind: slash === '/' ? 'closes' : selfClosing === '/' ? 'neither' : 'opens',
    element,
    text: isFit ? `<${slash ?? ''}${element}${all.join('')}${selfClosing ?? ''}>` : undefined,
  }
}

/** The open elements after a token, innermost last; or the token, where it does not belong there. */
const after = (open: readonly string[], { whole, kind, element }: Token): E.Either<string, readonly string[]> =>
  kind === 'opens' ? (open.length === 0) === (element === 'svg') ? E.right([...open, element]) : E.left(whole)
    : kind === 'closes' ? (open.at(-1) === element ? E.right(open.slice(0, -1)) : E.left(whole))
      : open.length > 0 || (element === '' && (whole.startsWith('<') || whole.trim() === '')) ? E.right(open) : E.left(whole)

/**
 * The document as an image that says `label` to screen readers. `prefix` goes before every id: letters, digits, dots, _ and -.
 * Left: the first thing in it that is not fit for a page.
 */
export const inlineSvg = (svg: string, { prefix, label }: { readonly prefix: string; readonly label: string }): E.Either<UnfitSvg, Markup> => {
  const all = Array.from(svg.matchAll(tokens), tokenOf(prefix))
  const read = all.reduce((length, { whole }) => length + whole.length, 0)
  const bad = all.find(({ text }) => text === undefined)
  if (bad !== undefined) return E.left(unfit(bad.whole))
  if (read < svg.length) return E.left(unfit(svg.slice(read)))
  const [, second] = all.filter(({ kind, element }) => kind === 'opens' && element === 'svg')
  if (second !== undefined) return E.left(unfit(`${second.whole} twice`))
  const nested = all.reduce<E.Either<string, readonly string[]>>((open, each) => (E.isLeft(open) ? open : after(open.right, each)), E.right([]))
  if (E.isLeft(nested)) return E.left(unfit(nested.left))
  const text = all.map((each) => each.text).join('').trim()
  if (nested.right.length > 0 || text === '') return E.left(unfit('a text that ends too early'))
  return E.right(trusted(html`<svg role="img" aria-label="${label}"`.text + text.slice('<svg'.length)))
}
