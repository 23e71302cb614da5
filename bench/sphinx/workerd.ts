import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { build } from "esbuild"
import { root } from "../../cli/bin/node.mjs"
import { freePorts } from "../../scripts/network/ports.ts"
import { COMPATIBILITY_DATE } from "../../scripts/nodes/kinds.ts"
import { startWorkerd } from "../../scripts/nodes/workerd.ts"
import { cpuOf } from "../figures.ts"
import type { Run } from "./timing.ts"
import { best, bestOfEach } from "./timing.ts"

/** The best of several batches of one of the works of ./worker.ts, in µs of CPU of the whole process: no other program, and no clock of whole ms, counts in. */
export type Ask = (work: string) => Promise<number>

/** The same of several, and of others beside them, in turns: of what is to be compared. */
export type AskInTurns = (works: readonly string[], others?: readonly Run[]) => Promise<number[]>

/** ./work.ts in workerd, bundled as the nodes are. */
export async function inWorkerd<T>(batches: number, measure: (ask: Ask, inTurns: AskInTurns) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "sotto-sphinx-"))
  try {
    await build({
      entryPoints: [path.join(root, "bench/sphinx/worker.ts")],
      outdir: folder,
      absWorkingDir: root,
      bundle: true,
      format: "esm",
      target: "es2024",
      platform: "neutral",
      mainFields: ["module", "main"],
      conditions: ["workerd", "worker", "browser"],
      external: ["node:*"],
      loader: { ".wasm": "copy" },
      assetNames: "[name]",
      minify: true,
      logLevel: "warning",
    })
    const port = await freePorts()
    await writeFile(path.join(folder, "node.capnp"), configuration(port))
    const worker = await startWorkerd({ name: "benchmark", folder, port, url: `http://127.0.0.1:${port}`, secrets: {} })
    try {
      const running = (work: string) => async (count: number) => {
        const before = cpuOf(worker.process.pid!)
        const response = await fetch(`${worker.url}/?work=${encodeURIComponent(work)}&count=${count}`)
        await response.text()
        if (!response.ok) throw new Error(`There is no work "${work}".`)
        return cpuOf(worker.process.pid!) - before
      }
      return await measure(
        (work) => best(running(work), batches),
        // They hardly differ, and the machine does: more batches find a quiet moment for both, and longer ones are warmer.
        (works, others = []) => bestOfEach([...works.map(running), ...others], 3 * batches, 60),
      )
    } finally {
      await worker.stop()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const configuration = (port: number) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .bench)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const bench :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js"), (name = "lioness.wasm", wasm = embed "lioness.wasm")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
);
`
