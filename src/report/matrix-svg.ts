/**
 * A table of counts as a picture: one square a cell, darker where there is more. The diagonal of a confusion matrix would leave nothing to be seen
 * of the rest, so it is drawn on a scale of its own. Darkness goes with the square root of a count: one mistake can be told from none.
 */
import { html, type Markup } from './markup.ts'
import { palette } from './palette.ts'

export interface MatrixPicture {
  readonly title: string
  readonly subtitle: string
  /** Said beside the rows and above the columns. */
  readonly rowTitle: string
  readonly columnTitle: string
  /** As many names as rows and as columns. */
  readonly names: readonly string[]
  readonly counts: readonly (readonly number[])[]
}

const font = 'DejaVu Sans, Verdana, sans-serif'
const ink = '#222222'
const [cell, left, top] = [44, 74, 104]

const text = (x: number, y: number, size: number, anchor: string, content: string, fill = ink): Markup =>
  html`<text x="${x}" y="${y}" font-family="${font}" font-size="${size}" text-anchor="${anchor}" fill="${fill}">${content}</text>`

/** The picture as an SVG text; throws RangeError where counts are not a square of as many rows as there are names. */
export const matrixSvg = ({ title, subtitle, rowTitle, columnTitle, names, counts }: MatrixPicture): string => {
  const n = names.length
  if (counts.length !== n || counts.some((row) => row.length !== n)) throw new RangeError(`matrixSvg: expected ${n} rows of ${n} counts`)
  const most = (onDiagonal: boolean): number =>
    counts.reduce((worst, row, r) => row.reduce((max, count, c) => ((r === c) === onDiagonal ? Math.max(max, count) : max), worst), 1)
  const [right, wrong] = [most(true), most(false)]
  const [width, height] = [Math.max(left + n * cell + 20, 640), top + n * cell + 24]
  const square = (count: number, r: number, c: number): Markup => {
    const strength = Math.sqrt(count / (r === c ? right : wrong))
    const [x, y] = [left + c * cell, top + r * cell]
    return html`<rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="${palette[r === c ? 0 : 1] ?? ink}" fill-opacity="${Number((0.85 * strength).toFixed(3))}" stroke="#DDDDDD"/>${
      count === 0 ? '' : text(x + cell / 2, y + cell / 2 + 4, 12, 'middle', String(count), strength > 0.7 ? 'white' : ink)}`
  }
  const middle = top + (n * cell) / 2
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="${width}" height="${height}" fill="white"/>
<text x="14" y="28" font-family="${font}" font-size="15" font-weight="bold" fill="${ink}">${title}</text>${text(14, 48, 12, 'start', subtitle)}
${text(left + (n * cell) / 2, top - 26, 12, 'middle', columnTitle)}
<text x="24" y="${middle}" transform="rotate(-90 24 ${middle})" font-family="${font}" font-size="12" text-anchor="middle" fill="${ink}">${rowTitle}</text>
${names.map((name, i) => [text(left + (i + 0.5) * cell, top - 8, 12, 'middle', name), text(left - 10, top + (i + 0.5) * cell + 4, 12, 'end', name)])}
${counts.map((row, r) => row.map((count, c) => square(count, r, c)))}
</svg>
`.text
}
