import { spawn } from "node:child_process"
import { root } from "../../cli/bin/node.mjs"

export interface Run {
  readonly code: number
  readonly output: string
}

const running = new Set<{ kill(signal: NodeJS.Signals): boolean }>()
// Whoever ends the tests ends what they started.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    for (const child of running) child.kill(signal)
    setTimeout(() => process.exit(1), 3000).unref()
  })
}

/** Runs a program of this repository in its root, with its output shown as it comes, or (late) in the end, and kept where asked for. */
export function run(command: string, args: readonly string[], options: { keep?: boolean; late?: boolean; env?: Record<string, string> } = {}): Promise<Run> {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ["ignore", options.keep || options.late ? "pipe" : "inherit", options.late ? "pipe" : "inherit"],
    env: { ...process.env, ...options.env },
    shell: process.platform === "win32",
  })
  running.add(child)
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
