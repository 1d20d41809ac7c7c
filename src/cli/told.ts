/** Mistakes in the arguments, each in one line of our own words: what was expected, and what to do. */
import type { Command } from './command.ts'
import type { UserError } from './request.ts'

interface Node {
  readonly type: string
  readonly raw: string
}

/** What cmd-ts says of arguments that it cannot read. */
export interface Unread {
  readonly errors: readonly { readonly message: string; readonly nodes: readonly Node[] }[]
}

const told = (name: string, message: string, nodes: readonly Node[]): string => {
  const raw = nodes.map((node) => (node.type === 'shortOption' ? `-${node.raw}` : node.raw)).join(' ')
  if (message === 'Unknown arguments') return `unknown argument ${raw}; see phifold ${name} --help`
  if (message.startsWith('No value provided for '))
    return `expected a value for ${message.slice(22)}, got none; see phifold ${name} --help`
  if (/expected 1 occ?urence|^Too many times/i.test(message)) return `${raw}: expected once, got it ${nodes.length} times; give it once`
  if (message.startsWith('expected value to be either')) return `${raw}: expected no value; write ${raw.replace(/=.*/s, '')} alone`
  return message
}

/** The first mistake; names that are not known come first, since they cause others. */
export const lineOf = (name: string, { errors }: Unread): UserError => {
  const error = errors.find(({ message }) => message === 'Unknown arguments') ?? errors[0]
  const said = told(name, error?.message ?? 'unreadable arguments', error?.nodes ?? [])
  return { message: `phifold ${name}: ${said.replace(/\s*\n\s*/g, ' ')}` }
}

/** Mistakes that cmd-ts overlooks: it takes the default for an option whose value is missing or empty. */
export const overlooked = (name: string, command: Command, args: readonly string[]): UserError | undefined => {
  const options = new Set<string>()
  const none = () => new Set<string>()
  command.register({
    forceOptionLongNames: options, forceOptionShortNames: none(), forceFlagLongNames: none(), forceFlagShortNames: none(),
  })
  const [last = ''] = args.slice(-1)
  const lacking = [...args.filter((arg) => arg.endsWith('=')).map((arg) => arg.slice(0, -1)), last]
    .find((arg) => arg.startsWith('--') && options.has(arg.slice(2)))
  const said = args.includes('') ? 'expected no empty argument, got ""; give a value or leave the option out'
    : lacking !== undefined ? `expected a value for ${lacking}, got none; see phifold ${name} --help`
      : undefined
  return said === undefined ? undefined : { message: `phifold ${name}: ${said}` }
}
