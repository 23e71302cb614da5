/**
 * What requests cost a shard, stamps their writers, and boxes in SQLite as a shard keeps them, in workerd, as there are more of them:
 *   node scripts/n.mjs node bench/boxes.ts [--boxes 1000000] [--dir /var/tmp]
 * It writes 4.2 kB for each box, and deletes them at the end. What needs no disk is measured in CPU time of workerd, so that other work on the
 * machine counts little; lookups also as they are right after the system has dropped the file from its cache, in time on the clock.
 */
import { execFileSync } from "node:child_process"
import { createReadStream, readFileSync, statfsSync } from "node:fs"
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { build } from "esbuild"
import { numberOption, parseArguments } from "../cli/arguments.ts"
import { freePorts } from "../scripts/network/ports.ts"
import { startWorkerd } from "../scripts/nodes/workerd.ts"
import { COMPATIBILITY_DATE } from "../scripts/nodes/kinds.ts"
import { costOfRequests, hashesPerSecond } from "./boxes/requests.ts"

const args = parseArguments(process.argv.slice(2), { boxes: "value", dir: "value" })
const most = numberOption(args, "boxes", 1_000_000, 10_000, 20_000_000)
const steps = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000].filter((step) => step < most)
const LOOKUPS = 20_000
const COLD_LOOKUPS = 300
const PER_CALL = 2000
const EXPIRED = 2000
/** µs of one tick in /proc. */
const TICK = 10_000
const root = path.dirname(import.meta.dirname)

/** Runs inside workerd. Ids follow from their number, so that nobody has to remember a million of them. */
const WORKER = `
import { DurableObject } from "cloudflare:workers"
import { sha256 } from "@noble/hashes/sha2.js"
import { sqlBoxes } from "../dropbox/worker/sql-boxes.ts"
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

console.log(`stamps: ${Math.round(hashesPerSecond())} hashes per second`)
for (const [what, cost] of Object.entries(await costOfRequests())) console.log(`${what}: ${cost.toFixed(0)} µs`)

const parent = args.options.get("dir") ?? tmpdir()
const { bavail, bsize } = statfsSync(parent)
if (bavail * bsize < most * 4200 * 1.5) throw new Error(`${parent} has no room for ${most} boxes`)
const folder = await mkdtemp(path.join(parent, "sotto-boxes-"))
try {
  await run()
} finally {
  await rm(folder, { recursive: true })
}

async function run(): Promise<void> {
  const port = await freePorts()
  await mkdir(path.join(folder, "store"))
  await writeFile(path.join(folder, "node.capnp"), CONFIG.replace("PORT", String(port)))
  await build({
    stdin: { contents: WORKER, resolveDir: path.join(root, "bench"), loader: "ts" },
    outfile: path.join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    external: ["cloudflare:*"],
  })
  const url = `http://127.0.0.1:${port}`
  const node = await startWorkerd({ name: "boxes", folder, port, url, secrets: {} })
  try {
    const ask = async (what: string) => (await (await fetch(`${url}/${what}`)).json()) as { ms: number; found: number; size: number }
    const ticks = () => ticksOf(node.process.pid!)
    /** µs of CPU for each of `count`. */
    const cpu = async (count: number, what: string, found?: number) => {
      const before = ticks()
      const answer = await ask(what)
      if (found !== undefined && answer.found !== found) throw new Error("boxes are lost")
      return ((ticks() - before) * TICK) / count
    }
    const clock = async (what: string) => (1000 * (await ask(what)).ms) / COLD_LOOKUPS
    console.log("boxes | write, 20 at once | hit | miss | hit, cold | miss, cold | delete | bytes per box | memory of workerd")
    let size = 0
    let deleted = 0
    for (const step of [...steps, most]) {
      const before = ticks()
      const first = size
      for (; size < step; size += PER_CALL) await ask(`put?from=${size}&count=${PER_CALL}`)
      const row = [((ticks() - before) * TICK) / (size - first)]
      const file = await database()
      const [hits, misses] = [`get?from=0&of=${size}`, `get?from=${size}&of=${size}`]
      await readIntoCache(file)
      row.push(await cpu(LOOKUPS, `${hits}&count=${LOOKUPS}`, LOOKUPS), await cpu(LOOKUPS, `${misses}&count=${LOOKUPS}`, 0))
      dropFromCache(file)
      row.push(await clock(`${hits}&count=${COLD_LOOKUPS}`))
      dropFromCache(file)
      row.push(await clock(`${misses}&count=${COLD_LOOKUPS}`))
      await readIntoCache(file)
      row.push(await cpu(EXPIRED, `expire?count=${EXPIRED / 1000}`))
      const bytes = (await stat(file)).size / size
      // Put back, so that each step has as many boxes as it says.
      await ask(`put?from=${deleted}&count=${EXPIRED}`)
      deleted += EXPIRED
      console.log([size, ...row.map((cost) => `${cost.toFixed(0)} µs`), bytes.toFixed(0), `${memory(node.process.pid!)} MB`].join(" | "))
    }
  } finally {
    await node.stop()
  }
}

async function database(): Promise<string> {
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

/** User and system time of a process. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")
  return Number(fields[11]) + Number(fields[12])
}

function memory(pid: number): number {
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1])
  return Math.round(kilobytes / 1024)
}
