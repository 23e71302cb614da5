import { sha256 } from "@noble/hashes/sha2.js"
import { compareBytes, concat, Reader, sameBytes, WireError, Writer } from "../shared/bytes.ts"
import type { NodeEntry } from "../shared/directory/descriptor.ts"
import { DESCRIPTOR_MAX, openDescriptor, TEXT_MAX } from "../shared/directory/descriptor.ts"
import type { Authorities } from "../shared/directory/document.ts"
import { AUTHORITIES_MAX, networkId, NODES_MAX } from "../shared/directory/document.ts"
import type { Parameters } from "../shared/directory/parameters.ts"
import { readParameters, writeParameters } from "../shared/directory/parameters.ts"
import { signEd25519, verifyEd25519 } from "../shared/ed25519.ts"
import * as geometry from "../shared/geometry.ts"
import type { Signature } from "../shared/names.ts"
import { sized } from "../shared/names.ts"
import type { Identity } from "../shared/node/identity.ts"
import { utf8 } from "../shared/text.ts"

const VIEW = utf8("sotto v1 view")
const BUNDLE = utf8("sotto v1 views")
const VERSION = 1
/** No bundle is longer: a thousand nodes seen by two dozen authorities. */
export const BUNDLE_MAX = 8 * geometry.DIRECTORY_MAX
export const SIGNED_LENGTH = geometry.KEY_LENGTH + geometry.HASH_LENGTH + geometry.SIGNATURE_LENGTH

/** A node as one authority lists it: operator, provider and leaving are the authority's word, all else the node's own, signed. */
export interface ListedNode {
  readonly entry: NodeEntry
  /** When the descriptor was made, by the node's clock. */
  readonly issued: number
  readonly descriptor: Uint8Array
}

/** What one authority would put into the document of one slot. */
export interface View {
  readonly author: Uint8Array
  /** When the document will be valid, ms. */
  readonly slot: number
  /** SHA-256 of the body that the document follows; zeros where there is none. */
  readonly previous: Uint8Array
  readonly parameters: Parameters
  /** Rising by id; no URL twice. */
  readonly nodes: readonly ListedNode[]
  /** As it was signed, and the SHA-256 of that. */
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
}

/**
 * version 1 ‖ network id 32 ‖ slot u64 ‖ author 32 ‖ previous 32 ‖ parameters ‖ count u16 ‖ (bytes16 descriptor ‖ text16 operator ‖
 * text16 provider ‖ leaving u8)…, rising by node id ‖ signature 64 by the author over the label and all before it.
 */
export function signView(identity: Identity, network: Uint8Array, view: Pick<View, "slot" | "previous" | "parameters" | "nodes">): View {
  const nodes = [...view.nodes].sort((a, b) => compareBytes(a.entry.id, b.entry.id))
  const writer = new Writer().u8(VERSION).put(network).u64(view.slot).put(identity.id).put(view.previous)
  writeParameters(writer, view.parameters).u16(nodes.length)
  for (const { descriptor, entry } of nodes) writer.bytes16(descriptor).text16(entry.operator).text16(entry.provider).u8(entry.leaving ? 1 : 0)
  const bytes = signed(VIEW, identity, writer.done())
  return { ...view, nodes, author: identity.id, bytes, hash: sha256(bytes) }
}

/** Throws WireError unless it is well formed, of this network, and signed by one of its authorities, and each descriptor by its node. */
export async function openView(bytes: Uint8Array, authorities: Authorities): Promise<View> {
  const reader = new Reader(await opened(VIEW, bytes, geometry.DIRECTORY_MAX, authorities))
  const { slot, author } = readHead(reader)
  const previous = reader.take(geometry.HASH_LENGTH)
  const parameters = readParameters(reader)
  const count = reader.u16()
  if (count > NODES_MAX) throw new WireError()
  const nodes: ListedNode[] = []
  for (let i = 0; i < count; i++) {
    const node = await readNode(reader)
    if (i > 0 && compareBytes(nodes[i - 1]!.entry.id, node.entry.id) >= 0) throw new WireError()
    nodes.push(node)
  }
  reader.end()
  if (new Set(nodes.map(({ entry }) => entry.url)).size < nodes.length) throw new WireError()
  return { author, slot, previous, parameters, nodes, bytes, hash: sha256(bytes) }
}

async function readNode(reader: Reader): Promise<ListedNode> {
  const descriptor = reader.bytes16(DESCRIPTOR_MAX)
  const { entry, issued } = await openDescriptor(descriptor)
  const operator = reader.text16(TEXT_MAX)
  const provider = reader.text16(TEXT_MAX)
  const leaving = reader.u8()
  if (leaving > (entry.role === "dropbox" ? 1 : 0)) throw new WireError()
  return { entry: { ...entry, operator, provider, ...(leaving === 1 ? { leaving: true } : {}) }, issued, descriptor }
}

/** Who signed a view, by its own word. Throws WireError. */
export function authorOf(bytes: Uint8Array): Uint8Array {
  return readHead(new Reader(bytes)).author
}

/** The views that an authority received directly in time, as they were signed. */
export interface Bundle {
  readonly author: Uint8Array
  readonly slot: number
  readonly views: readonly Uint8Array[]
}

/** version 1 ‖ network id 32 ‖ slot u64 ‖ author 32 ‖ count u8 ‖ bytes32 view… ‖ signature 64, as that of a view. */
export function signBundle(identity: Identity, network: Uint8Array, slot: number, views: readonly Uint8Array[]): Uint8Array {
  const writer = new Writer().u8(VERSION).put(network).u64(slot).put(identity.id).u8(views.length)
  for (const view of views) writer.bytes32(view)
  return signed(BUNDLE, identity, writer.done())
}

/** Throws WireError as openView; the views in it are still to be opened. */
export async function openBundle(bytes: Uint8Array, authorities: Authorities): Promise<Bundle> {
  const reader = new Reader(await opened(BUNDLE, bytes, BUNDLE_MAX, authorities))
  const { slot, author } = readHead(reader)
  const count = reader.u8()
  // Two views of one authority are the proof that it lies, and enough of it.
  if (count > 2 * AUTHORITIES_MAX) throw new WireError()
  const views = Array.from({ length: count }, () => reader.bytes32(geometry.DIRECTORY_MAX))
  reader.end()
  return { author, slot, views }
}

/** author 32 ‖ SHA-256 of the body 32 ‖ its signature of the body 64, as it stands in the document. */
export function encodeSigned(author: Uint8Array, body: Uint8Array, signature: Signature): Uint8Array {
  return concat(author, sha256(body), signature)
}

export function decodeSigned(bytes: Uint8Array): { author: Uint8Array; hash: Uint8Array; signature: Signature } {
  const reader = new Reader(bytes)
  const author = reader.take(geometry.KEY_LENGTH)
  const hash = reader.take(geometry.HASH_LENGTH)
  const signature = sized("Signature", reader.take(geometry.SIGNATURE_LENGTH))
  reader.end()
  return { author, hash, signature }
}

export function isAuthority(key: Uint8Array, { keys }: Authorities): boolean {
  return keys.some((known) => sameBytes(known, key))
}

function signed(label: Uint8Array, { seed }: Identity, body: Uint8Array): Uint8Array {
  return concat(body, signEd25519(seed, concat(label, body)))
}

/** The signed part, once the signature of the author that it names holds. */
async function opened(label: Uint8Array, bytes: Uint8Array, max: number, authorities: Authorities): Promise<Uint8Array> {
  if (bytes.length > max) throw new WireError()
  const body = bytes.subarray(0, -geometry.SIGNATURE_LENGTH)
  const reader = new Reader(body)
  if (reader.u8() !== VERSION) throw new WireError()
  const network = reader.take(geometry.HASH_LENGTH)
  reader.u64()
  const author = reader.take(geometry.KEY_LENGTH)
  if (!sameBytes(network, networkId(authorities)) || !isAuthority(author, authorities)) throw new WireError()
  if (!(await verifyEd25519(author, concat(label, body), bytes.subarray(body.length)))) throw new WireError()
  return body
}

/** What `opened` has looked at. */
function readHead(reader: Reader): { slot: number; author: Uint8Array } {
  reader.take(1 + geometry.HASH_LENGTH)
  return { slot: reader.u64(), author: reader.take(geometry.KEY_LENGTH) }
}

