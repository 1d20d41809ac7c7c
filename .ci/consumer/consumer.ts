/**
 * A stranger's program: imports the packed phifold by its public names, compiled under strict with library checks on,
 * and run on plain Node. Prints one line; throws when something promised is missing.
 */
import * as phifold from 'phifold'
import * as law from 'phifold/law'
import * as threads from 'phifold/threads'

// No DOM and no Node typings are installed here: the package's types need neither.
declare const console: { readonly log: (line: string) => void }

const names = (entry: string, module: object): number => {
  const count = Object.keys(module).length
  if (count === 0) throw new Error(`${entry}: expected public names, got an empty module`)
  return count
}

console.log(`phifold: ${names('phifold', phifold)} names, phifold/law: ${names('phifold/law', law)} names, phifold/threads: ${names('phifold/threads', threads)} names`)

// The types are real ones: were the package seen as `any`, this line would compile and the directive would be unused.
// @ts-expect-error phifold has no such name
void phifold.noSuchName
