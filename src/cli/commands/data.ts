/** `data`: digits from the net. */
import { array, command, multioption, option, positional } from 'cmd-ts'
import type { Command } from '../command.ts'
import type { Request } from '../request.ts'
import { oneOf, some, valued } from '../values.ts'

const mirrorType = valued('--mirror', 'url', 'an address that begins with http:// or https://', 'such as https://ossci-datasets.s3.amazonaws.com/mnist',
  (text) => (/^https?:\/\/\S+$/.test(text) ? text : undefined))

export const data: Command = command({
  name: 'data',
  description: 'Get the four files of MNIST, each compared with its checksum',
  args: {
    name: positional({ type: oneOf('data', ['mnist']), displayName: 'name', description: 'mnist' }),
    out: option({ long: 'out', type: some('--out', 'folder', 'such as data/mnist'), description: 'folder for the files', defaultValue: () => 'data/mnist', defaultValueIsSerializable: true }),
    mirrors: multioption({ long: 'mirror', type: array(mirrorType), description: 'where to get them; may be said several times, and they are tried in order' }),
  },
  examples: [{ description: 'and train on it', command: 'phifold data mnist --out data/mnist && phifold train P-1h --data data/mnist' }],
  handler: (args): Request => async (print) => (await import('../data.ts')).data(args, print)(),
})
