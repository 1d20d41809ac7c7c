/** Text and numbers inside SVG and HTML. */

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? '')

/** A number for people, in `digits` figures: 0.0317, 3.2e-15. */
export const shown = (x: number, digits = 3): string => {
  if (x === 0 || !Number.isFinite(x)) return String(x)
  const size = Math.abs(x)
  return size >= 0.01 && size < 10 ** Math.max(digits, 4) ? String(Number(x.toPrecision(digits))) : Number(x.toPrecision(digits)).toExponential().replace('e+', 'e')
}

/** A coordinate in a picture: a tenth of a unit is less than anybody sees. */
export const place = (x: number): string => String(Math.round(x * 10) / 10)

/** With its first letter large. */
export const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
