import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { mkdir, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

/** From wrangler.toml; the newest that the pinned workerd knows. */
const COMPATIBILITY_DATE = "2026-10-01"
const READY_WITHIN = 10_000
/** workerd does not leave while a WebSocket is open, and killing it loses nothing that was acknowledged. */
const GRACE = 700

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

const kinds = {
  mix: { entry: "mix/worker/index.ts", className: "MixNode", binding: "MIX" },
  dropbox: { entry: "dropbox/worker/index.ts", className: "DropboxNode", binding: "DROPBOX" },
  directory: { entry: "directory/worker/index.ts", className: "AuthorityNode", binding: "DIRECTORY" },
} as const

export interface LocalNode {
  /** Names the node's configuration file and, in messages, the node. */
  readonly name: string
  readonly kind: keyof typeof kinds
  readonly port: number
  /**
   * Text bindings. All: PARAMETERS (JSON, overrides of shared/directory/parameters.ts; the same for every node of a network).
   * mix: LAYER (1 to 3). mix and dropbox: NODE_URL (no slash at the end), OPERATOR, PROVIDER, AUTHORITY_KEYS (hex, commas), THRESHOLD,
   * DIRECTORY_URLS (the authorities, commas, no slash at the end; the node asks for /directory there).
   * directory: ADMIT (JSON: [{ url, role, layer, operator, provider }]; layer 0 for a dropbox).
   */
  readonly env: Readonly<Record<string, string>>
  readonly dataDir: string
}

export interface RunningNode {
  readonly process: ChildProcess
  readonly url: string
  /** SIGTERM, and SIGKILL where that was not enough. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
}

/** Bundles mix.js, dropbox.js and directory.js: the same bytes that are deployed to Cloudflare. */
export async function buildWorkers(outDir: string): Promise<void> {
  await build({
    entryPoints: Object.fromEntries(Object.entries(kinds).map(([kind, { entry }]) => [kind, path.join(root, entry)])),
    outdir: outDir,
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    minify: true,
    logLevel: "warning",
  })
}

/** Starts one `workerd serve` for the node, and returns when it answers. Rejects with one sentence where it does not. */
export async function startNode(node: LocalNode, bundleDir: string): Promise<RunningNode> {
  await mkdir(path.join(node.dataDir, "store"), { recursive: true })
  const config = path.join(node.dataDir, "node.capnp")
  const bundle = path.resolve(bundleDir, `${node.kind}.js`)
  await writeFile(config, capnp(node, path.relative(path.resolve(node.dataDir), bundle)))
  // workerd says on descriptor 3 when it listens, so that somebody else who has the port is not taken for it.
  const child = spawn(workerdBinary(), ["serve", "--control-fd=3", path.basename(config)], {
    cwd: node.dataDir,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  })
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve())
    child.once("error", () => resolve())
  })
  let complaint = ""
  child.stderr?.on("data", (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(-4000)
  })
  const url = `http://127.0.0.1:${node.port}`
  const stop = async () => {
    child.kill("SIGTERM")
    const timer = setTimeout(() => child.kill("SIGKILL"), GRACE)
    await ended
    clearTimeout(timer)
  }
  try {
    await within(READY_WITHIN, Promise.race([listening(child), ended.then(() => Promise.reject(new Error("ended")))]))
    // The node itself is made by the first request.
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(READY_WITHIN) })
    await response.body?.cancel()
    if (!response.ok) throw new Error("ill")
  } catch {
    await stop()
    throw new Error(`The node ${node.name} did not start on port ${node.port}: ${reasonIn(complaint)}`)
  }
  const kill = async () => {
    child.kill("SIGKILL")
    await ended
  }
  return { process: child, url, stop, kill }
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
  if (/permission denied/i.test(complaint)) return "a permission is missing for the port or the data folder."
  const last = complaint.trim().split("\n").at(-1) ?? ""
  return last.replace(/^.*(?:failed|error): (?:remote\.)?(?:jsg\.)?/, "").slice(0, 300) || "it gave no answer."
}

function workerdBinary(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const name = `@cloudflare/workerd-${platform}-${process.arch === "x64" ? "64" : process.arch}`
  const require = createRequire(import.meta.url)
  return require.resolve(`${name}/bin/workerd${process.platform === "win32" ? ".exe" : ""}`)
}

function capnp(node: LocalNode, bundle: string): string {
  const { className, binding } = kinds[node.kind]
  const bindings = Object.entries(node.env).map(([name, value]) => `(name = ${quoted(name)}, text = ${quoted(value)})`)
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .node),
    (name = "store", disk = (path = "store", writable = true)),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${node.port}", http = (), service = "main")],
);

const node :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${quoted(bundle)})],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  bindings = [
    (name = "${binding}", durableObjectNamespace = "${className}"),
    ${bindings.join(",\n    ")}
  ],
  durableObjectNamespaces = [(className = "${className}", uniqueKey = "${className}", enableSql = true)],
  durableObjectStorage = (localDisk = "store"),
);
`
}

/** Text in a capnp file: as in JSON, for what a configuration holds. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
