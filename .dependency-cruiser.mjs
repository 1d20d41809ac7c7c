/**
 * The arrows between the folders of src. Read the table: a folder may import itself and what its line names, and
 * nothing else of ours. `npm run arrows` checks it; `properties/architecture.test.ts` shows that the check can fail.
 */

/** Who may import whom. Left column: the layer; right: the layers it may import. */
const arrows = {
  number: [],
  tensor: ['number'],
  phi: ['tensor', 'number'],
  cost: ['tensor', 'number'],
  fold: ['phi', 'cost', 'tensor', 'number'],
  theorem: ['fold', 'phi', 'cost', 'tensor', 'number'],
  diagnose: ['theorem', 'fold', 'phi', 'cost', 'tensor', 'number', 'random'],
  data: ['tensor', 'number'],
  estimate: ['theorem', 'fold', 'phi', 'cost', 'tensor', 'number', 'data'],
  law: ['estimate', 'theorem', 'fold', 'phi', 'cost', 'tensor', 'number', 'data'],
  learn: ['fold', 'phi', 'cost', 'tensor', 'number', 'random'],
  threads: ['learn', 'fold', 'phi', 'tensor', 'number'],
  report: [],
  experiment: ['learn', 'diagnose', 'estimate', 'theorem', 'fold', 'phi', 'cost', 'tensor', 'number', 'data', 'report'],
  index: ['learn', 'diagnose', 'estimate', 'theorem', 'fold', 'phi', 'cost', 'tensor', 'number', 'data', 'report', 'experiment'],
}

const paths = { theorem: '^src/theorem\\.ts$', index: '^src/index\\.ts$', random: '^src/data/random\\.ts$' }
const path = (layer) => paths[layer] ?? `^src/${layer}/`

const layered = Object.entries(arrows).map(([layer, allowed]) => ({
  name: `arrow-${layer}`,
  comment: `${layer} imports ${allowed.length === 0 ? 'nothing of ours' : `only ${allowed.join(', ')}`}`,
  severity: 'error',
  from: { path: path(layer) },
  to: { path: '^src/', pathNot: [layer, ...allowed].map(path) },
}))

const library = '^src/(?!cli/)'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layered,
    {
      name: 'no-cycle',
      comment: 'a definition that needs itself cannot be audited top to bottom',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'autograd-free',
      comment: 'Φ, costs and folds reach no dual or complex number and no derivative witness, however indirectly',
      severity: 'error',
      from: { path: '^src/(phi|cost|fold)/' },
      to: { path: ['^src/(number|tensor)/(dual|complex)', '^src/(law|diagnose)/'], reachable: true },
    },
    {
      name: 'src-stands-alone',
      comment: 'nothing in src imports tests, benches, documents or build results',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(properties|bench|docs|dist|results|\\.ci)/' },
    },
    {
      name: 'fast-check-in-law',
      comment: 'fast-check is needed by phifold/law only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/law/' },
      to: { path: '(^|/)node_modules/fast-check/|^fast-check' },
    },
    {
      name: 'ndarray-in-reference',
      comment: 'ndarray-ops calls new Function when imported: one module imports it',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/tensor/reference(\\.ts$|/)' },
      to: { path: '(^|/)node_modules/(@types/)?ndarray|^ndarray' },
    },
    {
      name: 'node-in-cli',
      comment: 'the library runs unchanged in a browser',
      severity: 'error',
      from: { path: library },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'entry-without-law',
      comment: 'importing phifold never needs fast-check or Node',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/(law|cli)/', reachable: true },
    },
    {
      name: 'shipped-dependencies',
      comment: 'what src imports must be installed with the package',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only'],
      },
    },
    {
      name: 'resolvable',
      comment: 'an import that leads nowhere cannot be checked',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    tsPreCompilationDeps: true, // `import type` is an arrow too
    tsConfig: { fileName: 'tsconfig.json' },
    // AssemblyScript is no TypeScript: what it makes is generated.ts, which is seen.
    exclude: { path: '^(dist|results|coverage|src/tensor/simd/assembly)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}

/** The layers' path patterns: a file of src that matches none has no place in the design. */
export const layers = [...Object.keys(arrows).map(path), '^src/cli/']
