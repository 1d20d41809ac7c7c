import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const program = 'properties/cli*.test.ts'
const shared = { setupFiles: ['properties/setup.ts'], testTimeout: 120_000 }

/** The tests of the program run what is built, so that is built first; the others need no build. */
export default defineConfig({
  // The playground, and programs of the tests, import the library by its names.
  resolve: { alias: ['', '/threads'].map((part) => ({ find: new RegExp(`^phifold${part}$`), replacement: fileURLToPath(new URL(`src${part}/index.ts`, import.meta.url)) })) },
  test: {
    // By default one core is left alone, which of two is half.
    maxWorkers: '100%',
    projects: [
      { test: { ...shared, name: 'library', include: ['properties/**/*.test.ts'], exclude: [program] } },
      { test: { ...shared, name: 'program', include: [program], globalSetup: ['properties/build.ts'] } },
    ],
  },
})
