/** A process that answers one line of JSON for each line that it is told. What it writes to stderr becomes the reason where it ends before its time. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** { about: its first line, ask(command, argument), end }. Rejects where it says something else, or nothing. */
export const contestant = async (program, args, env = {}) => {
  const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, ...env } })
  let said = ''
  child.stderr.on('data', (chunk) => { said += chunk })
  // An end that nobody waits for is told by the answer that does not come.
  child.on('error', (error) => { said += error.message })
  child.stdin.on('error', () => {})
  const closed = new Promise((resolve) => { child.on('close', resolve) })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (question) => {
    const { value, done } = await lines.next()
    if (!done) return JSON.parse(value)
    await closed
    throw new Error(`${args[0]}: ${question}: ${said.trim().split('\n').at(-1) || 'it ended'}`)
  }
  const about = await answer('start')
  return {
    about,
    ask: (command, argument) => {
      child.stdin.write(`${command} ${argument}\n`)
      return answer(command)
    },
    end: () => {
      child.stdin.end()
      return closed
    },
  }
}

/** Whether a program runs to its end with exit code 0. */
export const runs = (program, args) => new Promise((resolve) => {
  spawn(program, args, { stdio: 'ignore' }).on('error', () => resolve(false)).on('exit', (code) => resolve(code === 0))
})
