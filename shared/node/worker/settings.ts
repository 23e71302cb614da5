import * as v from "valibot"
import { fromHex } from "../../bytes.ts"
import type { Role } from "../../directory/descriptor.ts"
import type { Authorities } from "../../directory/document.ts"
import type { Parameters } from "../../directory/parameters.ts"
import { defaultParameters } from "../../directory/parameters.ts"
import type { NodeConfig } from "../node-core.ts"
import { REPLAY_TAGS_MOST } from "../node-core.ts"

/** What every kind of node is given. */
export interface SecretEnv {
  /** At least 32 characters, the same for the life of the node: its keys are sealed with it (shared/node/sealed-storage.ts). */
  readonly NODE_SECRET?: string
}

/** Text bindings of a mix or dropbox. */
export interface NodeEnv extends SecretEnv {
  /** Where others reach this node, without a slash at the end. */
  readonly NODE_URL: string
  readonly OPERATOR?: string
  readonly PROVIDER?: string
  /** Ed25519 keys in hex, with commas between them. */
  readonly AUTHORITY_KEYS: string
  readonly THRESHOLD?: string
  /** Where the authorities are: the node asks each for `/directory`. With commas between them. */
  readonly DIRECTORY_URLS?: string
  readonly PARAMETERS?: string
  /** The header in which a proxy says where a client comes from, e.g. `cf-connecting-ip` or `x-real-ip`. Without it, sessions are not bounded per address. */
  readonly ADDRESS_HEADER?: string
  /** Packets that one Sphinx key may open, 21 bytes of memory each; 3,000,000 unless given. */
  readonly REPLAY_TAGS?: string
}

const positive = v.pipe(v.number(), v.integer(), v.minValue(1))
const names = Object.keys(defaultParameters) as (keyof Parameters)[]
const overrides = v.partial(v.strictObject(Object.fromEntries(names.map((name) => [name, positive])) as Record<keyof Parameters, typeof positive>))

/** JSON with any of the network's parameters; the others are the defaults. */
export function parametersOf(json: string | undefined): Parameters {
  return { ...defaultParameters, ...v.parse(overrides, JSON.parse(json || "{}")) } as Parameters
}

export function listOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")
}

/** Throws RangeError where a threshold would let nobody's signature, or no number of them, make a directory. */
export function authoritiesOf(env: Pick<NodeEnv, "AUTHORITY_KEYS" | "THRESHOLD">): Authorities {
  const authorities = { keys: listOf(env.AUTHORITY_KEYS).map(fromHex), threshold: Number(env.THRESHOLD || 1) }
  const { keys, threshold } = authorities
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > keys.length) throw new RangeError("threshold out of range")
  return authorities
}

/** Throws RangeError where it is no number of packets. */
export function replayTagsOf({ REPLAY_TAGS }: NodeEnv): number {
  const most = Number(REPLAY_TAGS || REPLAY_TAGS_MOST)
  if (!Number.isInteger(most) || most < 1) throw new RangeError("a key opens no such number of packets")
  return most
}

export function nodeConfig(env: NodeEnv, role: Role, layer: number): NodeConfig {
  return {
    role,
    layer,
    operator: env.OPERATOR ?? "",
    provider: env.PROVIDER ?? "",
    url: env.NODE_URL,
    authorities: authoritiesOf(env),
    parameters: parametersOf(env.PARAMETERS),
  }
}
