import { Reader, WireError, Writer, concat } from "../bytes.ts"
import { littleEndian, signEd25519, verifyEd25519 } from "../ed25519.ts"
import * as geometry from "../geometry.ts"
import type { NodeId, SphinxKey } from "../names.ts"
import { sized } from "../names.ts"
import { utf8 } from "../text.ts"

const LABEL = utf8("sotto v1 descriptor")
const VERSION = 1
const ROLES = { mix: 1, dropbox: 2 } as const
/** A dropbox that takes no new boxes, and is read until the last of the old ones has run out. */
const LEAVING = 3
/** Bytes of a URL, operator or provider. */
export const TEXT_MAX = 200
const KEYS_MAX = 16
/** No descriptor is longer. */
export const DESCRIPTOR_MAX = 2048

export type Role = keyof typeof ROLES

/** A Sphinx key and the key epoch in which packets are made for it. */
export interface EpochKey {
  readonly epoch: number
  readonly key: SphinxKey
}

/** One node as the directory lists it. */
export interface NodeEntry {
  readonly id: NodeId
  readonly role: Role
  /** 1 to 3 of a mix, 0 of a dropbox. */
  readonly layer: number
  readonly operator: string
  readonly provider: string
  /** http(s) URL without a slash at the end. */
  readonly url: string
  /** Rising by epoch. */
  readonly keys: readonly EpochKey[]
  /** Of a dropbox that the authorities are about to let go: no new boxes are placed there, old ones are still read. */
  readonly leaving?: true
}

/** http(s), without user, query, fragment, or a slash at the end. */
export function isNodeUrl(url: string): boolean {
  return /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*[^\s/?#])?$/.test(url)
}

export function writeEntry(writer: Writer, entry: NodeEntry): Writer {
  writer
    .put(entry.id)
    .u8(entry.leaving ? LEAVING : ROLES[entry.role])
    .u8(entry.layer)
    .text16(entry.operator)
    .text16(entry.provider)
    .text16(entry.url)
    .u8(entry.keys.length)
  for (const { epoch, key } of entry.keys) writer.u32(epoch).put(key)
  return writer
}

export function readEntry(reader: Reader): NodeEntry {
  const id = sized("NodeId", reader.take(geometry.NODE_ID_LENGTH))
  const code = reader.u8()
  const role = code === ROLES.mix ? "mix" : code === ROLES.dropbox || code === LEAVING ? "dropbox" : null
  const layer = reader.u8()
  if (role === null || (role === "mix" ? layer < 1 || layer > 3 : layer !== 0)) throw new WireError()
  const operator = reader.text16(TEXT_MAX)
  const provider = reader.text16(TEXT_MAX)
  const url = reader.text16(TEXT_MAX)
  if (!isNodeUrl(url)) throw new WireError()
  const count = reader.u8()
  if (count > KEYS_MAX) throw new WireError()
  const keys: EpochKey[] = []
  for (let i = 0; i < count; i++) {
    const epoch = reader.u32()
    if (i > 0 && epoch <= keys[i - 1]!.epoch) throw new WireError()
    keys.push({ epoch, key: sized("SphinxKey", reader.take(geometry.KEY_LENGTH)) })
  }
  return { id, role, layer, operator, provider, url, keys, ...(code === LEAVING ? { leaving: true } : {}) }
}

/** What a node says of itself: label ‖ version 1 ‖ issued u64 ms ‖ entry, signed by the node id. */
export function signDescriptor(seed: Uint8Array, entry: NodeEntry, issued: number): Uint8Array {
  const body = writeEntry(new Writer().u8(VERSION).u64(issued), entry).done()
  return concat(body, signEd25519(seed, concat(LABEL, body)))
}

/** Throws WireError on anything malformed or not signed by the node it speaks of, and on keys of small order: no packet can be made for them. */
export async function openDescriptor(bytes: Uint8Array): Promise<{ entry: NodeEntry; issued: number }> {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const issued = reader.u64()
  const entry = readEntry(reader)
  const signature = reader.take(geometry.SIGNATURE_LENGTH)
  reader.end()
  const body = bytes.subarray(0, bytes.length - geometry.SIGNATURE_LENGTH)
  if (!(await verifyEd25519(entry.id, concat(LABEL, body), signature))) throw new WireError()
  if (entry.leaving || !entry.keys.every(({ key }) => isUsableKey(key))) throw new WireError()
  return { entry, issued }
}

/**
 * u-coordinates of the points of small order on Curve25519 and its twist: 0, 1, −1, and the two of order 8, with which every
 * X25519 exchange (RFC 7748, section 6.1) ends in zeros.
 */
const PRIME = 2n ** 255n - 19n
const SMALL_ORDER = new Set([
  0n,
  1n,
  PRIME - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
])

/** The top bit of a key is not looked at, and keys above the prime are taken modulo it, as RFC 7748 says. */
function isUsableKey(key: SphinxKey): boolean {
  return !SMALL_ORDER.has((littleEndian(key) % 2n ** 255n) % PRIME)
}
