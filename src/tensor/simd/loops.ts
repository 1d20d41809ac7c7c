/**
 * Chains of element-wise operations as loops over vectors, each operation rounded by itself: written as WebAssembly when a chain is first met, and
 * known from then on by its program. A program is a list of instructions of three numbers (what to do, and with what); the result of each
 * is known by its place in the list, the last one is stored.
 *
 * What is written, with the binary format's own names for the sections:
 *
 *     (func (param out size input… constant…) (loop: load, operate, store, 16 bytes further until size))
 */
import type { Kind } from './kinds.ts'
import { instanceOf, type Machine } from './machine.ts'

/** What to do. Operands of LOAD and CONSTANT are their places in the arguments, those of others earlier instructions. */
export const LOAD = 0, CONSTANT = 1, ADD = 2, SUBTRACT = 3, MULTIPLY = 4, DIVIDE = 5, NEGATE = 6, CLIP = 7, INSIDE = 8

/** Writes `size` bytes, whole vectors, to `out`; then come addresses of inputs and constants. Addresses and sizes in bytes. */
export type Loop = (out: number, size: number, ...inputsThenConstants: readonly number[]) => void

const [I32, F32, F64, V128] = [0x7f, 0x7d, 0x7c, 0x7b]
const [SPLAT, ARITHMETIC, COMPARISON] = [{ 4: 0x13, 8: 0x14 }, { 4: 0xe0, 8: 0xec }, { 4: 0x41, 8: 0x47 }]
/** From the first of its group on, the same for both kinds of entries. */
const [NEG, ADDED, SUBTRACTED, MULTIPLIED, DIVIDED, PMIN, PMAX] = [1, 4, 5, 6, 7, 10, 11]
const [UNEQUAL, AT_MOST, AT_LEAST] = [1, 4, 5]

/** A whole number ≥ 0 in groups of seven bits. */
const leb = (n: number): readonly number[] => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...leb(n >>> 7)])
const counted = (parts: readonly (readonly number[])[]): readonly number[] => [...leb(parts.length), ...parts.flat()]
const sized = (bytes: readonly number[]): readonly number[] => [...leb(bytes.length), ...bytes]
const section = (id: number, bytes: readonly number[]): readonly number[] => [id, ...sized(bytes)]
const text = (name: string): readonly number[] => sized(Array.from(name, (letter) => letter.charCodeAt(0)))
const simd = (code: number): readonly number[] => [0xfd, ...leb(code)]
const get = (local: number): readonly number[] => [0x20, ...leb(local)]
const set = (local: number): readonly number[] => [0x21, ...leb(local)]

/** The module of a program for entries of so many bytes; sizes are at least one vector. */
const moduleOf = (bytes: 4 | 8, program: readonly number[], inputs: number, constants: number): Uint8Array => {
  const [OUT, SIZE, FIRST] = [0, 1, 2]
  const [count, at] = [program.length / 3, FIRST + inputs + constants]
  // Locals hold 0 to begin with: no need to set the vector of zeros.
  const [zero, one] = [at + 1, at + 2]
  const register = (nth: number): readonly number[] => get(at + 3 + nth)
  const of = (code: number): readonly number[] => simd(ARITHMETIC[bytes] + code)
  const compare = (code: number): readonly number[] => simd(COMPARISON[bytes] + code)
  const splat = simd(SPLAT[bytes])
  const unit = [...(bytes === 4 ? [0x43, 0, 0, 0x80, 0x3f] : [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]), ...splat]
  const address = (base: number): readonly number[] => [...get(base), ...get(at), 0x6a]
  const both = (a: number, b: number, code: number): readonly number[] => [...register(a), ...register(b), ...of(code)]
  const value = (op: number, a: number, b: number): readonly number[] => {
    switch (op) {
      case LOAD: return [...address(FIRST + a), ...simd(0x00), 0, 0]
      case ADD: return both(a, b, ADDED)
      case SUBTRACT: return both(a, b, SUBTRACTED)
      case MULTIPLY: return both(a, b, MULTIPLIED)
      case DIVIDE: return both(a, b, DIVIDED)
      case NEGATE: return [...register(a), ...of(NEG)]
      // These kinds of minimum and maximum keep the first operand where it is NaN, or zero of either sign.
      case CLIP: return [...register(a), ...get(zero), ...of(PMAX), ...get(one), ...of(PMIN)]
      // 1 or 0, and NaN where it is that.
      default: return [
        ...register(a), ...get(one), ...register(a), ...get(zero), ...compare(AT_LEAST), ...register(a), ...get(one), ...compare(AT_MOST),
        ...simd(0x4e), ...simd(0x4e), ...register(a), ...register(a), ...compare(UNEQUAL), ...simd(0x52),
      ]
    }
  }
  const instructions = Array.from({ length: count }, (_, i) => [program[3 * i], program[3 * i + 1], program[3 * i + 2]] as [number, number, number])
  const body = [
    ...counted([[1, I32], [...leb(count + 2), V128]]),
    ...unit, ...set(one),
    ...instructions.flatMap(([op, a], i) => (op === CONSTANT ? [...get(FIRST + inputs + a), ...splat, ...set(at + 3 + i)] : [])),
    0x03, 0x40,
    ...instructions.flatMap(([op, a, b], i) => (op === CONSTANT ? [] : [...value(op, a, b), ...set(at + 3 + i)])),
    ...address(OUT), ...register(count - 1), ...simd(0x0b), 0, 0,
    ...get(at), 0x41, 16, 0x6a, 0x22, ...leb(at), ...get(SIZE), 0x49, 0x0d, 0, 0x0b, 0x0b,
  ]
  const parameters = [I32, I32, ...Array.from({ length: inputs }, () => I32), ...Array.from({ length: constants }, () => (bytes === 4 ? F32 : F64))]
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, counted([[0x60, ...sized(parameters), 0]])),
    ...section(2, counted([[...text('m'), ...text('m'), 2, 0, 0]])),
    ...section(3, counted([[0]])),
    ...section(7, counted([[...text('f'), 0, 0]])),
    ...section(10, counted([sized(body)])),
  ])
}

/** More programs than any network has; then all are forgotten, so that memory does not grow with what is tried. */
const MOST = 1024

/** The loops of programs with so many inputs and constants, in the memory of a machine. */
export const loopsOn = ({ bytes }: Pick<Kind<never>, 'bytes'>, { memory }: Pick<Machine, 'memory'>): ((program: readonly number[], inputs: number, constants: number) => Loop) => {
  const known = new Map<string, Loop>()
  return (program, inputs, constants) => {
    const name = String.fromCharCode(...program)
    const before = known.get(name)
    if (before !== undefined) return before
    if (known.size >= MOST) known.clear()
    const { f } = instanceOf(moduleOf(bytes, program, inputs, constants), { m: { m: memory } }) as { readonly f: Loop }
    known.set(name, f)
    return f
  }
}
