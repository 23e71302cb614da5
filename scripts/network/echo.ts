import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { openSync } from "node:fs"
import path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { root } from "../../cli/bin/node.mjs"

export interface EchoBot {
  readonly process: ChildProcess
  /** A one-time contact code; null where none got ready in time. */
  code(): Promise<string | null>
  stop(): Promise<void>
}

/** How long a guest waits for a code at most, ms; right after the start the first is still on its way into its box. */
const PATIENCE = 12_000
/** A bot that is just starting may miss a question. */
const ANSWER = 2000
const RETRY = 300

/** The echo bot in a process of its own, which ends with this one. It keeps its profile in `folder`. */
export function startEcho(folder: string, appUrl: string, logFile: string): EchoBot {
  const log = openSync(logFile, "a")
  const main = path.join(root, "cli", "main.ts")
  const words = ["bot", "echo", "--profile", folder, "--network", appUrl, "--name", "Echo", "--profile-speed", "fast"]
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...words], { stdio: ["ignore", log, log, "ipc"] })
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve())
    child.once("error", () => resolve())
  })
  // One question at a time, so that each answer has its question.
  let last: Promise<unknown> = Promise.resolve()
  const ask = () => {
    const answer = last.then(() => askOnce(child, ended))
    last = answer
    return answer
  }
  return {
    process: child,
    async code() {
      const until = performance.now() + PATIENCE
      while (child.connected && performance.now() < until) {
        const code = await ask()
        if (code !== null) return code
        await sleep(RETRY)
      }
      return null
    },
    async stop() {
      child.kill("SIGTERM")
      const patience = new AbortController()
      await Promise.race([ended, sleep(1000, null, { signal: patience.signal }).catch(() => undefined)])
      patience.abort()
      child.kill("SIGKILL")
      await ended
    },
  }
}

function askOnce(child: ChildProcess, ended: Promise<void>): Promise<string | null> {
  if (!child.connected) return Promise.resolve(null)
  const answer = new Promise<string | null>((resolve) => {
    child.once("message", (message) => resolve((message as { code: string | null }).code))
    child.send("code", (error) => error && resolve(null))
  })
  return Promise.race([answer, ended.then(() => null), sleep(ANSWER, null, { ref: false })])
}
