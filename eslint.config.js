/**
 * What the type checker cannot say: nothing is mutated outside the kernels, effects and randomness come in by the
 * front door, and each awkward library stays in its one folder. Every rule is an error; comments cannot switch one
 * off. `properties/architecture.test.ts` lints small wrong programs to show that the rules fire.
 * Arrows between our own folders are dependency-cruiser's job: see .dependency-cruiser.mjs.
 */
import { builtinModules } from 'node:module'
import functional from 'eslint-plugin-functional'
import tseslint from 'typescript-eslint'

/** The only places that may mutate, and then only what they allocated themselves. Keep this list short. */
const kernels = [
  'src/number/rational.ts', // Euclid's algorithm on bigints
  'src/tensor/**', // interpreters of the tensor algebra
  'src/data/idx.ts', // parser over bytes
  'src/data/number-bytes.ts', // entries from and to bytes
  'src/data/json-keys.ts', // scanner of JSON text
  'src/data/synthetic.ts', // rasteriser of digits
  'src/data/pixel-rows.ts', // bytes to numbers
  'src/data/random.ts', // generator state
  'src/fold/measure.ts', // running sums over coordinates
  'src/law/check.ts', // keeps the worst verdict while fast-check runs, which hands none on
  'src/cli/**', // effects
  'src/threads/{crew,part,serve,shared}.ts', // the host of workers, and what they wait in
]

// ── Imports ──────────────────────────────────────────────────────────────────────────────────────────────────────
// A group is a pattern and a reason. Static imports, re-exports and `import type` are caught by no-restricted-imports,
// `import()` by a selector made from the same pattern.

const banned = {
  fpTs: ['^fp-ts($|/(?!lib/[A-Za-z]+\\.js$))', "write 'fp-ts/lib/Either.js': fp-ts without lib/ crashes in plain Node ESM"],
  self: ['^phifold($|/)', 'inside src import the module itself'],
  node: [`^(node:|(${builtinModules.join('|')})($|/))`, 'only src/cli touches Node; the library runs in a browser'],
  fastCheck: ['^fast-check($|/)', 'fast-check is an optional peer: only src/law may need it'],
  ndarray: ['^ndarray', 'only the reference interpreter (src/tensor/reference) imports ndarray: it needs new Function'],
}

const computedImport = {
  selector: 'ImportExpression > :not(Literal).source',
  message: 'import() of a computed name hides an arrow: name the module',
}

/** Both rules for the named groups. A later block of the configuration replaces the whole list of an earlier one. */
const importRules = (...names) => ({
  'no-restricted-imports': [
    'error',
    { patterns: names.map((name) => ({ regex: banned[name][0], message: banned[name][1] })) },
  ],
  'no-restricted-syntax': [
    'error',
    ...names.map((name) => ({
      selector: `ImportExpression > Literal[value=/${banned[name][0].replaceAll('/', '\\u002F')}/]`,
      message: banned[name][1],
    })),
    computedImport,
  ],
})

/** The site: pure modules of the playground and of the pages. What is left (views, workers, files) has effects. */
const sitePure = [
  'docs/.vitepress/playground/model/**/*.ts', 'docs/.vitepress/playground/answer.ts', 'docs/.vitepress/playground/engine.ts', 'docs/.vitepress/playground/protocol.ts',
  'docs/.vitepress/results/records.ts', 'docs/.vitepress/markdown/formula.ts', 'docs/.vitepress/markdown/anchor.ts',
]

/** Ambient time, randomness and host: a pure function gets them as arguments. */
const ambient = [
  ['Date', 'pass the time in'],
  ['performance', 'pass a clock in; timings belong to src/cli and bench'],
  ['crypto', 'randomness is a value: pass a generator'],
  ['process', 'only src/cli touches Node'],
  ['Buffer', 'use Uint8Array: the library runs in a browser'],
  ['console', 'return the value; src/cli prints'],
  ['globalThis', 'a way around the rules above'],
  ['require', 'this is an ES module'],
].map(([name, message]) => ({ name, message }))

// TypeScript has no read-only view of a typed array, so as a parameter one is allowed; writing to it is not.
const withoutReadonlyForm = '^(Big)?(Ui|I)nt\\d+(Clamped)?Array|^Float\\d+Array|^ArrayBuffer|^DataView|Error$'

export default tseslint.config(
  { ignores: ['dist/', 'results/', 'coverage/', '.ci/', 'src/tensor/simd/assembly/', 'docs/.vitepress/dist/', 'docs/.vitepress/cache/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },

  // ── TypeScript, everywhere ─────────────────────────────────────────────────────────────────────────────────────
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.json', './properties/tsconfig.json'] } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/method-signature-style': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Numbers belong in messages; `() => effect()` reads better than a block.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A type parameter used once is how `<X>(A: Algebra<N, X>) => …` promises to know nothing about X.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
    },
  },
  // The site, and what tests it, see a browser's globals.
  {
    files: ['docs/**/*.ts', 'properties/site.test.ts', 'properties/browser/**/*.ts'],
    languageOptions: { parserOptions: { project: ['./docs/.vitepress/tsconfig.json'] } },
  },
  // noInlineConfig ignores such comments silently or with a warning; here they are errors.
  {
    files: ['**/*.{ts,js,mjs,cjs}'],
    ignores: ['eslint.config.js', 'properties/architecture.test.ts'],
    rules: {
      'no-warning-comments': ['error', {
        terms: ['eslint-disable', 'eslint-enable', '@ts-ignore', '@ts-nocheck'],
        location: 'anywhere',
      }],
    },
  },

  // ── The library: immutable, pure, runs anywhere ────────────────────────────────────────────────────────────────
  {
    files: ['src/**/*.ts', ...sitePure],
    plugins: { functional },
    rules: {
      'functional/no-let': 'error',
      'functional/no-loop-statements': 'error',
      'functional/immutable-data': 'error',
      'functional/prefer-readonly-type': 'error',
      'functional/prefer-immutable-types': ['error', {
        enforcement: 'None',
        ignoreInferredTypes: true,
        parameters: { enforcement: 'ReadonlyShallow', ignoreTypePattern: withoutReadonlyForm },
      }],
      'functional/no-classes': 'error',
      'functional/no-this-expressions': 'error',
      'no-param-reassign': ['error', { props: true }],
      'no-restricted-globals': ['error', ...ambient],
      'no-restricted-properties': ['error', {
        object: 'Math', property: 'random', message: 'randomness is a value: pass a generator',
      }],
      ...importRules('fpTs', 'self', 'node', 'fastCheck', 'ndarray'),
    },
  },
  // The site is a user of the library: by its name, whose parts are those of the package.
  { files: ['docs/**/*.ts'], rules: importRules('fpTs', 'ndarray') },
  { files: sitePure, rules: importRules('fpTs', 'node', 'fastCheck', 'ndarray') },
  { files: ['src/law/**/*.ts'], rules: importRules('fpTs', 'self', 'node', 'ndarray') },
  {
    files: ['src/tensor/reference.ts', 'src/tensor/reference/**/*.ts'],
    rules: importRules('fpTs', 'self', 'node', 'fastCheck'),
  },
  // The charts' optional packages have typings that need the DOM: imported by a computed name, typed by hand.
  {
    files: ['src/report/svg.ts'],
    rules: {
      'no-restricted-syntax': importRules('fpTs', 'self', 'node', 'fastCheck', 'ndarray')['no-restricted-syntax']
        .filter((entry) => entry !== computedImport),
    },
  },
  {
    files: ['src/cli/**/*.ts'],
    rules: { ...importRules('fpTs', 'self', 'fastCheck', 'ndarray'), 'no-restricted-globals': 'off' },
  },
  // A module of the user's is imported by the path that the command was given.
  {
    files: ['src/cli/user-module.ts'],
    rules: {
      'no-restricted-syntax': importRules('fpTs', 'self', 'fastCheck', 'ndarray')['no-restricted-syntax'].filter((entry) => entry !== computedImport),
    },
  },
  {
    files: kernels,
    rules: {
      'functional/no-let': 'off',
      'functional/no-loop-statements': 'off',
      'functional/immutable-data': 'off',
      'functional/prefer-readonly-type': 'off',
      'functional/prefer-immutable-types': 'off',
      'no-param-reassign': 'off',
      // With noUncheckedIndexedAccess an index proved by the loop's bounds has no other spelling.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },

  // ── Tests and benches: the same types, no purity ───────────────────────────────────────────────────────────────
  {
    files: ['properties/**/*.ts', 'bench/**/*.ts'],
    rules: {
      ...importRules('fpTs'),
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/ban-ts-comment': ['error', {
        'ts-expect-error': 'allow-with-description', // a test that something does not compile
        minimumDescriptionLength: 10,
      }],
    },
  },
)
