import { existsSync, readFileSync } from "node:fs"
import type { Arguments, OptionKinds } from "../../cli/arguments.ts"
import { numberOption } from "../../cli/arguments.ts"
import { publicAdminKey } from "../../cli/commands/network/admin-key.ts"
import { describedBy } from "../../cli/commands/network/description.ts"
import { Failure } from "../../cli/failure.ts"
import type { NetworkDescription } from "../../messenger/ports.ts"
import { isNodeUrl } from "../../shared/directory/descriptor.ts"
import { parametersOf } from "../../shared/node/worker/settings.ts"
import type { NodeKind } from "./kinds.ts"

/** Options by which a node is described, wherever it runs. */
export const SETTINGS: OptionKinds = {
  network: "value",
  layer: "value",
  operator: "value",
  provider: "value",
  boxes: "value",
  shards: "value",
  "admin-key": "value",
  parameters: "value",
  url: "value",
}

export const SETTINGS_HELP = `  --network FILE_OR_URL   the network's description: a network.json, or the URL
                          of its app (a directory authority starts without)
  --layer N               of a mix: 1 to 3
  --operator NAME         who runs the node, as everybody will read it
  --provider NAME         whose machines it runs on
  --boxes N               of a dropbox: for how many boxes it has room, of
                          4.2 kB each (default 2000000)
  --shards N              of a dropbox: objects over which they are spread, for
                          good (default 4; at most 2000000 boxes in one)
  --admin-key KEY         of an authority: the key of whoever admits nodes, in
                          hex or as a file ("npm run sotto -- network key")
  --parameters JSON       of an authority: what the network agrees on, where it
                          differs from the defaults; also the name of a file`

/** What an operator decides of a node. */
export interface NodeSettings {
  readonly kind: NodeKind
  /** 1 to 3 of a mix, else 0. */
  readonly layer: number
  readonly operator: string
  readonly provider: string
  /** Of dropboxes; null for the default. */
  readonly boxes: number | null
  readonly shards: number | null
  /** null of an authority that is to be described only after it has made its key. */
  readonly network: NetworkDescription | null
  /** Hex; of authorities. */
  readonly adminKey: string | null
  /** JSON. */
  readonly parameters: string | null
}

const NAMES = 100

/** Throws Failure, also for what makes sense only for another kind of node. */
export async function settingsFrom(kind: NodeKind, args: Arguments): Promise<NodeSettings> {
  const isDirectory = kind === "directory"
  for (const name of kind === "dropbox" ? [] : ["boxes", "shards"]) {
    if (args.options.has(name)) throw new Failure(`The option --${name} is not for ${nounOf(kind)}.`)
  }
  for (const name of isDirectory ? ["layer", "operator", "provider"] : ["admin-key", "parameters"]) {
    if (args.options.has(name)) throw new Failure(`The option --${name} is not for ${nounOf(kind)}.`)
  }
  if (kind === "dropbox" && args.options.has("layer")) throw new Failure("The option --layer is not for a dropbox.")
  const layer = kind === "mix" ? numberOption(args, "layer", 0, 1, 3) : 0
  if (kind === "mix" && layer === 0) throw new Failure("A mix needs --layer, 1 to 3.")
  const network = args.options.get("network")
  if (network === undefined && !isDirectory) throw new Failure(`${capital(nounOf(kind))} needs --network: a network.json, or the URL of the network's app.`)
  const admin = args.options.get("admin-key")
  if (isDirectory && admin === undefined) {
    throw new Failure("An authority needs --admin-key: \"npm run sotto -- network key --out FILE\" makes one.")
  }
  return {
    kind,
    layer,
    operator: isDirectory ? "" : nameOption(args, "operator", "who runs the node"),
    provider: isDirectory ? "" : nameOption(args, "provider", "whose machines it runs on"),
    boxes: numberOption(args, "boxes", 0, 1000, 500_000_000) || null,
    shards: numberOption(args, "shards", 0, 1, 255) || null,
    network: network === undefined ? null : await describedBy(network),
    adminKey: admin === undefined ? null : publicAdminKey(admin),
    parameters: parametersIn(args.options.get("parameters")),
  }
}

/** The node's URL as others will use it, or null where none is given. Throws Failure. */
export function urlOption(args: Arguments): string | null {
  const url = args.options.get("url")?.replace(/\/$/, "")
  if (url === undefined) return null
  if (!isNodeUrl(url) || url.length > 200) throw new Failure(`"${url}" is not a URL under which a node can be reached: https://mix.example.`)
  return url
}

/** Text bindings; shared/node/worker/settings.ts and directory/worker/settings.ts say what they mean. */
export function bindingsOf(settings: NodeSettings, url: string, addressHeader: string | null): Record<string, string> {
  const { kind, layer, operator, provider, boxes, shards, network, adminKey, parameters } = settings
  const threshold: Record<string, string> = network === null ? {} : { THRESHOLD: String(network.threshold) }
  const authorities = (network?.authorities ?? []).map(({ key, url }) => ({ key, url: url.replace(/\/$/, "") }))
  if (kind === "directory") {
    return {
      ADMIN_KEY: adminKey ?? "",
      ...(network === null ? {} : { AUTHORITY_PEERS: JSON.stringify(authorities) }),
      ...threshold,
      ...(parameters === null ? {} : { PARAMETERS: parameters }),
    }
  }
  return {
    NODE_URL: url,
    ...(kind === "mix" ? { LAYER: String(layer) } : {}),
    OPERATOR: operator,
    PROVIDER: provider,
    AUTHORITY_KEYS: authorities.map(({ key }) => key).join(","),
    ...threshold,
    DIRECTORY_URLS: authorities.map(({ url }) => url).join(","),
    ...(addressHeader === null || kind !== "mix" ? {} : { ADDRESS_HEADER: addressHeader }),
    ...(boxes === null ? {} : { BOXES: String(boxes) }),
    ...(shards === null ? {} : { SHARDS: String(shards) }),
  }
}

export function nounOf(kind: NodeKind): string {
  return kind === "directory" ? "a directory authority" : `a ${kind}`
}

function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1)
}

function nameOption(args: Arguments, name: string, what: string): string {
  const text = args.options.get(name)?.trim() ?? ""
  if (text === "") throw new Failure(`--${name} is missing: ${what}.`)
  if (text.length > NAMES) throw new Failure(`--${name} takes at most ${NAMES} characters.`)
  return text
}

function parametersIn(text: string | undefined): string | null {
  if (text === undefined) return null
  const json = existsSync(text) ? readFileSync(text, "utf8") : text
  try {
    parametersOf(json)
    return JSON.stringify(JSON.parse(json))
  } catch {
    throw new Failure("--parameters takes JSON with parameters of the network, such as {\"meanDelay\":500}; docs/protocol.md lists them.")
  }
}
