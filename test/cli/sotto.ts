import type { ChildProcess } from "node:child_process"
import { spawn } from "node:child_process"
import path from "node:path"
import { createInterface } from "node:readline"
import { root } from "../../cli/bin/node.mjs"

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

export const MAIN = path.join(root, "cli", "main.ts")

/** Runs `sotto` with these words in a process of its own, to its end. */
export function sotto(words: readonly string[], input = ""): Promise<Ended> {
  const child = start(words)
  let out = ""
  let err = ""
  child.stdout!.on("data", (chunk: Buffer) => (out += chunk.toString()))
  child.stderr!.on("data", (chunk: Buffer) => (err += chunk.toString()))
  child.stdin!.end(input)
  return new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? -1, out, err })))
}

/** The same, where anything but success is the test's failure. Returns what was printed, without the last line's end. */
export async function sottoWell(words: readonly string[], input = ""): Promise<string> {
  const { code, out, err } = await sotto(words, input)
  if (code !== 0) throw new Error(`sotto ${words.join(" ")}: ${err}`)
  return out.trimEnd()
}

export interface Follower {
  /** All that it prints, from now on. */
  readonly lines: AsyncIterableIterator<string>
  /** The next of them, where there is to be one. */
  line(): Promise<string>
  /** Ctrl+C. Returns the exit code. */
  end(): Promise<number>
}

/** A `sotto` that goes on, such as `read --follow`, or another program. */
export function follow(words: readonly string[], program = MAIN): Follower {
  const child = start(words, program)
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? -1)))
  return {
    lines,
    line: async () => (await lines.next()).value as string,
    end: () => {
      child.kill("SIGINT")
      return ended
    },
  }
}

function start(words: readonly string[], program = MAIN): ChildProcess {
  return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, ...words], { stdio: ["pipe", "pipe", "pipe"] })
}
