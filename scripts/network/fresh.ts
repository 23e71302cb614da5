import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import path from "node:path"
import { Failure } from "../../cli/failure.ts"
import { root } from "../../cli/bin/node.mjs"
import { lock } from "./lock.ts"

const builds = path.join(root, "build")
const APP_SOURCES = ["web", "messenger", "shared", "patches", "scripts/building", "vite.config.ts", "package.json", "package-lock.json"]
const WORKER_SOURCES = ["mix", "dropbox", "directory", "shared", "scripts/nodes/bundles.ts", "scripts/nodes/kinds.ts", "package-lock.json"]

export const appFolder = path.join(root, "dist")
export const demoFolder = path.join(builds, "demo")
export const workersFolder = path.join(builds, "workers")

/** Builds the app into dist/ unless it was built from exactly these sources. Throws Failure. */
export async function freshApp(say: (line: string) => void): Promise<void> {
  await fresh("app", APP_SOURCES, path.join(appFolder, "index.html"), async () => {
    say("Building the app …")
    await buildApp(appFolder)
  })
}

/** Builds the app on an engine of canned data (`vite --mode demo`) unless it was built from exactly these sources. Throws Failure. */
export async function freshDemo(): Promise<void> {
  await fresh("demo", [...APP_SOURCES, "test/web"], path.join(demoFolder, "index.html"), () => buildApp(demoFolder, { mode: "demo" }))
}

/** Builds the workers' bundles unless they were built from exactly these sources. Throws Failure. */
export async function freshWorkers(say: (line: string) => void): Promise<void> {
  await fresh("workers", WORKER_SOURCES, workersFolder, async () => {
    say("Building the nodes …")
    const { buildWorkers } = await import("../nodes/bundles.ts")
    try {
      await buildWorkers(workersFolder)
    } catch (error) {
      throw new Failure(`The nodes could not be built: ${(error as Error).message}`)
    }
  })
}

async function fresh(name: string, sources: readonly string[], result: string, build: () => Promise<void>): Promise<void> {
  mkdirSync(builds, { recursive: true })
  // Tests start several networks at once, and one build is enough.
  const unlock = await lock(path.join(builds, `${name}.lock`))
  try {
    const stamp = path.join(builds, `${name}.stamp`)
    const digest = digestOf(sources)
    if (existsSync(result) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return
    await build()
    writeFileSync(stamp, digest)
  } finally {
    unlock()
  }
}

/** SHA-256 over the names and contents of all files in these files and folders. */
function digestOf(sources: readonly string[]): string {
  const hash = createHash("sha256")
  const add = (relative: string) => {
    const file = path.join(root, relative)
    if (!existsSync(file)) return
    if (statSync(file).isDirectory()) {
      for (const entry of readdirSync(file).sort()) if (entry !== "node_modules") add(path.join(relative, entry))
    } else {
      const bytes = readFileSync(file)
      hash.update(`${relative}\0${bytes.length}\0`).update(bytes)
    }
  }
  for (const source of sources) add(source)
  return hash.digest("hex")
}

/** Builds the app into a folder, in a process of its own, so that its memory goes with it. Throws Failure. */
export function buildApp(folder: string, { at = root, mode = "production", changes = {} as NodeJS.ProcessEnv } = {}): Promise<void> {
  const vite = path.join(at, "node_modules", "vite", "bin", "vite.js")
  // Within a test NODE_ENV is "test", and the app would be another than the one that people get.
  const env = { ...process.env, NODE_ENV: "production", NO_COLOR: "1", FORCE_COLOR: "0", ...changes }
  const child = spawn(process.execPath, [vite, "build", "--logLevel", "warn", "--mode", mode, "--outDir", folder, "--emptyOutDir"], { cwd: at, env, stdio: ["ignore", "pipe", "pipe"] })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("exit", (code) => {
      if (code === 0) resolve()
      else reject(new Failure(`The app could not be built:\n${complaintIn(output)}`))
    })
  })
}

/** What vite says, without the stack of its own functions. */
function complaintIn(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !/^\s+at |^✓ built/.test(line))
  return lines.slice(0, 20).join("\n")
}
