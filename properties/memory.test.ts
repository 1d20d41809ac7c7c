/** Memory that cannot be had is told as such: by the interpreters with numbers and a next step, by the program in one line, as no bug of either. */
import { describe, expect, test } from 'vitest'
import { isOutOfMemory } from '../src/cli/reason.ts'
import { arenaOf } from '../src/tensor/simd/arena.ts'
import { doubles, singles } from '../src/tensor/simd/kinds.ts'

const thrownBy = (act: () => unknown): unknown => {
  try {
    return void act()
  } catch (reason) {
    return reason
  }
}

describe('what runs out of memory', () => {
  // WebAssembly has 4 GiB at most.
  test.each([['simd32', () => arenaOf(singles, 16, 0)], ['simd64', () => arenaOf(doubles, 16, 0)]])('%s', (_, arena) => {
    const reason = thrownBy(() => { arena().extend(2 ** 33) })
    expect(reason).toBeInstanceOf(RangeError)
    expect((reason as Error).message).toMatch(/^simd(32|64): expected 8192 MiB of memory for a product, got none beyond \d+ MiB; multiply less at a time, such as a smaller batch$/)
    expect(isOutOfMemory(reason)).toBe(true)
  })

  test.each([['shared memory', () => new SharedArrayBuffer(2 ** 46)], ['an array', () => new Float64Array(2 ** 40)]])('%s', (_, act) => {
    expect(isOutOfMemory(thrownBy(act))).toBe(true)
  })
})

test('other mistakes are none of memory', () => {
  for (const reason of [new RangeError('conv w: a 5×5 kernel does not fit'), new TypeError('Array buffer allocation failed'), thrownBy(() => new Float64Array(-1)), 'Array buffer allocation failed'])
    expect(isOutOfMemory(reason)).toBe(false)
})
