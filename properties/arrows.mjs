/**
 * Checks the import arrows of a checkout: node properties/arrows.mjs [folder, default: this checkout].
 *
 * dependency-cruiser reports "no violations" when it understood nothing (an unsupported compiler is enough), so a clean
 * report counts only if every source file, and every relative import written in them, was seen.
 * Exit 0: every arrow is allowed. Exit 1: a violation, a file outside the layers, or a check that saw too little.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, posix, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cruise } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'
import config, { layers } from '../.dependency-cruiser.mjs'

const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))
process.chdir(root)

// What there is to see, counted without dependency-cruiser. AssemblyScript is no TypeScript.
const files = readdirSync('src', { recursive: true })
  .map((file) => posix.join('src', String(file).replaceAll('\\', '/')))
  .filter((file) => file.endsWith('.ts') && !file.startsWith('src/tensor/simd/assembly/'))
if (files.length === 0) {
  console.error('not-seen: src holds no TypeScript file')
  process.exit(1)
}
const written = files.flatMap((file) => {
  const specifiers = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^'"]*?\bfrom '(\.[^']+)'/gm)
  return [...new Set([...specifiers].map(([, to]) => `${file} → ${posix.join(posix.dirname(file), to)}`))]
})

const { forbidden, options } = config
const { output } = await cruise(['src'], { ...options, validate: true, ruleSet: { forbidden } }, undefined, {
  tsConfig: extractTSConfig(resolve('tsconfig.json')),
})
const modules = new Set(output.modules.map(({ source }) => source))
const arrows = output.modules.flatMap(({ source, dependencies }) =>
  dependencies.map(({ resolved }) => `${source} → ${resolved}`))
const seen = new Set(arrows)

const reasons = new Map(forbidden.map(({ name, comment }) => [name, comment]))
const problems = [
  ...output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to} (${reasons.get(rule.name)})`),
  ...files
    .filter((file) => !layers.some((layer) => new RegExp(layer).test(file)))
    .map((file) => `no-layer: ${file} (give its folder a line in .dependency-cruiser.mjs)`),
  ...files.filter((file) => !modules.has(file)).map((file) => `not-seen: ${file}`),
  ...written.filter((arrow) => !seen.has(arrow)).map((arrow) => `not-seen: ${arrow}`),
]

for (const problem of problems) console.error(problem)
console.log(`arrows: ${files.length} source files, ${modules.size} modules, ${arrows.length} dependencies, ` +
  `${forbidden.length} rules, ${problems.length} violations`)
process.exitCode = problems.length === 0 ? 0 : 1
