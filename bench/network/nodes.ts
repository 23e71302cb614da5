import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import type { RunningNetwork } from "../../scripts/network/network.ts"
import { startNetwork } from "../../scripts/network/network.ts"
import { freePorts } from "../../scripts/network/ports.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"

export interface BenchNetwork {
  readonly parameters?: Partial<Parameters>
  /** Makes other bundles of the nodes in this folder; returns where they are, and what bindings they need. */
  readonly nodes?: (folder: string) => Promise<{ readonly bundles: string; readonly env: Readonly<Record<string, string>> }>
}

/** Does something on a network of real nodes of its own on this machine, at default parameters unless told otherwise; nothing is left of it. */
export async function onNetwork<T>({ parameters = {}, nodes }: BenchNetwork, work: (network: RunningNetwork) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "sotto-bench-"))
  let network: RunningNetwork | null = null
  try {
    const died = Promise.withResolvers<never>()
    died.promise.catch(() => undefined)
    network = await startNetwork({
      folder: path.join(folder, "network"),
      firstPort: await freePorts(),
      hosts: ["127.0.0.1"],
      name: "Benchmark",
      parameters,
      echo: false,
      ...(nodes === undefined ? {} : { nodes: await nodes(folder) }),
      say: () => undefined,
      onDeath: (name) => died.reject(new Error(`The node ${name} has ended.`)),
    })
    return await Promise.race([work(network), died.promise])
  } finally {
    await network?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
