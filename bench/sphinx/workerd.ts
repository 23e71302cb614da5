import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { build } from "esbuild"
import { root } from "../../cli/bin/node.mjs"
import { freePorts } from "../../scripts/network/ports.ts"
import { COMPATIBILITY_DATE } from "../../scripts/nodes/kinds.ts"
import { startWorkerd } from "../../scripts/nodes/workerd.ts"
import type { Times } from "./unwrap.ts"

/** ./unwrap.ts in workerd, bundled as the nodes are. */
export async function timesInWorkerd(): Promise<{ parts: Times; unwrap: Record<string, Times> }> {
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
      return (await (await fetch(`${worker.url}/times`)).json()) as { parts: Times; unwrap: Record<string, Times> }
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
