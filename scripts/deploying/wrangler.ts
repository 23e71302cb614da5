import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import * as v from "valibot"
import { root } from "../../cli/bin/node.mjs"
import { Failure } from "../../cli/failure.ts"

export interface WranglerRun {
  readonly code: number
  /** Of the standard output; empty where it was shown. */
  readonly output: string
}

/** Runs `wrangler` with these words in the repository; what it prints is shown as it comes, or else kept. */
export type Wrangler = (words: readonly string[], options: { readonly show: boolean; readonly env?: Readonly<Record<string, string>> }) => Promise<WranglerRun>

/** The one of this repository, started by the launcher that every script runs under. */
export const wrangler: Wrangler = (words, { show, env = {} }) => {
  const child = spawn(path.join(root, "node_modules", ".bin", "wrangler"), words, {
    cwd: root,
    stdio: show ? "inherit" : ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    shell: process.platform === "win32",
  })
  let output = ""
  let complaint = ""
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()))
  child.stderr?.on("data", (chunk: Buffer) => (complaint += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on("error", () => reject(new Failure("wrangler cannot be started: run \"npm ci\" first.")))
    child.on("close", (code) => resolve({ code: code ?? 1, output: code === 0 ? output : `${output}\n${complaint}` }))
  })
}

const Deployed = v.object({ type: v.literal("deploy"), targets: v.optional(v.array(v.string()), []) })

/** `wrangler deploy`, shown as it runs. Returns what it was deployed to: URLs on workers.dev, names of other domains. Throws Failure. */
export async function deployed(run: Wrangler, words: readonly string[]): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "sotto-deploy-"))
  const file = path.join(folder, "events")
  try {
    const { code } = await run(["deploy", ...words], { show: true, env: { WRANGLER_OUTPUT_FILE_PATH: file } })
    if (code !== 0) throw new Failure("wrangler could not deploy; what it says stands above.")
    return eventsIn(file).flatMap((event) => {
      const { success, output } = v.safeParse(Deployed, event)
      return success ? output.targets : []
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function eventsIn(file: string): unknown[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as unknown)
  } catch {
    return []
  }
}
