import { existsSync, readFileSync } from "node:fs"
import { parseDescription } from "../../../messenger/network-description.ts"
import type { NetworkDescription } from "../../../messenger/ports.ts"
import { Failure } from "../../failure.ts"
import { loadNetwork } from "../../network.ts"

/** A network's description from a file, or from the app at this URL. Throws Failure. */
export async function describedBy(fileOrUrl: string): Promise<NetworkDescription> {
  if (/^https?:\/\//.test(fileOrUrl)) return (await loadNetwork(fileOrUrl.replace(/\/network\.json(?=#|$)/, ""))).network
  if (!existsSync(fileOrUrl)) throw new Failure(`There is no file ${fileOrUrl}; a network is named by its network.json or by the URL of its app.`)
  const network = parseDescription(readFileSync(fileOrUrl, "utf8"))
  if (network === null) throw new Failure(`${fileOrUrl} is not the description of a network.`)
  return network
}

/** GETs a document of a node or authority, or null where it gives none. */
export async function get(url: string, timeout = 5000): Promise<Response | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeout) })
    if (response.ok) return response
    await response.body?.cancel()
  } catch {
    // Down, or too slow.
  }
  return null
}
