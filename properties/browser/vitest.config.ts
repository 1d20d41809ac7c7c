import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The built site in headless Chromium: `npm run test:browser`; with `--mode write` the pictures in docs/screens are taken anew. */
export default defineConfig(({ mode }) => ({
  root,
  resolve: { alias: [{ find: /^phifold$/, replacement: `${root}src/index.ts` }] },
  test: {
    include: ['properties/browser/**/*.browser.ts'],
    env: mode === 'write' ? { PHIFOLD_SCREENS: 'write' } : {},
    // One browser at a time: pages that compete for the machine are slow, and nothing here is timed.
    fileParallelism: false,
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
}))
