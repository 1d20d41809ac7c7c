/** Every property of the suite draws from one seed, printed on failure; override with PHIFOLD_SEED to explore. */
import fc from 'fast-check'

const seed = Number(process.env['PHIFOLD_SEED'] ?? 20190532)
fc.configureGlobal({ seed })
