import { sha256 } from "@noble/hashes/sha2.js"
import { concat, Reader, sameBytes, WireError, Writer } from "../../shared/bytes.ts"
import { KEY_LENGTH, TAG_LENGTH } from "../../shared/geometry.ts"
import { utf8 } from "../../shared/text.ts"
import { SEALED } from "./hidden-names.ts"
import { NONCE_LENGTH } from "./sealed-record.ts"

/** The header lies in the clear beside the records, twice, and says how their data key is come by. docs/protocol.md section 18.1 */
export const HEADER_KEYS = [`${SEALED}header`, `${SEALED}header-copy`] as const

const MAGIC = utf8("sotto vault\n")
const VERSION = 1
const CHECK_LENGTH = 8
export const VAULT_ID_LENGTH = 16
export const SALT_LENGTH = 16
export const WRAPPED_LENGTH = NONCE_LENGTH + KEY_LENGTH + TAG_LENGTH
export const PASSKEY_SALT_LENGTH = 32
const CREDENTIAL_MAX = 1024
const WRAPS_MAX = 8
const GENERATION_MAX = 0xffff

/** How a passphrase becomes a key: Argon2id with one lane. */
export interface Stretching {
  readonly salt: Uint8Array
  /** KiB. */
  readonly memory: number
  readonly passes: number
}

/** Nobody makes a device compute for hours, or without a cost, by changing a header. */
const MEMORY = [8, 4 << 20] as const
const PASSES = [1, 100] as const

/** The data key, wrapped: as it is, where there is no passphrase yet; under a key from the passphrase; under one from a passkey. */
export type Wrap =
  | { readonly way: "open"; readonly data: Uint8Array }
  | { readonly way: "passphrase"; readonly stretching: Stretching; readonly wrapped: Uint8Array }
  | { readonly way: "passkey"; readonly credential: Uint8Array; readonly salt: Uint8Array; readonly wrapped: Uint8Array }

/** Records that are being sealed anew: those of generation 0 lie in the clear; the key of later ones is wrapped under the data key. */
export interface Moving {
  readonly from: number
  readonly wrapped: Uint8Array | null
}

export interface Header {
  readonly id: Uint8Array
  /** Of what the records hold (migrations.ts). */
  readonly schema: number
  readonly generation: number
  readonly moving: Moving | null
  readonly wraps: readonly Wrap[]
}

const WAYS = ["open", "passphrase", "passkey"] as const

export function encodeHeader({ id, schema, generation, moving, wraps }: Header): Uint8Array {
  const writer = new Writer().put(MAGIC).u16(VERSION).put(id).u16(schema).u16(generation)
  writer.u8(moving === null ? 0 : 1)
  if (moving !== null) writer.u16(moving.from).bytes16(moving.wrapped ?? new Uint8Array())
  writer.u8(wraps.length)
  for (const wrap of wraps) writer.u8(WAYS.indexOf(wrap.way)).bytes16(encodeWrap(wrap))
  const body = writer.done()
  return concat(body, sha256(body).subarray(0, CHECK_LENGTH))
}

/** "newer" where a later version wrote it. Throws WireError where it is damaged. */
export function decodeHeader(bytes: Uint8Array): Header | "newer" {
  if (bytes.length < CHECK_LENGTH) throw new WireError()
  const body = bytes.subarray(0, bytes.length - CHECK_LENGTH)
  if (!sameBytes(sha256(body).subarray(0, CHECK_LENGTH), bytes.subarray(body.length))) throw new WireError()
  const reader = new Reader(body)
  if (!sameBytes(reader.take(MAGIC.length), MAGIC)) throw new WireError()
  const version = reader.u16()
  if (version > VERSION) return "newer"
  if (version !== VERSION) throw new WireError()
  const id = reader.take(VAULT_ID_LENGTH)
  const schema = reader.u16()
  const generation = bounded(reader.u16(), [1, GENERATION_MAX])
  const moving = bounded(reader.u8(), [0, 1]) === 1 ? decodeMoving(reader, generation) : null
  const wraps = Array.from({ length: bounded(reader.u8(), [1, WRAPS_MAX]) }, () => decodeWrap(reader))
  reader.end()
  return { id, schema, generation, moving, wraps }
}

function decodeMoving(reader: Reader, generation: number): Moving {
  const from = bounded(reader.u16(), [0, generation - 1])
  const wrapped = reader.bytes16(WRAPPED_LENGTH)
  if (wrapped.length !== (from === 0 ? 0 : WRAPPED_LENGTH)) throw new WireError()
  return { from, wrapped: from === 0 ? null : wrapped }
}

function encodeWrap(wrap: Wrap): Uint8Array {
  switch (wrap.way) {
    case "open":
      return wrap.data
    case "passphrase":
      return new Writer().put(encodeStretching(wrap.stretching)).put(wrap.wrapped).done()
    case "passkey":
      return new Writer().bytes16(wrap.credential).put(wrap.salt).put(wrap.wrapped).done()
  }
}

function decodeWrap(reader: Reader): Wrap {
  const way = WAYS[reader.u8()]
  const inner = new Reader(reader.bytes16())
  const wrap = way === undefined ? null : decodeWay(way, inner)
  if (wrap === null) throw new WireError()
  inner.end()
  return wrap
}

function decodeWay(way: Wrap["way"], reader: Reader): Wrap {
  switch (way) {
    case "open":
      return { way, data: reader.take(KEY_LENGTH) }
    case "passphrase": {
      const stretching = { salt: reader.take(SALT_LENGTH), memory: bounded(reader.u32(), MEMORY), passes: bounded(reader.u32(), PASSES) }
      return { way, stretching, wrapped: reader.take(WRAPPED_LENGTH) }
    }
    case "passkey":
      return { way, credential: reader.bytes16(CREDENTIAL_MAX), salt: reader.take(PASSKEY_SALT_LENGTH), wrapped: reader.take(WRAPPED_LENGTH) }
  }
}

export function encodeStretching({ salt, memory, passes }: Stretching): Uint8Array {
  return new Writer().put(salt).u32(memory).u32(passes).done()
}

function bounded(value: number, [least, most]: readonly [number, number]): number {
  if (value < least || value > most) throw new WireError()
  return value
}
