/** The commands, in the order of the help. To add one: a file in commands/, and its name here. */
import type { Command } from './command.ts'
import { audit } from './commands/audit.ts'
import { benchmark } from './commands/benchmark.ts'
import { compare } from './commands/compare.ts'
import { data } from './commands/data.ts'
import { diagnose } from './commands/diagnose.ts'
import { evaluate } from './commands/evaluate.ts'
import { figure } from './commands/figure.ts'
import { golden } from './commands/golden.ts'
import { predict } from './commands/predict.ts'
import { recipe } from './commands/recipe.ts'
import { report } from './commands/report.ts'
import { start } from './commands/start.ts'
import { sweep } from './commands/sweep.ts'
import { table } from './commands/table.ts'
import { train } from './commands/train.ts'
import { verify } from './commands/verify.ts'

export const commands: Readonly<Record<string, Command>> = {
  verify,
  figure,
  recipe,
  train,
  benchmark,
  evaluate,
  predict,
  sweep,
  table,
  data,
  compare,
  diagnose,
  report,
  golden,
  start,
  audit,
}
