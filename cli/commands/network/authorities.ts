import type { Arguments } from "../../arguments.ts"
import { Failure } from "../../failure.ts"
import { describedBy, get } from "./description.ts"

export interface Authority {
  /** No slash at the end. */
  readonly url: string
  /** Hex. */
  readonly key: string
}

/** The authorities named by --directory (URLs with commas), or all of --network, each with its key. Throws Failure. */
export async function authoritiesOption({ options }: Arguments): Promise<Authority[]> {
  const network = options.has("network") ? await describedBy(options.get("network")!) : null
  const named = options.get("directory")?.split(",").map((url) => url.trim().replace(/\/$/, "")).filter((url) => url !== "")
  const listed = network?.authorities.map(({ key, url }) => ({ key, url: url.replace(/\/$/, "") })) ?? []
  if (named === undefined || named.length === 0) {
    if (network === null) throw new Failure("--directory is missing: the URL of the authority (several: with commas), or --network for all of them.")
    return listed
  }
  return Promise.all(
    named.map(async (url) => {
      const known = listed.find((authority) => authority.url === url)
      if (network !== null && known === undefined) throw new Failure(`${url} is no authority of that network.`)
      return known ?? { url, key: await keyAt(url) }
    }),
  )
}

async function keyAt(url: string): Promise<string> {
  if (!/^https?:\/\//.test(url)) throw new Failure(`"${url}" is not the URL of an authority.`)
  const response = await get(`${url}/authority`)
  const { key } = ((await response?.json().catch(() => null)) ?? {}) as { key?: unknown }
  if (typeof key !== "string" || !/^[0-9a-f]{64}$/.test(key)) throw new Failure(`No authority answers at ${url}.`)
  return key
}
