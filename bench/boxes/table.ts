import { execFileSync } from "node:child_process"
import { createReadStream } from "node:fs"
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises"
import path from "node:path"
import { build } from "esbuild"
import { freePorts } from "../../scripts/network/ports.ts"
import { COMPATIBILITY_DATE } from "../../scripts/nodes/kinds.ts"
import { startWorkerd } from "../../scripts/nodes/workerd.ts"
import { cpuOf, residentBytes } from "../figures.ts"

const LOOKUPS = 20_000
const COLD_LOOKUPS = 300
const PER_CALL = 2000
const EXPIRED = 2000

/** What boxes in SQLite cost as there are so many of them: µs of CPU each, of cold lookups µs by the clock. */
export interface BoxesRow {
  readonly boxes: number
  readonly write: number
  readonly hit: number
  readonly miss: number
  readonly coldHit: number
  readonly coldMiss: number
  readonly expire: number
  /** On the disk, for each box. */
  readonly bytes: number
  /** Of the process, all in all. */
  readonly resident: number
}

/** Runs inside workerd. Ids follow from their number, so that nobody has to remember a million of them. */
const WORKER = `
import { DurableObject } from "cloudflare:workers"
import { sha256 } from "@noble/hashes/sha2.js"
import { sqlBoxes } from "../../dropbox/worker/sql-boxes.ts"
/** Boxes that arrive together, and are durable before the next arrive. */
const BATCH = 20
const idOf = (n) => sha256(new Uint8Array(new Float64Array([n]).buffer))
const content = new Uint8Array(3504).map((_, i) => i * i)
const signature = new Uint8Array(64).fill(7)
export class Boxes extends DurableObject {
  boxes = sqlBoxes(this.ctx.storage.sql)
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    const count = Number(searchParams.get("count"))
    const from = Number(searchParams.get("from"))
    const ids = Array.from({ length: count }, (_, i) => idOf(pathname === "/put" ? from + i : Math.floor(from + Math.random() * Number(searchParams.get("of")))))
    const start = performance.now()
    if (pathname === "/put") {
      for (let i = 0; i < count; i++) {
        this.boxes.put(ids[i], signature, content, 1)
        if (i % BATCH === BATCH - 1) await this.ctx.storage.sync()
      }
    }
    let found = 0
    if (pathname === "/get") for (const id of ids) if (this.boxes.get(id) !== null) found++
    if (pathname === "/expire") for (let i = 0; i < count; i++) {
      this.boxes.expire(1, 1000)
      await this.ctx.storage.sync()
    }
    return Response.json({ ms: performance.now() - start, found, size: this.boxes.size })
  }
}
export default { fetch: (request, env) => env.BOXES.get(env.BOXES.idFromName("boxes")).fetch(request) }
`

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .node), (name = "store", disk = (path = "store", writable = true))],
  sockets = [(name = "http", address = "127.0.0.1:PORT", http = (), service = "main")],
);
const node :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  bindings = [(name = "BOXES", durableObjectNamespace = "Boxes")],
  durableObjectNamespaces = [(className = "Boxes", uniqueKey = "Boxes", enableSql = true)],
  durableObjectStorage = (localDisk = "store"),
);
`

/** Boxes as a shard keeps them, in workerd: a row for each of these numbers, in rising order. `parent`: a folder with room for 4.2 kB for each box. */
export async function boxesTable(steps: readonly number[], parent: string, row: (row: BoxesRow) => void): Promise<void> {
  const folder = await mkdtemp(path.join(parent, "sotto-boxes-"))
  try {
    await fill(folder, steps, row)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function fill(folder: string, steps: readonly number[], row: (row: BoxesRow) => void): Promise<void> {
  const port = await freePorts()
  await mkdir(path.join(folder, "store"))
  await writeFile(path.join(folder, "node.capnp"), CONFIG.replace("PORT", String(port)))
  await build({
    stdin: { contents: WORKER, resolveDir: import.meta.dirname, loader: "ts" },
    outfile: path.join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    external: ["cloudflare:*"],
  })
  const url = `http://127.0.0.1:${port}`
  const node = await startWorkerd({ name: "boxes", folder, port, url, secrets: {} })
  try {
    const ask = async (what: string) => (await (await fetch(`${url}/${what}`)).json()) as { ms: number; found: number; size: number }
    const microseconds = () => 1e3 * cpuOf(node.process.pid!)
    /** µs of CPU for each of `count`. */
    const cpu = async (count: number, what: string, found?: number) => {
      const before = microseconds()
      const answer = await ask(what)
      if (found !== undefined && answer.found !== found) throw new Error("boxes are lost")
      return (microseconds() - before) / count
    }
    const clock = async (what: string) => (1000 * (await ask(what)).ms) / COLD_LOOKUPS
    let size = 0
    let deleted = 0
    for (const step of steps) {
      const before = microseconds()
      const first = size
      for (; size < step; size += PER_CALL) await ask(`put?from=${size}&count=${PER_CALL}`)
      const write = (microseconds() - before) / (size - first)
      const file = await database(folder)
      const [hits, misses] = [`get?from=0&of=${size}`, `get?from=${size}&of=${size}`]
      await readIntoCache(file)
      const hit = await cpu(LOOKUPS, `${hits}&count=${LOOKUPS}`, LOOKUPS)
      const miss = await cpu(LOOKUPS, `${misses}&count=${LOOKUPS}`, 0)
      dropFromCache(file)
      const coldHit = await clock(`${hits}&count=${COLD_LOOKUPS}`)
      dropFromCache(file)
      const coldMiss = await clock(`${misses}&count=${COLD_LOOKUPS}`)
      await readIntoCache(file)
      const expire = await cpu(EXPIRED, `expire?count=${EXPIRED / 1000}`)
      const bytes = (await stat(file)).size / size
      // Put back, so that each step has as many boxes as it says.
      await ask(`put?from=${deleted}&count=${EXPIRED}`)
      deleted += EXPIRED
      row({ boxes: size, write, hit, miss, coldHit, coldMiss, expire, bytes, resident: residentBytes(node.process.pid!) })
    }
  } finally {
    await node.stop()
  }
}

async function database(folder: string): Promise<string> {
  const store = path.join(folder, "store", "Boxes")
  const name = (await readdir(store)).find((file) => file.endsWith(".sqlite") && !file.startsWith("metadata"))
  return path.join(store, name!)
}

/** The system reads the file from the disk again; what SQLite itself keeps (2 MB) stays. */
function dropFromCache(file: string): void {
  execFileSync("sync", [file])
  execFileSync("dd", [`if=${file}`, "iflag=nocache", "count=0", "status=none"])
}

async function readIntoCache(file: string): Promise<void> {
  for await (const _ of createReadStream(file, { highWaterMark: 1 << 20 }));
}
