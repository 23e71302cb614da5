import { sha256 } from "@noble/hashes/sha2.js"
import { compareBytes, concat, Reader, sameBytes, toHex, WireError, Writer } from "../bytes.ts"
import { signEd25519, verifyEd25519 } from "../ed25519.ts"
import * as geometry from "../geometry.ts"
import type { NodeId, Signature } from "../names.ts"
import { utf8 } from "../text.ts"
import type { NodeEntry } from "./descriptor.ts"
import { readEntry, writeEntry } from "./descriptor.ts"
import type { Parameters } from "./parameters.ts"
import { readParameters, writeParameters } from "./parameters.ts"

const LABEL = utf8("sotto v1 directory")
const NETWORK = utf8("sotto v1 network")
const VERSION = 1
export const NODES_MAX = 1000
export const AUTHORITIES_MAX = 32

/** The signed list of nodes of one directory epoch. */
export interface DirectoryBody {
  readonly network: Uint8Array
  /** Rises with each document: with each slot that passed since the one before. */
  readonly epoch: number
  /** ms since 1970. */
  readonly validFrom: number
  readonly validUntil: number
  /** SHA-256 of the body before; zeros in the first. */
  readonly previous: Uint8Array
  readonly parameters: Parameters
  /** Rising by id. */
  readonly nodes: readonly NodeEntry[]
}

export interface Directory extends DirectoryBody {
  /** SHA-256 of the signed body: the name of this directory in conversations. */
  readonly hash: Uint8Array
  readonly byId: ReadonlyMap<string, NodeEntry>
  /** Those that take new boxes. */
  readonly dropboxes: readonly NodeEntry[]
  /** Mixes of layer 1, 2 and 3. */
  readonly layers: readonly [readonly NodeEntry[], readonly NodeEntry[], readonly NodeEntry[]]
}

export interface Authorities {
  /** Ed25519 public keys. */
  readonly keys: readonly Uint8Array[]
  /** How many of them must have signed. */
  readonly threshold: number
}

/** SHA-256 over threshold and sorted authority keys: the name of a network, 32 bytes. design.md section 6. */
export function networkId(authorities: Authorities): Uint8Array {
  const keys = [...authorities.keys].sort(compareBytes)
  return sha256(concat(new Writer().put(NETWORK).u8(authorities.threshold).u8(keys.length).done(), ...keys))
}

export function encodeBody(body: DirectoryBody): Uint8Array {
  const writer = new Writer().u8(VERSION).put(body.network).u32(body.epoch).u64(body.validFrom).u64(body.validUntil).put(body.previous)
  writeParameters(writer, body.parameters)
  const nodes = [...body.nodes].sort((a, b) => compareBytes(a.id, b.id))
  writer.u16(nodes.length)
  for (const node of nodes) writeEntry(writer, node)
  return writer.done()
}

export function signBody(seed: Uint8Array, body: Uint8Array): Signature {
  return signEd25519(seed, concat(LABEL, body))
}

/** True where `key` signed the body of a document. Never throws. */
export function verifyBody(key: Uint8Array, body: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return verifyEd25519(key, concat(LABEL, body), signature)
}

/** document = body (length 4) ‖ count 1 ‖ (authority key 32 ‖ signature 64)… */
export function encodeDocument(body: Uint8Array, signatures: readonly { key: Uint8Array; signature: Signature }[]): Uint8Array {
  const writer = new Writer().bytes32(body).u8(signatures.length)
  for (const { key, signature } of signatures) writer.put(key).put(signature)
  return writer.done()
}

/** Throws WireError unless the document is well formed, of this network, and signed by at least the threshold of its authorities. */
export async function openDocument(bytes: Uint8Array, authorities: Authorities): Promise<Directory> {
  if (bytes.length > geometry.DIRECTORY_MAX) throw new WireError()
  const reader = new Reader(bytes)
  const bodyBytes = reader.bytes32(geometry.DIRECTORY_MAX)
  const count = reader.u8()
  if (count > AUTHORITIES_MAX) throw new WireError()
  const [signed, seen] = [new Set<string>(), new Set<string>()]
  for (let i = 0; i < count; i++) {
    const key = reader.take(geometry.KEY_LENGTH)
    const signature = reader.take(geometry.SIGNATURE_LENGTH)
    // Of each authority the first: anybody may bring a megabyte, and 32 signatures by one name must not cost as much as by 32.
    const counts = !seen.has(toHex(key)) && authorities.keys.some((authority) => sameBytes(authority, key))
    seen.add(toHex(key))
    if (counts && (await verifyBody(key, bodyBytes, signature))) signed.add(toHex(key))
  }
  reader.end()
  if (signed.size < authorities.threshold) throw new WireError()
  const body = decodeBody(bodyBytes)
  if (!sameBytes(body.network, networkId(authorities))) throw new WireError()
  return indexed(body, sha256(bodyBytes))
}

/** Throws WireError. */
export function decodeBody(bytes: Uint8Array): DirectoryBody {
  const reader = new Reader(bytes)
  if (reader.u8() !== VERSION) throw new WireError()
  const network = reader.take(geometry.HASH_LENGTH)
  const epoch = reader.u32()
  const validFrom = reader.u64()
  const validUntil = reader.u64()
  const previous = reader.take(geometry.HASH_LENGTH)
  const parameters = readParameters(reader)
  const count = reader.u16()
  if (count > NODES_MAX || validUntil <= validFrom) throw new WireError()
  const nodes: NodeEntry[] = []
  for (let i = 0; i < count; i++) {
    const node = readEntry(reader)
    if (i > 0 && compareBytes(nodes[i - 1]!.id, node.id) >= 0) throw new WireError()
    nodes.push(node)
  }
  reader.end()
  return { network, epoch, validFrom, validUntil, previous, parameters, nodes }
}

function indexed(body: DirectoryBody, hash: Uint8Array): Directory {
  const layer = (n: number) => body.nodes.filter((node) => node.role === "mix" && node.layer === n)
  return {
    ...body,
    hash,
    byId: new Map(body.nodes.map((node) => [toHex(node.id), node])),
    dropboxes: body.nodes.filter((node) => node.role === "dropbox" && !node.leaving),
    layers: [layer(1), layer(2), layer(3)],
  }
}

export function nodeOf(directory: Directory, id: NodeId | Uint8Array): NodeEntry | null {
  return directory.byId.get(toHex(id)) ?? null
}

