/** Scripts written into a page become files beside it, so that a policy without 'unsafe-inline' lets them run. Effects: writes those files. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The page with each inline script as a reference to a file of `folder`, and the files by name. Scripts that hold data only stay. */
export const outlined = (html: string, folder: string): { readonly html: string; readonly files: ReadonlyMap<string, string> } => {
  const files = new Map<string, string>()
  const replaced = html.replaceAll(/<script(?: id="[^"]*")?>([^]*?)<\/script>/g, (_, code: string) => {
    const name = `inline.${createHash('sha256').update(code).digest('hex').slice(0, 10)}.js`
    files.set(name, code)
    return `<script src="${folder}${name}"></script>`
  })
  return { html: replaced, files }
}

export const writeScripts = (outDir: string, files: ReadonlyMap<string, string>): void => {
  mkdirSync(join(outDir, 'assets'), { recursive: true })
  files.forEach((code, name) => { writeFileSync(join(outDir, 'assets', name), code) })
}
