/**
 * Arguments → request, by cmd-ts. Its own reports of mistakes take several lines, and its `run` ends the process, so it is only
 * asked to parse and to describe; the first mistake becomes one line here.
 */
import { command, flag, option, optional, parse, positional, restPositionals, subcommands } from 'cmd-ts'
import * as E from 'fp-ts/lib/Either.js'
import { estimatorForms } from '../experiment/estimator-names.ts'
import type { Request, UserError } from './request.ts'
import { trainCommand } from './train-arguments.ts'
import {
  activationType, count, defaultSeed, engineType, figureType, knownFigures, namesType, oneOf, real, seedType, sizesType, some, valued, variantType,
} from './values.ts'

// ── Commands ─────────────────────────────────────────────────────────────────────────────────────────────────────

const seed = option({
  long: 'seed', type: seedType, description: 'seed of everything random',
  defaultValue: () => defaultSeed, defaultValueIsSerializable: true,
})
const out = option({
  long: 'out', type: some('--out', 'folder', 'leave it out for results'), description: 'folder for the result files',
  defaultValue: () => 'results', defaultValueIsSerializable: true,
})
const data = option({
  long: 'data', type: optional(some('--data', 'folder', 'give the folder of the MNIST files')),
  description: 'folder with the four MNIST files, gzipped or not (else synthetic digits)',
})

/** The numbers of a network that replace its own. */
const hyperparameters = {
  beta: option({ long: 'beta', type: optional(real('--beta', 'take 0.01')), description: 'strength of the nudge, above 0' }),
  T: option({ long: 'T', type: optional(count('--T', 'take 1000')), description: 'steps of the free phase' }),
  K: option({ long: 'K', type: optional(count('--K', 'take 20')), description: 'steps of the nudged phase and of BPTT' }),
  dt: option({ long: 'dt', type: optional(real('--dt', 'take 0.08')), description: 'step size ε in (0, 1]' }),
  batch: option({ long: 'batch', type: optional(count('--batch', 'take 20')), description: 'samples' }),
  sizes: option({ long: 'sizes', type: optional(sizesType), description: 'units per layer, input first, such as 784-512-10' }),
}

const verify = command({
  name: 'verify',
  description: 'Check the laws on random instances; exit code 1 when one fails',
  args: {
    seed,
    runs: option({
      long: 'runs', type: optional(count('--runs', 'take 100')), description: 'instances per law (each law has its own number)',
    }),
    json: flag({ long: 'json', description: 'print {seed, laws: […]} only; NaN and infinities are strings' }),
    law: option({
      long: 'law', type: optional(some('--law', 'name', 'such as L5.energy-based')),
      description: 'one law, or all that begin with it, such as L5',
    }),
    path: option({
      long: 'path', description: 'replay one instance of one law, as a failure tells',
      type: optional(valued('--path', 'path', 'numbers joined by colons', 'copy it from the failure',
        (text) => (/^\d+(:\d+)*$/.test(text) ? text : undefined))),
    }),
    mutant: option({
      long: 'mutant', type: optional(some('--mutant', 'fault', 'take one that --mutants lists')),
      description: 'judge the program with this seeded fault, which must fail',
    }),
    mutants: flag({ long: 'mutants', description: 'also check that every seeded fault is rejected' }),
  },
  examples: [
    { description: 'one law on many instances', command: 'phifold verify --law L5.energy-based --runs 1000' },
    { description: 'that every law can fail', command: 'phifold verify --mutants' },
  ],
  handler: (args): Request => ({ _tag: 'Verify', ...args }),
})

const figure = command({
  name: 'figure',
  description: 'Reproduce a figure of the paper: EP against BPTT, as SVG, PNG, CSV, JSON and text',
  args: {
    number: positional({ type: figureType, displayName: 'number', description: `figure of the paper: ${knownFigures.join(', ')}; all, or departures` }),
    seed,
    out,
    data,
    ...hyperparameters,
    activation: option({
      long: 'activation', type: optional(activationType), description: 'one for all layers, or one for each joined by commas, such as tanh,sigm',
    }),
    clamp: flag({ long: 'clamp', description: 'clip states to [0, 1] after each step' }),
    variant: option({
      long: 'variant', type: variantType, description: 'exact, published or departures from theory joined by commas (docs/theory.md §12)',
      defaultValue: () => ['exact'], defaultValueIsSerializable: true,
    }),
    engine: option({
      long: 'engine', type: engineType, description: 'interpreter: reference, simd64 or simd32',
      defaultValue: () => 'simd64' as const, defaultValueIsSerializable: true,
    }),
    unsettled: option({
      long: 'unsettled', type: optional(oneOf('--unsettled', ['replace', 'keep'])),
      description: 'digits that do not settle: replace them by the next drawn (exact), or keep them (other variants)',
    }),
    threads: option({ long: 'threads', type: optional(count('--threads', 'take 2')), description: 'figures run side by side (as many as there are cores)' }),
  },
  examples: [
    { description: 'the toy network', command: 'phifold figure 2' },
    { description: 'a real mini-batch', command: 'phifold figure 8 --data path/to/mnist' },
    { description: 'every figure', command: 'phifold figure all --data path/to/mnist' },
  ],
  handler: ({ number: which, seed: from, out: folder, data, variant, engine, unsettled, threads, dt, clamp, ...rest }): Request => {
    const given = Object.entries({ ...rest, epsilon: dt, ...(clamp && { clamp }) }).filter(([, value]) => value !== undefined)
    return { _tag: 'Figure', which, seed: from, out: folder, data, variant, engine, unsettled, threads, changes: Object.fromEntries(given) }
  },
})

const recipe = command({
  name: 'recipe',
  description: 'Do whole updates of EP and BPTT agree in sign? A tuning aid for T, K and β of the networks of Table 1',
  args: {
    name: positional({ type: some('network', 'network', 'such as P-1h'), displayName: 'network', description: 'EB-1h, EB-2h, P-1h, P-2h, P-3h, P-conv' }),
    seed,
    out,
    data,
    batches: option({
      long: 'batches', type: count('--batches', 'take 5'), description: 'mini-batches to judge', defaultValue: () => 5, defaultValueIsSerializable: true,
    }),
    ...hyperparameters,
    nudge: option({ long: 'nudge', type: optional(oneOf('--nudge', ['outer', 'inner'])), description: 'where a prototypical network is nudged (outer)' }),
    variant: option({
      long: 'variant', type: oneOf('--variant', ['exact', 'published']), description: "strict theory, or as the authors' program departs from it",
      defaultValue: () => 'exact' as const, defaultValueIsSerializable: true,
    }),
    search: flag({ long: 'search', description: 'find the smallest T and K and the largest β that will do; --T, --K and --beta bound it' }),
    tolerance: option({
      long: 'tolerance', type: optional(real('--tolerance', 'take 1e-6')), description: 'largest move per step that counts as settled (1e-6)',
    }),
    agreement: option({
      long: 'agreement', type: optional(real('--agreement', 'take 95')), description: 'agreement to search for, in per cent (95)',
    }),
  },
  examples: [
    { description: "Table 1's numbers on real digits", command: 'phifold recipe P-1h --data path/to/mnist' },
    { description: 'better ones', command: 'phifold recipe P-1h --search --nudge inner' },
  ],
  handler: ({ T, K, beta, dt, batch, sizes, ...rest }): Request => {
    const given = Object.entries({ T, K, beta, epsilon: dt, batch, sizes }).filter(([, value]) => value !== undefined)
    return { _tag: 'Recipe', ...rest, changes: Object.fromEntries(given) }
  },
})

const compare = command({
  name: 'compare',
  description: 'Hold estimators of the gradient against the exact limit: EP in all its forms, BPTT, RBP, the implicit derivative',
  args: {
    estimators: option({
      long: 'estimators', type: namesType, description: `names joined by commas, of ${estimatorForms}`,
      defaultValue: () => ['bptt', 'ep:0.01', 'centered:0.01', 'holomorphic:6:0.01'], defaultValueIsSerializable: true,
    }),
    network: option({
      long: 'network', type: some('--network', 'network', 'take toy, P-1h, EB-1h or sizes such as 4-8-3'), description: 'toy, P-1h, EB-1h, or the sizes of an energy-based one',
      defaultValue: () => 'toy', defaultValueIsSerializable: true,
    }),
    seed,
    out,
    data,
    T: hyperparameters.T,
    K: hyperparameters.K,
    batch: hyperparameters.batch,
    sweep: flag({ long: 'sweep', description: 'also sweep β from 1e-6 to 1, fit the orders of the errors and draw them' }),
  },
  examples: [
    { description: 'orders of the error', command: 'phifold compare --estimators ep:0.01,centered:0.01,holomorphic:6:0.1 --sweep' },
    { description: 'all that there are', command: 'phifold compare --network 4-8-3 --estimators bptt,rbp,implicit,tangent,ep:0.01,random:0.01:7,continual:0.01:1e-6,vector-field:0.01' },
  ],
  handler: (args): Request => ({ _tag: 'Compare', ...args }),
})

const report = command({
  name: 'report',
  description: 'Put a folder of results on one HTML page that needs no network',
  args: {
    dir: positional({ type: some('report', 'folder', 'such as results'), displayName: 'folder', description: 'folder with the records figure-*.json' }),
    out: option({
      long: 'out', type: optional(some('--out', 'file', 'such as report.html')), description: 'the page to write (report.html in that folder)',
    }),
  },
  examples: [{ description: 'what phifold figure wrote', command: 'phifold report results' }],
  handler: (args): Request => ({ _tag: 'Report', ...args }),
})

const diagnose = command({
  name: 'diagnose',
  description: 'Why does EP not match BPTT? Walks the hypotheses for a model in your file; exit code 1 at the first that is broken. ' +
    'The default export is {dynamics, cost?, theta, x, y, T, K, beta, accuracy?, dt?, observed?}, or a function that is called with phifold and gives it',
  args: {
    file: positional({ type: some('diagnose', 'file', 'such as model.mjs'), displayName: 'file', description: 'module .js, .mjs or (from Node 22.18 on) .ts' }),
    json: flag({ long: 'json', description: 'print {verdict, hypothesis, where, cause, findings} only' }),
    engine: option({
      long: 'engine', type: engineType, description: 'interpreter: reference, simd64 or simd32',
      defaultValue: () => 'reference' as const, defaultValueIsSerializable: true,
    }),
    accuracy: option({
      long: 'accuracy', description: 'how near EP is to come to BPTT, relative to its size (0.01)',
      type: optional(valued('--accuracy', 'x', 'a number above 0 and below 1', 'take 0.01',
        (text) => (/^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) && Number(text) > 0 && Number(text) < 1 ? Number(text) : undefined))),
    }),
  },
  examples: [{ description: 'a model of your own', command: 'phifold diagnose model.mjs' }],
  handler: (args): Request => ({ _tag: 'Diagnose', ...args }),
})

const golden = command({
  name: 'golden',
  description: "Recompute recorded numbers of the authors' program; exit code 1 beyond tolerance",
  args: {
    paths: restPositionals({
      type: some('golden', 'path', 'give folders or files'), displayName: 'path', description: 'folders or JSON files',
    }),
  },
  handler: ({ paths }): Request => ({ _tag: 'Golden', paths }),
})

const audit = command({
  name: 'audit',
  description: 'Print the table from equations to laws and tests (docs/audit.md)',
  args: {
    write: option({
      long: 'write', type: optional(some('--write', 'file', 'such as docs/audit.md')), description: 'write it to this file instead',
    }),
  },
  handler: ({ write }): Request => ({ _tag: 'Audit', write }),
})

const start = command({
  name: 'start',
  description: 'Check the laws, then reproduce figure 2',
  args: { seed, out },
  handler: (args): Request => ({ _tag: 'Start', ...args }),
})

// ── Parsing ──────────────────────────────────────────────────────────────────────────────────────────────────────

const commands = { verify, figure, recipe, train: trainCommand, compare, diagnose, report, golden, start, audit }
type Name = keyof typeof commands
const isName = (name: string): name is Name => Object.hasOwn(commands, name)

const helpOf = (path: readonly string[]): string => {
  const [, name = ''] = path
  const described = isName(name) ? commands[name] : subcommands({
    name: 'phifold',
    description: 'Equilibrium propagation is a fold over time, backpropagation through time a reverse fold; see that they agree',
    cmds: commands,
    examples: [
      { description: 'the laws, then figure 2', command: 'phifold start' },
      { description: 'this version', command: 'phifold --version' },
    ],
  })
  return described.printHelp({ nodes: [], visitedNodes: new Set(), hotPath: [...path] })
}

interface Node {
  readonly type: string
  readonly raw: string
}
interface Failed {
  readonly errors: readonly { readonly message: string; readonly nodes: readonly Node[] }[]
}

/** What cmd-ts says, in our words: what was expected, and what to do. */
const told = (name: Name, message: string, nodes: readonly Node[]): string => {
  const raw = nodes.map((node) => (node.type === 'shortOption' ? `-${node.raw}` : node.raw)).join(' ')
  if (message === 'Unknown arguments') return `unknown argument ${raw}; see phifold ${name} --help`
  if (message.startsWith('No value provided for '))
    return `expected a value for ${message.slice(22)}, got none; see phifold ${name} --help`
  if (/expected 1 occ?urence|^Too many times/i.test(message)) return `${raw}: expected once, got it ${nodes.length} times; give it once`
  if (message.startsWith('expected value to be either')) return `${raw}: expected no value; write ${raw.replace(/=.*/s, '')} alone`
  return message
}

/** The first mistake in one line; names that are not known come first, since they cause others. */
const lineOf = (name: Name, { errors }: Failed): UserError => {
  const error = errors.find(({ message }) => message === 'Unknown arguments') ?? errors[0]
  const said = told(name, error?.message ?? 'unreadable arguments', error?.nodes ?? [])
  return { message: `phifold ${name}: ${said.replace(/\s*\n\s*/g, ' ')}` }
}

/** Mistakes that cmd-ts overlooks: it takes the default for an option whose value is missing or empty. */
const overlooked = (name: Name, args: readonly string[]): UserError | undefined => {
  const options = new Set<string>()
  const none = () => new Set<string>()
  commands[name].register({
    forceOptionLongNames: options, forceOptionShortNames: none(), forceFlagLongNames: none(), forceFlagShortNames: none(),
  })
  const last = args.at(-1) ?? ''
  const lacking = last.startsWith('--') && options.has(last.slice(2)) ? last : undefined
  const said = args.includes('') ? 'expected no empty argument, got ""; give a value or leave the option out'
    : lacking !== undefined ? `expected a value for ${lacking}, got none; see phifold ${name} --help`
      : undefined
  return said === undefined ? undefined : { message: `phifold ${name}: ${said}` }
}

const isHelp = (arg: string): boolean => arg === '--help' || arg === '-h'

/** The request that the arguments spell (without node and the program's name). Left: the mistake. */
export const requestOf = async (argv: readonly string[]): Promise<E.Either<UserError, Request>> => {
  const [name = '--help', ...rest] = argv
  if (isHelp(name) || name === 'help') return E.right({ _tag: 'Help', text: helpOf(['phifold']) })
  if (name === '--version' || name === '-v') return E.right({ _tag: 'Version' })
  if (!isName(name)) {
    const known = Object.keys(commands).join(', ')
    return E.left({ message: `phifold: unknown command ${JSON.stringify(name)}; known: ${known} (phifold --help tells more)` })
  }
  if (rest.some(isHelp)) return E.right({ _tag: 'Help', text: helpOf(['phifold', name]) })
  const mistake = overlooked(name, rest)
  if (mistake !== undefined) return E.left(mistake)
  const decoded = await decode(name, rest)
  return E.isLeft(decoded) ? E.left(lineOf(name, decoded.left)) : decoded
}

type Parsed<A> = { readonly _tag: 'ok'; readonly value: A } | { readonly _tag: 'error'; readonly error: Failed }

/** cmd-ts forgets the type of what it parsed: it is what the command's own handler takes. */
const decode = async (name: Name, args: readonly string[]): Promise<E.Either<Failed, Request>> => {
  const chosen = commands[name] as { readonly handler: (values: unknown) => Request }
  const parsed = await parse(commands[name], [...args]) as Parsed<unknown>
  return parsed._tag === 'ok' ? E.right(chosen.handler(parsed.value)) : E.left(parsed.error)
}
