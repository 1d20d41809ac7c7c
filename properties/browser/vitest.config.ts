import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The built site in headless Chromium: `npm run test:browser`; with `--mode write` the pictures in docs/screens are taken anew. */
export default defineConfig(({ mode }) => ({
  root,
  resolve: { alias: [{ find: /^phifold$/, replacement: `${root}src/index.ts` }, { find: /^phifold\/threads$/, replacement: `${root}src/threads/index.ts` }] },
  test: {
    include: ['properties/browser/**/*.browser.ts'],
    env: mode === 'write' ? { PHIFOLD_SCREENS: 'write' } : {},
    // Two browsers at a time, each of which waits for the other's pages: nothing here is timed.
    maxWorkers: 2,
    expect: { poll: { timeout: 30_000 } },
    // Chromium, its workers and these tests share two cores: what fails twice has failed.
    retry: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
}))
