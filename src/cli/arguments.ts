/**
 * Arguments → request, by cmd-ts. Its own reports of mistakes take several lines, and its `run` ends the process, so it is only
 * asked to parse and to describe; the first mistake becomes one line in told.ts.
 */
import { parse, subcommands } from 'cmd-ts'
import * as E from 'fp-ts/lib/Either.js'
import { commands } from './commands.ts'
import type { Command } from './command.ts'
import type { Request, UserError } from './request.ts'
import { lineOf, overlooked, type Unread } from './told.ts'

const all = subcommands({
  name: 'phifold',
  description: 'Equilibrium propagation is a fold over time, backpropagation through time a reverse fold; see that they agree',
  cmds: commands,
  examples: [
    { description: 'the laws, then figure 2', command: 'phifold start' },
    { description: 'this version', command: 'phifold --version' },
  ],
})

const help = (described: Pick<Command, 'printHelp'>, ...path: readonly string[]): Request => (print) => {
  print(described.printHelp({ nodes: [], visitedNodes: new Set(), hotPath: [...path] }))
  return Promise.resolve(E.right(0))
}

const tellVersion: Request = async (print) => {
  print((await import('./version.ts')).version)
  return E.right(0)
}

const isHelp = (arg: string): boolean => arg === '--help' || arg === '-h'

/** The request that the arguments spell (without node and the program's name). Left: the mistake. */
export const requestOf = async (argv: readonly string[]): Promise<E.Either<UserError, Request>> => {
  const [name = '--help', ...rest] = argv
  if (isHelp(name) || name === 'help') return E.right(help(all, 'phifold'))
  if (name === '--version' || name === '-v') return E.right(tellVersion)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    const known = Object.keys(commands).join(', ')
    return E.left({ message: `phifold: unknown command ${JSON.stringify(name)}; known: ${known} (phifold --help tells more)` })
  }
  if (rest.some(isHelp)) return E.right(help(command, 'phifold', name))
  const mistake = overlooked(name, command, rest)
  if (mistake !== undefined) return E.left(mistake)
  const read = await readBy(command, rest)
  return E.isLeft(read) ? E.left(lineOf(name, read.left)) : read
}

type Parsed<A> = { readonly _tag: 'ok'; readonly value: A } | { readonly _tag: 'error'; readonly error: Unread }

/** cmd-ts forgets the type of what it parsed: it is what the command's own handler takes. */
const readBy = async (command: Command, args: readonly string[]): Promise<E.Either<Unread, Request>> => {
  const { handler } = command as { readonly handler: (values: unknown) => Request }
  const parsed = await parse(command, [...args]) as Parsed<unknown>
  return parsed._tag === 'ok' ? E.right(handler(parsed.value)) : E.left(parsed.error)
}
