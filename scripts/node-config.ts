import { mkdir, writeFile } from "node:fs/promises"
import path from "node:path"
import { bundleFiles } from "./nodes/bundles.ts"
import { capnp } from "./nodes/capnp.ts"
import type { NodeKind } from "./nodes/kinds.ts"
import { secretIn } from "./nodes/secret.ts"
import type { RunningNode } from "./nodes/workerd.ts"
import { startWorkerd } from "./nodes/workerd.ts"

export type { RunningNode } from "./nodes/workerd.ts"

export interface LocalNode {
  /** Names the node in messages. */
  readonly name: string
  readonly kind: NodeKind
  readonly port: number
  /**
   * Text bindings. All: PARAMETERS (JSON, overrides of shared/directory/parameters.ts; the same for every node of a network).
   * mix: LAYER (1 to 3). mix and dropbox: NODE_URL (no slash at the end), OPERATOR, PROVIDER, AUTHORITY_KEYS (hex, commas), THRESHOLD,
   * DIRECTORY_URLS (the authorities, commas, no slash at the end; the node asks for /directory there).
   * directory: ADMIT (JSON: [{ url, role, layer, operator, provider }]; layer 0 for a dropbox).
   * NODE_SECRET is none of these: it lies in the data folder, in a file of its own, and is bound from the environment.
   */
  readonly env: Readonly<Record<string, string>>
  readonly dataDir: string
  /** Options of `workerd serve`. */
  readonly flags?: readonly string[]
}

/** Starts one `workerd serve` for a node of a network on this machine, and returns when it answers. Rejects with one sentence where it does not. */
export async function startNode(node: LocalNode, bundleDir: string): Promise<RunningNode> {
  const { name, kind, port, env, dataDir, flags } = node
  await mkdir(path.join(dataDir, "store"), { recursive: true })
  const below = path.relative(path.resolve(dataDir), path.resolve(bundleDir))
  const files = bundleFiles(bundleDir, kind).map((file) => path.join(below, file))
  await writeFile(path.join(dataDir, "node.capnp"), capnp({ kind, listen: `127.0.0.1:${port}`, env, files, allowPrivate: true }))
  const secrets = { NODE_SECRET: secretIn(path.join(dataDir, "secret")) }
  return startWorkerd({ name, folder: dataDir, port, url: `http://127.0.0.1:${port}`, secrets, ...(flags === undefined ? {} : { flags }) })
}
