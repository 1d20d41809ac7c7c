/** The package's own version, read from its package.json (two folders up, from src as from dist). */
import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }

/** "0.1.0". */
export const version: string = manifest.version
