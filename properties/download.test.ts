/** Files from the net: whole or not at all, whatever the server does. A server of our own on this machine. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { requestOf } from '../src/cli/arguments.ts'
import { data } from '../src/cli/data.ts'
import type { Wanted, Write } from '../src/cli/download.ts'

const content = Uint8Array.from({ length: 5000 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 11)
const packed = gzipSync(content)
const wanted: Wanted = { name: 'digits.gz', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
const part = `.${wanted.name}.part`

type Answer = (request: IncomingMessage, response: ServerResponse) => void
let answer: Answer = () => undefined
let ranges: (string | undefined)[] = []
const server: Server = createServer((request, response) => {
  ranges.push(request.headers.range)
  answer(request, response)
})
await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'phifold-data-'))
  ranges = []
})
afterEach(() => { rmSync(dir, { recursive: true, force: true }) })

const whole: Answer = (_, response) => { response.end(packed) }
/** As servers do that know ranges. */
const ranged: Answer = ({ headers: { range } }, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
  if (from >= packed.length) response.writeHead(416).end()
  else if (from === 0) response.end(packed)
  else response.writeHead(206, { 'content-range': `bytes ${from}-${packed.length - 1}/${packed.length}` }).end(packed.subarray(from))
}
const failing = (status: number): Answer => (_, response) => { response.writeHead(status).end('sorry') }

/** Gets the file: its one line where that fails. */
const got = async (mirrors: readonly string[] = [mirror], write?: Write): Promise<string | undefined> => {
  const end = await data({ name: 'mnist', out: dir, mirrors }, () => undefined, [wanted], write)()
  if (E.isRight(end)) {
    expect(readFileSync(join(dir, wanted.name))).toEqual(packed)
    expect(readdirSync(dir)).toEqual([wanted.name])
    return undefined
  }
  // Nothing lies under its name, and it is one line.
  expect(existsSync(join(dir, wanted.name))).toBe(false)
  expect(end.left.message).not.toContain('\n')
  return end.left.message
}

describe('a file from the net', () => {
  it('is put in place, and not asked for again', async () => {
    answer = whole
    expect(await got()).toBeUndefined()
    expect(await got()).toBeUndefined()
    expect(ranges).toHaveLength(1)
  })
  it('goes on from where the connection broke', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': packed.length })
      response.write(packed.subarray(0, 1000), () => setTimeout(() => response.destroy(), 50))
    }
    expect(await got()).toMatch(/the connection broke .*try again later/)
    expect(readFileSync(join(dir, part))).toEqual(packed.subarray(0, 1000))
    answer = ranged
    expect(await got()).toBeUndefined()
    expect(ranges.at(-1)).toBe('bytes=1000-')
  })
  it('begins anew where a server knows no ranges, or what is here is of another file', async () => {
    writeFileSync(join(dir, part), packed.subarray(0, 1000))
    answer = whole
    expect(await got()).toBeUndefined()
    rmSync(join(dir, wanted.name))
    writeFileSync(join(dir, part), new Uint8Array(1000))
    answer = ranged
    expect(await got()).toBeUndefined()
    rmSync(join(dir, wanted.name))
    writeFileSync(join(dir, part), new Uint8Array(packed.length + 5))
    expect(await got()).toBeUndefined()
  })
  it('is complete where only its name was missing', async () => {
    writeFileSync(join(dir, part), packed)
    answer = ranged
    expect(await got()).toBeUndefined()
    expect(ranges).toEqual([`bytes=${packed.length}-`])
  })
  it('comes from the next mirror where one fails', async () => {
    answer = (request, response) => { (request.url?.startsWith('/bad/') ? failing(503) : whole)(request, response) }
    expect(await got([`${mirror}/bad/`, mirror])).toBeUndefined()
  })
})

describe('one line is told', () => {
  it.each([404, 500])('of an answer %i', async (status) => {
    answer = failing(status)
    expect(await got()).toBe(`phifold data: ${mirror}/${wanted.name}: expected the file, got HTTP ${status}; try again later, or another --mirror`)
  })
  it('of another content, which is not kept', async () => {
    answer = (_, response) => { response.end(gzipSync(content.map((byte) => byte ^ 1))) }
    expect(await got()).toMatch(/expected SHA-256 [0-9a-f]{16}… of its content, got/)
    answer = (_, response) => { response.end('a page that says sorry') }
    expect(await got()).toMatch(/expected gzip data of 5000 bytes, got Z_DATA_ERROR/)
    answer = (_, response) => { response.end(gzipSync(new Uint8Array(2 ** 16))) }
    expect(await got()).toMatch(/expected gzip data of 5000 bytes, got ERR_BUFFER_TOO_LARGE/)
    answer = (_, response) => { response.end(new Uint8Array(2 ** 17)) }
    expect(await got()).toMatch(/expected at most 70536 bytes, got more/)
  })
  it('of no network', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => { closed.listen(0, '127.0.0.1', resolve) })
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => { closed.close(resolve) })
    expect(await got([`http://127.0.0.1:${port}`])).toMatch(/no answer \(ECONNREFUSED\)/)
  })
  it('of a full disk, and no other mirror is asked', async () => {
    answer = whole
    const full: Write = () => { throw Object.assign(new Error('no space'), { code: 'ENOSPC' }) }
    expect(await got([mirror, mirror], full)).toMatch(/expected to write it, got ENOSPC; free some space$/)
    expect(ranges).toHaveLength(1)
    // The next try finds room.
    expect(await got()).toBeUndefined()
  })
  it('of a file that is here and another', async () => {
    writeFileSync(join(dir, wanted.name), 'mine')
    const end = await data({ name: 'mnist', out: dir, mirrors: [mirror] }, () => undefined, [wanted])()
    expect(E.isLeft(end) && end.left.message).toMatch(/move it away and start again/)
    expect(readFileSync(join(dir, wanted.name), 'utf8')).toBe('mine')
  })
  it.each([
    [['data', 'fashion-mnist'], /expected mnist, got "fashion-mnist"/],
    [['data', 'mnist', '--mirror', 'ftp://x'], /--mirror: expected an address/],
  ])('of the arguments %j', async (args, line) => {
    const request = await requestOf(args)
    expect(E.isLeft(request) && request.left.message).toMatch(line)
  })
})
