import { spawn } from "node:child_process"
import { setPriority } from "node:os"
import { root } from "../../cli/bin/node.mjs"

export interface Run {
  readonly code: number
  readonly output: string
}

/** How it runs beside others. */
export interface Manner {
  /** What it says is shown in the end, and not as it comes. */
  readonly late?: boolean
  /** It takes a third of a processor's time where others want it, too. */
  readonly yields?: boolean
}

/** A third of the usual share: enough that nothing in it waits too long. */
const YIELDING = 5

const running = new Set<{ kill(signal: NodeJS.Signals): boolean }>()
// Whoever ends the tests ends what they started.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal)
    setTimeout(() => process.exit(1), 3000).unref()
  })
}

/** Runs a program of this repository in its root, with its output kept where asked for. */
export function run(command: string, args: readonly string[], options: Manner & { keep?: boolean; env?: Record<string, string> } = {}): Promise<Run> {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ["ignore", options.keep || options.late ? "pipe" : "inherit", options.late ? "pipe" : "inherit"],
    env: { ...process.env, ...options.env },
    shell: process.platform === "win32",
  })
  running.add(child)
  if (options.yields && child.pid !== undefined) setPriority(child.pid, YIELDING)
  let output = ""
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString()
    if (!options.late) process.stdout.write(chunk)
  })
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve) => {
    const end = (code: number) => {
      running.delete(child)
      if (options.late) process.stdout.write(output)
      resolve({ code, output })
    }
    child.on("error", (error) => {
      console.error(`${command} cannot be started: ${error.message}`)
      end(1)
    })
    child.on("close", (code) => end(code ?? 1))
  })
}
