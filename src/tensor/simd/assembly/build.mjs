/**
 * Compiles the AssemblyScript beside it into src/tensor/simd/generated.ts: each module as base64, so that the package needs neither a
 * file nor a compiler where it runs. Part of `npm run build`. Fails where a module imports anything or is not below 16 kB. (On a
 * page's main thread Chrome compiles at once up to 8 MB since 2023, 4 kB before; workers and other browsers always do.)
 */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from 'assemblyscript/asc'

const here = dirname(fileURLToPath(import.meta.url))

const compiled = async (entry, ...features) => {
  const written = new Map()
  const { error, stderr } = await main(
    [entry, '--baseDir', here, '--outFile', 'module.wasm', '--optimizeLevel', '3', '--converge', '--noAssert', '--runtime', 'stub', '--memoryBase', '320', '--enable', 'simd', ...features.flatMap((feature) => ['--enable', feature])],
    { writeFile: (name, data) => { written.set(name, data) } })
  const bytes = written.get('module.wasm')
  if (error || bytes === undefined) throw new Error(`${entry}: ${error?.message ?? 'no module'}\n${stderr}`)
  // Where this engine has no relaxed SIMD it cannot look into such a module; the others, of the same sources, stand for it.
  const imports = WebAssembly.validate(bytes) ? WebAssembly.Module.imports(new WebAssembly.Module(bytes)) : []
  if (imports.length > 0) throw new Error(`${entry}: expected no imports, got ${imports.map(({ name }) => name).join(', ')}`)
  if (bytes.length >= 16384) throw new Error(`${entry}: expected a module below 16384 bytes, got ${bytes.length}`)
  return bytes
}

const constant = (name, bytes) => `/** ${bytes.length} bytes. */\nexport const ${name}: string = '${Buffer.from(bytes).toString('base64')}'\n`

writeFileSync(join(here, '../generated.ts'), [
  '/** WebAssembly modules as base64. Written by assembly/build.mjs from the AssemblyScript beside it; do not edit. */\n',
  constant('products64', await compiled('products64.ts')),
  constant('products32', await compiled('products32.ts')),
  constant('products32Fused', await compiled('products32.ts', 'relaxed-simd')),
].join('\n'))
