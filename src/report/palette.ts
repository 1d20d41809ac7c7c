/**
 * The colours of charts: seven, after Okabe & Ito, "Color Universal Design" (2008), each darkened or shifted until it has a contrast
 * of at least 3:1 on white (WCAG 2.1, 1.4.11) and until any two stay apart for protanopes, deuteranopes and tritanopes
 * (simulated with the matrices of Machado, Oliveira & Fernandes 2009). In black and white strokes tell methods apart and fillings
 * tell series apart: only the identity of a coordinate needs colour.
 */

/** Blue, rust, green, near-black, pink, violet, ochre; number i takes colour i modulo 7. */
export const palette: ReadonlyArray<string> = [
  '#005A9C', '#9C2F00', '#009E73', '#1A1A1A', '#DB66A8', '#8A63F0', '#B38600',
]
