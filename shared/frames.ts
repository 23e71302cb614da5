import { Reader, WireError, Writer } from "./bytes.ts"
import * as geometry from "./geometry.ts"
import type { NodeId, Packet, SessionId } from "./names.ts"
import { sized } from "./names.ts"

/** What a client and its gateway say to each other: one frame is one binary WebSocket message, type 1 ‖ body. */
const VERSION = 1
const HELLO = 0x01
const CLIENT_PACKET = 0x02
const GET_DIRECTORY = 0x03
const WELCOME = 0x81
const GATEWAY_PACKET = 0x82
const DIRECTORY = 0x83

export type ClientFrame =
  /** First of all: version 1 ‖ secret 32. The session's id is the secret's hash; who shows the secret again resumes it. */
  | { readonly type: "hello"; readonly secret: Uint8Array }
  /** `receipt` (4 bytes) is receiptOf the packet that came last over this connection; zeros where it is left out. */
  | { readonly type: "packet"; readonly packet: Packet; readonly receipt?: Uint8Array }
  /** Asks for the directory document, at the client's fixed times. */
  | { readonly type: "get-directory" }

export type GatewayFrame =
  | { readonly type: "welcome"; readonly node: NodeId; readonly session: SessionId; readonly resumed: boolean; readonly time: number }
  | { readonly type: "packet"; readonly packet: Packet }
  | { readonly type: "directory"; readonly document: Uint8Array }

/** What only who has read a packet can say of it: the beginning of its gamma, which is as good as random. */
export function receiptOf(packet: Packet): Uint8Array {
  return packet.slice(geometry.KEY_LENGTH, geometry.KEY_LENGTH + geometry.RECEIPT_LENGTH)
}

export function encodeClientFrame(frame: ClientFrame): Uint8Array {
  switch (frame.type) {
    case "hello":
      return new Writer().u8(HELLO).u8(VERSION).put(frame.secret).done()
    case "packet":
      return new Writer().u8(CLIENT_PACKET).put(frame.receipt ?? new Uint8Array(geometry.RECEIPT_LENGTH)).put(frame.packet).done()
    case "get-directory":
      return new Writer().u8(GET_DIRECTORY).done()
  }
}

/** Throws WireError. */
export function decodeClientFrame(bytes: Uint8Array): ClientFrame {
  const reader = new Reader(bytes)
  const frame = clientFrame(reader)
  reader.end()
  return frame
}

function clientFrame(reader: Reader): ClientFrame {
  switch (reader.u8()) {
    case HELLO:
      if (reader.u8() !== VERSION) throw new WireError()
      return { type: "hello", secret: reader.take(geometry.KEY_LENGTH) }
    case CLIENT_PACKET:
      return { type: "packet", receipt: reader.take(geometry.RECEIPT_LENGTH), packet: sized("Packet", reader.take(geometry.PACKET_LENGTH)) }
    case GET_DIRECTORY:
      return { type: "get-directory" }
    default:
      throw new WireError()
  }
}

export function encodeGatewayFrame(frame: GatewayFrame): Uint8Array {
  switch (frame.type) {
    case "welcome":
      return new Writer().u8(WELCOME).u8(VERSION).put(frame.node).put(frame.session).u8(frame.resumed ? 1 : 0).u64(frame.time).done()
    case "packet":
      return new Writer().u8(GATEWAY_PACKET).put(frame.packet).done()
    case "directory":
      return new Writer().u8(DIRECTORY).bytes32(frame.document).done()
  }
}

/** Throws WireError. */
export function decodeGatewayFrame(bytes: Uint8Array): GatewayFrame {
  const reader = new Reader(bytes)
  const frame = gatewayFrame(reader)
  reader.end()
  return frame
}

function gatewayFrame(reader: Reader): GatewayFrame {
  switch (reader.u8()) {
    case WELCOME: {
      if (reader.u8() !== VERSION) throw new WireError()
      const node = sized("NodeId", reader.take(geometry.NODE_ID_LENGTH))
      const session = sized("SessionId", reader.take(geometry.SESSION_ID_LENGTH))
      const resumed = reader.u8()
      if (resumed > 1) throw new WireError()
      return { type: "welcome", node, session, resumed: resumed === 1, time: reader.u64() }
    }
    case GATEWAY_PACKET:
      return { type: "packet", packet: sized("Packet", reader.take(geometry.PACKET_LENGTH)) }
    case DIRECTORY:
      return { type: "directory", document: reader.bytes32(geometry.DIRECTORY_MAX) }
    default:
      throw new WireError()
  }
}
