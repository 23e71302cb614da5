import { existsSync, writeFileSync } from "node:fs"
import { idOf } from "../../../messenger/network-description.ts"
import type { NetworkDescription } from "../../../messenger/ports.ts"
import { fromHex } from "../../../shared/bytes.ts"
import { openDocument } from "../../../shared/directory/document.ts"
import { numberOption } from "../../arguments.ts"
import type { Call } from "../../command.ts"
import { Failure } from "../../failure.ts"
import { authoritiesOption } from "./authorities.ts"
import { get } from "./description.ts"

/** More gateways than an app needs to find the directory, few enough for its policy. */
const DIRECTORIES = 60

/**
 * `sotto network describe NAME`: writes what apps and nodes are told of a network. Without a directory yet, the authorities alone;
 * made again later, the gateways, too: an app connects to no other.
 */
export async function describe(call: Call, name: string): Promise<void> {
  const authorities = await authoritiesOption(call.args)
  if (new Set(authorities.map(({ key }) => key)).size < authorities.length) throw new Failure("Two of these authorities are one.")
  const threshold = numberOption(call.args, "threshold", Math.floor(authorities.length / 2) + 1, 1, authorities.length)
  if (2 * threshold <= authorities.length) {
    throw new Failure(`--threshold must be more than half of the ${authorities.length} authorities: with less, two directories of one time could be signed.`)
  }
  const gateways = await gatewaysOf(authorities, threshold)
  const directories = [...authorities.map(({ url }) => url), ...gateways].slice(0, DIRECTORIES).map((url) => `${url}/directory`)
  const network: NetworkDescription = { name, authorities, threshold, directories }
  const json = `${JSON.stringify(network, null, 2)}\n`
  const file = call.args.options.get("out")
  if (file === undefined) call.print(json.trimEnd())
  else {
    if (existsSync(file)) call.note(`${file} is replaced.`)
    writeFileSync(file, json)
  }
  call.note(`Network ${idOf(network)}: ${threshold} of ${authorities.length} authorities sign; ${gateways.length} gateways so far.`)
}

async function gatewaysOf(authorities: readonly { readonly key: string; readonly url: string }[], threshold: number): Promise<string[]> {
  const trusted = { keys: authorities.map(({ key }) => fromHex(key)), threshold }
  for (const { url } of authorities) {
    const response = await get(`${url}/directory`)
    if (response === null) continue
    const directory = await openDocument(new Uint8Array(await response.arrayBuffer()), trusted).catch(() => null)
    if (directory !== null) return directory.layers[0].map((node) => node.url)
  }
  return []
}
