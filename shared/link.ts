import { concat, Reader, WireError, Writer } from "./bytes.ts"
import { digestSha256, verifyEd25519 } from "./ed25519.ts"
import * as geometry from "./geometry.ts"
import type { NodeId, Packet, Signature } from "./names.ts"
import { sized } from "./names.ts"
import { utf8 } from "./text.ts"

const LABEL = utf8("sotto v1 link")

/** What one node posts to another: sender 32 ‖ time u64 ms ‖ signature 64 ‖ whole packets. design.md section 6. */
export interface LinkRequest {
  readonly sender: NodeId
  /** The sender's clock in ms since 1970: rises strictly from request to request. */
  readonly time: number
  readonly signature: Signature
  /** Whole packets one after the other, as they lie in the request: not copied. */
  readonly packets: Uint8Array
}

/** Signs a message with the key of one node. */
export type Signer = (message: Uint8Array) => Promise<Signature>

/** The body of a request with 1 to LINK_BATCH_MAX packets for `recipient`. */
export async function signLink(sign: Signer, sender: NodeId, recipient: NodeId, time: number, packets: readonly Packet[]): Promise<Uint8Array> {
  if (packets.length < 1 || packets.length > geometry.LINK_BATCH_MAX) throw new RangeError("a request carries 1 to LINK_BATCH_MAX packets")
  // A megabyte: the packets are copied once.
  const body = concat(new Uint8Array(geometry.LINK_HEADER_LENGTH), ...packets)
  const signature = await sign(await signedPart(sender, recipient, time, body.subarray(geometry.LINK_HEADER_LENGTH)))
  body.set(new Writer().put(sender).u64(time).put(signature).done())
  return body
}

/** Throws WireError where the body is anything but a header and 1 to LINK_BATCH_MAX whole packets. */
export function decodeLink(body: Uint8Array): LinkRequest {
  const length = body.length - geometry.LINK_HEADER_LENGTH
  if (length <= 0 || body.length > geometry.LINK_BODY_MAX || length % geometry.PACKET_LENGTH !== 0) throw new WireError()
  const reader = new Reader(body.subarray(0, geometry.LINK_HEADER_LENGTH))
  const sender = sized("NodeId", reader.take(geometry.NODE_ID_LENGTH))
  const time = reader.u64()
  const signature = sized("Signature", reader.take(geometry.SIGNATURE_LENGTH))
  reader.end()
  return { sender, time, signature, packets: body.subarray(geometry.LINK_HEADER_LENGTH) }
}

/** True where the sender signed exactly this for `recipient`. */
export async function verifyLink({ sender, time, signature, packets }: LinkRequest, recipient: NodeId): Promise<boolean> {
  return verifyEd25519(sender, await signedPart(sender, recipient, time, packets), signature)
}

/** The packets of a request, without copying them. */
export function packetsOf({ packets }: LinkRequest): Packet[] {
  return Array.from({ length: packets.length / geometry.PACKET_LENGTH }, (_, i) =>
    sized("Packet", packets.subarray(i * geometry.PACKET_LENGTH, (i + 1) * geometry.PACKET_LENGTH)),
  )
}

/** The recipient is signed, too: what one node was sent is nothing to another. */
async function signedPart(sender: NodeId, recipient: NodeId, time: number, packets: Uint8Array): Promise<Uint8Array> {
  return new Writer().put(LABEL).put(sender).put(recipient).u64(time).put(await digestSha256(packets)).done()
}
