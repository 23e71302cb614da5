import { WireError } from "./bytes.ts"
import * as geometry from "./geometry.ts"

declare const brand: unique symbol
type Named<Name extends string> = Uint8Array & { readonly [brand]: Name }

/** The Ed25519 public key of a node: its name, its address in Sphinx headers, and what its requests verify under. */
export type NodeId = Named<"NodeId">
/** SHA-256 of a session's secret: the address of a client at its gateway. */
export type SessionId = Named<"SessionId">
/** An Ed25519 public key: the address of a box, and what the write to it verifies under. */
export type BoxId = Named<"BoxId">
/** An X25519 public key under which Sphinx layers are made. */
export type SphinxKey = Named<"SphinxKey">
/** A whole packet, PACKET_LENGTH bytes. */
export type Packet = Named<"Packet">
/** A single-use reply block, SURB_LENGTH bytes. */
export type Surb = Named<"Surb">
/** A sealed block, CONTENT_LENGTH bytes. */
export type Content = Named<"Content">
/** An Ed25519 signature. */
export type Signature = Named<"Signature">

/** The plaintext of a box, BLOCK_LENGTH bytes. */
export type Block = Named<"Block">

interface Lengths {
  NodeId: NodeId
  SessionId: SessionId
  BoxId: BoxId
  SphinxKey: SphinxKey
  Packet: Packet
  Surb: Surb
  Content: Content
  Signature: Signature
  Block: Block
}

const lengths: Record<keyof Lengths, number> = {
  NodeId: geometry.NODE_ID_LENGTH,
  SessionId: geometry.SESSION_ID_LENGTH,
  BoxId: geometry.BOX_ID_LENGTH,
  SphinxKey: geometry.KEY_LENGTH,
  Packet: geometry.PACKET_LENGTH,
  Surb: geometry.SURB_LENGTH,
  Content: geometry.CONTENT_LENGTH,
  Signature: geometry.SIGNATURE_LENGTH,
  Block: geometry.BLOCK_LENGTH,
}

/** The one border where bytes get a name. Throws WireError where the length is another. */
export function sized<Name extends keyof Lengths>(name: Name, bytes: Uint8Array): Lengths[Name] {
  if (bytes.length !== lengths[name]) throw new WireError()
  return bytes as Lengths[Name]
}
