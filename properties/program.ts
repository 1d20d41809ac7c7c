/** The built program as a user runs it, in a folder of its own that is removed after the tests. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
export const program = join(root, 'dist/cli/main.js')

export interface Done {
  readonly code: number
  readonly out: string
  readonly err: string
}

interface Scratch {
  /** Runs the program in the folder. */
  readonly phifold: (...args: readonly string[]) => Promise<Done>
  /** The path of something in the folder. */
  readonly at: (name: string) => string
  /** Makes a folder in it and gives its path. */
  readonly folder: (name: string) => string
  /** Writes a file in it and gives its name. */
  readonly file: (name: string, content: string | Uint8Array) => string
}

export const scratch = (): Scratch => {
  const dir = mkdtempSync(join(tmpdir(), 'phifold-cli-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  const at = (name: string): string => join(dir, name)
  return {
    at,
    phifold: (...args) => new Promise((resolve) => {
      execFile(process.execPath, [program, ...args], { cwd: dir, maxBuffer: 2 ** 26 }, (error, out, err) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err })
      })
    }),
    folder: (name) => {
      mkdirSync(at(name), { recursive: true })
      return at(name)
    },
    file: (name, content) => {
      mkdirSync(dirname(at(name)), { recursive: true })
      writeFileSync(at(name), content)
      return name
    },
  }
}

/** Name → content of each file in a folder. */
export const contents = (dir: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(dir).sort().map((name) => [name, readFileSync(join(dir, name), 'latin1')]))
