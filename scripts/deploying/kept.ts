import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import path from "node:path"
import * as v from "valibot"
import { Failure } from "../../cli/failure.ts"
import { makeFolder } from "../../cli/folder.ts"
import { secretIn } from "../nodes/secret.ts"
import type { Wrangler } from "./wrangler.ts"

/** What an operator keeps of a deployed node, outside the repository and for nobody else to read. */
export interface Kept {
  readonly folder: string
  readonly secretFile: string
  /** Where the node was deployed to the last time. */
  url(): string | null
  setUrl(url: string): void
  /** Runs `work` with a file that wrangler takes the node's secrets from; it is gone afterwards. Throws Failure. */
  withSecrets<T>(work: (file: string) => Promise<T>): Promise<T>
}

export function keptOf(name: string): Kept {
  const folder = path.join(process.env.XDG_CONFIG_HOME || path.join(homedir(), ".config"), "sotto", name)
  const secretFile = path.join(folder, "secret")
  const urlFile = path.join(folder, "url")
  return {
    folder,
    secretFile,
    url: () => (existsSync(urlFile) ? readFileSync(urlFile, "utf8").trim() : null),
    setUrl(url) {
      makeFolder(folder)
      writeFileSync(urlFile, `${url}\n`, { mode: 0o600 })
    },
    async withSecrets(work) {
      makeFolder(folder)
      const file = path.join(folder, "secrets.json")
      writeFileSync(file, JSON.stringify({ NODE_SECRET: secretIn(secretFile) }), { mode: 0o600 })
      try {
        return await work(file)
      } finally {
        rmSync(file, { force: true })
      }
    },
  }
}

const Secrets = v.array(v.object({ name: v.string() }))

/**
 * Whether Cloudflare has a secret for this node already: one that was made elsewhere must not be replaced, for the node's keys are sealed
 * with it. Throws Failure where that cannot be known.
 */
export async function hasSecret(run: Wrangler, name: string): Promise<boolean> {
  const { code, output } = await run(["secret", "list", "--name", name, "--format", "json"], { show: false })
  if (code !== 0 && /Worker ".*" not found/.test(output)) return false
  try {
    if (code !== 0) throw new Error(output)
    return v.parse(Secrets, JSON.parse(output.slice(output.indexOf("["), output.lastIndexOf("]") + 1))).some((secret) => secret.name === "NODE_SECRET")
  } catch {
    throw new Failure(`Cloudflare does not tell whether ${name} has a secret already, and a new one could lock the node out of its keys: try again later.`)
  }
}
