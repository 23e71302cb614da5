import { get } from "../../cli/commands/network/description.ts"
import { describedNode } from "../../cli/commands/network/descriptor-text.ts"
import { Failure } from "../../cli/failure.ts"
import { toHex } from "../../shared/bytes.ts"
import type { NodeSettings } from "./settings.ts"

/**
 * What an operator does next with a node that runs: a mix or dropbox is admitted, an authority's key goes into the network's
 * description. `from` is where the node is asked, `url` where others will find it. Throws Failure.
 */
export async function whatNext(settings: NodeSettings, url: string, from: string): Promise<string[]> {
  return settings.kind === "directory" ? ofAuthority(settings, url, from) : ofNode(settings, url, from)
}

async function ofNode({ kind, layer, operator, provider, network }: NodeSettings, url: string, from: string): Promise<string[]> {
  const { entry, text } = await describedNode(from)
  const directories = network!.authorities.map((authority) => authority.url)
  return [
    `${kind === "mix" ? `Mix in layer ${layer}` : "Dropbox"}, ready to be admitted:`,
    "",
    `  URL       ${url}`,
    `  Id        ${toHex(entry.id)}`,
    `  Operator  ${operator}`,
    `  Provider  ${provider}`,
    "",
    "Its descriptor, for those who admit it:",
    "",
    text,
    "",
    `Each of the ${directories.length === 1 ? "authority's operators admits" : `${directories.length} authorities' operators admits`} it with:`,
    "",
    `npm run sotto -- network admit ${url} \\`,
    `  ${kind === "mix" ? `--layer ${layer} ` : ""}--operator ${shell(operator)} --provider ${shell(provider)} \\`,
    `  --directory ${directories.length === 1 ? directories[0]! : "URL-OF-THEIR-AUTHORITY"} --key ADMIN-KEY-FILE`,
  ]
}

async function ofAuthority({ network }: NodeSettings, url: string, from: string): Promise<string[]> {
  const response = await get(`${from}/authority`)
  const { key } = (await response?.json().catch(() => ({}))) as { key?: string }
  if (!key || !/^[0-9a-f]{64}$/.test(key)) throw new Failure(`The authority at ${from} does not tell its key.`)
  const lines = ["Directory authority:", "", `  URL  ${url}`, `  Key  ${key}`, ""]
  const listed = network?.authorities.some((authority) => authority.key === key)
  if (listed) return [...lines, "It is one of the authorities of the network's description."]
  return [
    ...lines,
    "When all authorities of the network run, write the network's description:",
    "",
    "npm run sotto -- network describe NAME --threshold T --out network.json \\",
    `  --directory ${url},…`,
    "",
    "and give it to each of them: the same command again, with --network network.json.",
  ]
}

/** One word of a shell. */
function shell(text: string): string {
  return /^[\w.,:@/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
