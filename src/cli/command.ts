/**
 * What a command is: arguments, by cmd-ts, and a handler that gives what is to be run. Handlers load what they need only when they are
 * run, so that no command waits for what another needs.
 */
import type { option, subcommands } from 'cmd-ts'
import type { Request } from './request.ts'

/** Its handler takes what its own arguments are read as. */
export type Command = Parameters<typeof subcommands>[0]['cmds'][string] & { readonly handler: (values: never) => Request }

/** An option that gives an A. */
export type Given<A> = ReturnType<typeof option<{ readonly from: (text: string) => Promise<A> }>>
