/** What `npm run bench` is asked for: (arguments, names of networks) ↦ a request, or one line that says what is wrong. No effects. */

const parts = ['kernels', 'phases', 'step', 'memory', 'record']
const commands = 'kernels, phases, step and names of networks, memory, record, or nothing for kernels, phases and steps'
const methodsThere = ['ep', 'bptt']

/** Seconds that a network's rounds may take by one method; the first rounds are run whatever they take. */
const usualSeconds = 25

const optionsOf = {
  '--json': { takes: undefined, parts: ['all', 'kernels', 'phases', 'step', 'memory'] },
  '--data': { takes: 'the folder of MNIST', parts: ['all', 'step', 'memory', 'record'] },
  '--method': { takes: methodsThere.join(' or '), parts: ['all', 'step', 'record'] },
  '--seconds': { takes: 'seconds for each network and method', parts: ['all', 'step', 'record'] },
  '--write': { takes: 'a folder', parts: ['record'] },
}

/** { what, names, methods, json, data, seconds, write } or { mistake }. */
export const requestOf = (argv, known) => {
  const words = []
  const said = {}
  for (let i = 0; i < argv.length; i += 1) {
    const word = argv[i]
    if (!word.startsWith('-')) words.push(word)
    else {
      const option = optionsOf[word]
      if (option === undefined) return { mistake: `bench: expected an option out of ${Object.keys(optionsOf).join(', ')}, got ${word}` }
      if (word in said) return { mistake: `bench ${word}: expected it once, got it again` }
      if (option.takes === undefined) said[word] = true
      else {
        const value = argv[i += 1]
        if (value === undefined || value.startsWith('--')) return { mistake: `bench ${word}: expected ${option.takes}, got ${value ?? 'nothing'}` }
        said[word] = value
      }
    }
  }
  const [what = 'all', ...names] = words
  if (what !== 'all' && !parts.includes(what)) return { mistake: `bench: expected ${commands}, got ${what}` }
  if (what !== 'step' && names.length > 0) return { mistake: `bench ${what}: expected no more words, got ${names[0]}` }
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) return { mistake: `bench step: expected names out of ${known.join(', ')}, got ${unknown}` }
  const misplaced = Object.keys(said).find((option) => !optionsOf[option].parts.includes(what))
  if (misplaced !== undefined) return { mistake: `bench ${what}: expected no ${misplaced}; it goes with ${optionsOf[misplaced].parts.filter((part) => part !== 'all').join(', ')}` }
  const method = said['--method']
  if (method !== undefined && !methodsThere.includes(method)) return { mistake: `bench --method: expected ${optionsOf['--method'].takes}, got ${method}` }
  const seconds = Number(said['--seconds'] ?? usualSeconds)
  if (!(seconds >= 0 && seconds < Infinity)) return { mistake: `bench --seconds: expected a number of at least 0, got ${said['--seconds']}` }
  return {
    what, names: names.length === 0 ? known : [...new Set(names)], methods: method === undefined ? methodsThere : [method], json: said['--json'] === true,
    data: said['--data'], seconds, write: said['--write'] ?? 'docs/results',
  }
}
