import { concat, Reader, WireError, Writer } from "../bytes.ts"
import { signEd25519, verifyEd25519 } from "../ed25519.ts"
import * as geometry from "../geometry.ts"
import { utf8 } from "../text.ts"
import type { Role } from "./descriptor.ts"
import { isNodeUrl, TEXT_MAX } from "./descriptor.ts"

const LABEL = utf8("sotto v1 admit")
const VERSION = 1
const ACTIONS = { admit: 1, remove: 2 } as const
const ROLES = { mix: 1, dropbox: 2 } as const

/** No request is longer. */
export const ADMISSION_MAX = 1024
/** How far the time of a request may be from the authority's clock, ms. */
export const ADMISSION_AGE = 15 * 60_000

/** A node that the authority's operator lets into the network. */
export interface Admission {
  /** Where the node is asked for its descriptor; what it says of itself must name the same URL. */
  readonly url: string
  readonly role: Role
  /** 1 to 3 of a mix, 0 of a dropbox. */
  readonly layer: number
  readonly operator: string
  readonly provider: string
}

/** What an operator asks an authority of theirs, in the body of `POST /admit`. */
export type AdmissionRequest = {
  /** ms since 1970; no two requests may be the same. */
  readonly time: number
  /** The key of the authority that is meant. */
  readonly authority: Uint8Array
} & (
  | {
      readonly action: "admit"
      readonly admission: Admission
      /** Admits the node though it breaks a rule on layers. */
      readonly force: boolean
    }
  | { readonly action: "remove"; readonly url: string }
)

/** Rules on layers (design.md section 6): an operator's mixes stand in one layer, a provider's not in adjacent ones. */
export type LayerRule = "operator-layer" | "provider-adjacent"

/** The answer, as JSON. `node` is the URL of the mix with which a new one breaks the rule. */
export type AdmissionAnswer =
  | { readonly done: "admitted" | "changed" | "unchanged" | "leaving" | "removed"; readonly forced?: LayerRule }
  | { readonly refused: "malformed" | "closed" | "signature" | "authority" | "old" | "replayed" | "full" | "unknown" }
  | { readonly refused: "layers"; readonly rule: LayerRule; readonly node: string }

export function writeAdmission(writer: Writer, { role, layer, url, operator, provider }: Admission): Writer {
  return writer.u8(ROLES[role]).u8(layer).text16(url).text16(operator).text16(provider)
}

export function readAdmission(reader: Reader): Admission {
  const code = reader.u8()
  const role = code === ROLES.mix ? "mix" : code === ROLES.dropbox ? "dropbox" : null
  const layer = reader.u8()
  if (role === null || (role === "mix" ? layer < 1 || layer > 3 : layer !== 0)) throw new WireError()
  const url = readUrl(reader)
  return { url, role, layer, operator: reader.text16(TEXT_MAX), provider: reader.text16(TEXT_MAX) }
}

function readUrl(reader: Reader): string {
  const url = reader.text16(TEXT_MAX)
  if (!isNodeUrl(url)) throw new WireError()
  return url
}

/**
 * request = version 1 ‖ time u64 ms ‖ authority key 32 ‖ action 1 ‖ (admit: force 1 ‖ admission; remove: text16 URL) ‖ signature 64,
 * the signature by the operator's admin key (32-byte seed) over the label and all before it.
 */
export function signAdmission(seed: Uint8Array, request: AdmissionRequest): Uint8Array {
  const writer = new Writer().u8(VERSION).u64(request.time).put(request.authority).u8(ACTIONS[request.action])
  if (request.action === "remove") writer.text16(request.url)
  else writeAdmission(writer.u8(request.force ? 1 : 0), request.admission)
  const body = writer.done()
  return concat(body, signEd25519(seed, concat(LABEL, body)))
}

/** null where the request is not signed by this admin key. Throws WireError where it is malformed. */
export async function openAdmission(bytes: Uint8Array, adminKey: Uint8Array): Promise<AdmissionRequest | null> {
  if (bytes.length > ADMISSION_MAX) throw new WireError()
  const reader = new Reader(bytes)
  const request = readRequest(reader)
  const signature = reader.take(geometry.SIGNATURE_LENGTH)
  reader.end()
  const body = bytes.subarray(0, bytes.length - geometry.SIGNATURE_LENGTH)
  return (await verifyEd25519(adminKey, concat(LABEL, body), signature)) ? request : null
}

function readRequest(reader: Reader): AdmissionRequest {
  if (reader.u8() !== VERSION) throw new WireError()
  const common = { time: reader.u64(), authority: reader.take(geometry.KEY_LENGTH) }
  const action = reader.u8()
  if (action === ACTIONS.remove) return { ...common, action: "remove", url: readUrl(reader) }
  if (action !== ACTIONS.admit) throw new WireError()
  const force = reader.u8()
  if (force > 1) throw new WireError()
  return { ...common, action: "admit", force: force === 1, admission: readAdmission(reader) }
}
