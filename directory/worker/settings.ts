import * as v from "valibot"
import { fromHex } from "../../shared/bytes.ts"
import type { Admission } from "../../shared/directory/admission.ts"
import { isNodeUrl } from "../../shared/directory/descriptor.ts"
import type { SecretEnv } from "../../shared/node/worker/settings.ts"
import { parametersOf } from "../../shared/node/worker/settings.ts"
import type { AuthorityParts } from "../authority.ts"

/** Text bindings of an authority. */
export interface AuthoritySettings extends SecretEnv {
  /** JSON: a list of admissions, with which it begins. What POST /admit changes since counts more. */
  readonly ADMIT?: string
  /** JSON: any of the network's parameters; the others are the defaults. */
  readonly PARAMETERS?: string
  /** JSON: [{ "key": 64 hex digits, "url": without a slash at the end }] of all authorities, this one included or not. Absent: it is alone. */
  readonly AUTHORITY_PEERS?: string
  /** How many authorities must sign, more than half of all; must be what nodes and clients are told. Absent: all of them. */
  readonly THRESHOLD?: string
  /** 64 hex digits: the Ed25519 key that signs the bodies of POST /admit. Absent: nobody may. */
  readonly ADMIN_KEY?: string
}

const url = v.pipe(v.string(), v.check(isNodeUrl))
const hexKey = v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{64}$/), v.transform(fromHex))
const admission = v.variant("role", [
  v.strictObject({ role: v.literal("mix"), layer: v.picklist([1, 2, 3]), url, operator: v.string(), provider: v.string() }),
  v.strictObject({ role: v.literal("dropbox"), layer: v.literal(0), url, operator: v.string(), provider: v.string() }),
])
const peer = v.strictObject({ key: hexKey, url })

const list = <Item>(item: v.GenericSchema<unknown, Item>, json: string | undefined): Item[] => v.parse(v.array(item), JSON.parse(json || "[]"))

/** Throws where a binding is not what it must be. */
export function authorityParts(env: AuthoritySettings): Omit<AuthorityParts, "storage" | "random"> {
  return {
    admitted: list<Admission>(admission, env.ADMIT),
    parameters: parametersOf(env.PARAMETERS),
    peers: list(peer, env.AUTHORITY_PEERS),
    adminKey: env.ADMIN_KEY ? v.parse(hexKey, env.ADMIN_KEY) : null,
    ...(env.THRESHOLD ? { threshold: Number(env.THRESHOLD) } : {}),
  }
}
