import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { createRequire } from "node:module"

/** A slow machine that starts nine nodes at once takes its time, and whoever waits sees that. */
const READY_WITHIN = 60_000
/** workerd does not leave while a WebSocket is open, and killing it loses nothing that was acknowledged. */
const GRACE = 700

export interface RunningNode {
  readonly process: ChildProcess
  readonly url: string
  /** SIGTERM, and SIGKILL where that was not enough. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
}

export interface Start {
  /** Names the node in messages. */
  readonly name: string
  /** Where node.capnp and the folder `store` lie. */
  readonly folder: string
  readonly port: number
  /** Where the node is reached from this machine; no slash at the end. */
  readonly url: string
  readonly secrets: Readonly<Record<string, string>>
  /** Options of `workerd serve`. */
  readonly flags?: readonly string[]
}

/** Starts `workerd serve` on node.capnp, and returns when the node answers. Rejects with one sentence where it does not. */
export async function startWorkerd({ name, folder, port, url, secrets, flags = [] }: Start): Promise<RunningNode> {
  // workerd says on descriptor 3 when it listens, so that somebody else who has the port is not taken for it.
  const child = spawn(workerdBinary(), ["serve", "--control-fd=3", ...flags, "node.capnp"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    // Nothing of ours but the secrets: a node has no use for what its starter's environment holds.
    env: { PATH: process.env.PATH, ...secrets },
  })
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve())
    child.once("error", () => resolve())
  })
  let complaint = ""
  child.stderr?.on("data", (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(-4000)
  })
  const stop = async () => {
    child.kill("SIGTERM")
    const timer = setTimeout(() => child.kill("SIGKILL"), GRACE)
    await ended
    clearTimeout(timer)
  }
  const kill = async () => {
    child.kill("SIGKILL")
    await ended
  }
  try {
    await within(READY_WITHIN, Promise.race([listening(child), ended.then(() => Promise.reject(new Error("ended")))]))
    // The node itself is made by the first request.
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(READY_WITHIN) })
    const answer = await response.text()
    if (!response.ok) throw new Error(answer)
  } catch (error) {
    await stop()
    const reason = (error as Error).message === "secret" ? "its keys were sealed by another secret." : reasonIn(complaint)
    throw new Error(`The node ${name} did not start on port ${port}: ${reason}`)
  }
  return { process: child, url, stop, kill }
}

export function workerdBinary(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const name = `@cloudflare/workerd-${platform}-${process.arch === "x64" ? "64" : process.arch}`
  const require = createRequire(import.meta.url)
  return require.resolve(`${name}/bin/workerd${process.platform === "win32" ? ".exe" : ""}`)
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.stdio[3]?.on("data", (message: Buffer) => {
      if (message.includes('"listen"')) resolve()
    })
  })
}

async function within(milliseconds: number, done: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("silent")), milliseconds)
  })
  try {
    await Promise.race([done, late])
  } finally {
    clearTimeout(timer)
  }
}

function reasonIn(complaint: string): string {
  if (/address already in use/i.test(complaint)) return "the port is in use."
  if (/cannot assign requested address/i.test(complaint)) return "this machine has no such address."
  if (/permission denied/i.test(complaint)) return "a permission is missing for the port or the data folder."
  const last = complaint.trim().split("\n").at(-1) ?? ""
  return last.replace(/^.*(?:failed|error): (?:remote\.)?(?:jsg\.)?/, "").slice(0, 300) || "it gave no answer."
}
