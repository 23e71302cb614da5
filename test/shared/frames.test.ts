import { describe, expect, test } from "vitest"
import { concat, toHex, WireError } from "../../shared/bytes.ts"
import type { ClientFrame, GatewayFrame } from "../../shared/frames.ts"
import { decodeClientFrame, decodeGatewayFrame, encodeClientFrame, encodeGatewayFrame } from "../../shared/frames.ts"
import * as geometry from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { seeded } from "../nodes/seeded.ts"
import { refusesOrDiffers, refusesOtherLengths, replaced } from "./codec.ts"

const random = seeded("frames")
const packet = sized("Packet", random(geometry.PACKET_LENGTH))
const secret = random(32)
const node = sized("NodeId", random(32))
const session = sized("SessionId", random(32))
const document = random(70)
const receipt = random(4)

const clientFrames: Record<ClientFrame["type"], { frame: ClientFrame; bytes: Uint8Array }> = {
  hello: { frame: { type: "hello", secret }, bytes: concat(Uint8Array.of(1, 1), secret) },
  packet: { frame: { type: "packet", packet, receipt }, bytes: concat(Uint8Array.of(2), receipt, packet) },
  "get-directory": { frame: { type: "get-directory" }, bytes: Uint8Array.of(3) },
}
const gatewayFrames: Record<GatewayFrame["type"], { frame: GatewayFrame; bytes: Uint8Array }> = {
  welcome: {
    frame: { type: "welcome", node, session, resumed: true, time: 0x0102030405 },
    bytes: concat(Uint8Array.of(0x81, 1), node, session, Uint8Array.of(1, 0, 0, 0, 1, 2, 3, 4, 5)),
  },
  packet: { frame: { type: "packet", packet }, bytes: concat(Uint8Array.of(0x82), packet) },
  directory: { frame: { type: "directory", document }, bytes: concat(Uint8Array.of(0x83, 0, 0, 0, 70), document) },
}

describe.each(Object.entries(clientFrames))("the client's frame %s", (_, { frame, bytes }) => {
  test("lies in its bytes as specified and comes back", () => {
    expect(toHex(encodeClientFrame(frame))).toBe(toHex(bytes))
    expect(toHex(encodeClientFrame(decodeClientFrame(bytes)))).toBe(toHex(bytes))
    expect(decodeClientFrame(bytes).type).toBe(frame.type)
  })

  test("of another length is refused", () => refusesOtherLengths(bytes, decodeClientFrame, 37))

  test("with any bit flipped is refused or another frame", () => {
    const read = refusesOrDiffers(bytes, decodeClientFrame, encodeClientFrame)
    const fixed = frame.type === "hello" ? 2 : 1
    expect(read).toHaveLength(8 * (bytes.length - fixed))
  })

  test("says nothing to a client", () => expect(() => decodeGatewayFrame(bytes)).toThrow(WireError))
})

describe.each(Object.entries(gatewayFrames))("the gateway's frame %s", (_, { frame, bytes }) => {
  test("lies in its bytes as specified and comes back", () => {
    expect(toHex(encodeGatewayFrame(frame))).toBe(toHex(bytes))
    expect(toHex(encodeGatewayFrame(decodeGatewayFrame(bytes)))).toBe(toHex(bytes))
    expect(decodeGatewayFrame(bytes).type).toBe(frame.type)
  })

  test("of another length is refused", () => refusesOtherLengths(bytes, decodeGatewayFrame, 37))

  test("with any bit flipped is refused or another frame", () => {
    const read = refusesOrDiffers(bytes, decodeGatewayFrame, encodeGatewayFrame)
    if (frame.type === "packet") expect(read).toHaveLength(8 * geometry.PACKET_LENGTH)
    // Type, version, seven bits of "resumed", and the eleven bits of the time that no double holds.
    if (frame.type === "welcome") expect(read).toHaveLength(8 * bytes.length - 8 - 8 - 7 - 11)
    if (frame.type === "directory") expect(read).toHaveLength(8 * document.length)
  })

  test("says nothing to a gateway", () => expect(() => decodeClientFrame(bytes)).toThrow(WireError))
})

describe("a welcome", () => {
  const { bytes, frame } = gatewayFrames.welcome

  test("says whether the session is an old one, and nothing third", () => {
    expect(decodeGatewayFrame(bytes)).toMatchObject({ resumed: true })
    expect(decodeGatewayFrame(encodeGatewayFrame({ ...frame, resumed: false } as GatewayFrame))).toMatchObject({ resumed: false, time: 0x0102030405 })
    for (const value of [2, 255]) expect(() => decodeGatewayFrame(replaced(bytes, 66, value))).toThrow(WireError)
  })

  test("of another version is refused, as a hello is", () => {
    for (const version of [0, 2, 255]) {
      expect(() => decodeGatewayFrame(replaced(bytes, 1, version))).toThrow(WireError)
      expect(() => decodeClientFrame(replaced(clientFrames.hello.bytes, 1, version))).toThrow(WireError)
    }
  })
})

test("of 256 types each side knows three", () => {
  const known = (decode: (bytes: Uint8Array) => unknown) =>
    Array.from({ length: 256 }, (_, type) => type).filter((type) =>
      [...Object.values(clientFrames), ...Object.values(gatewayFrames)].some(({ bytes }) => {
        try {
          decode(replaced(bytes, 0, type))
          return true
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
          return false
        }
      }),
    )
  expect(known(decodeClientFrame)).toEqual([1, 2, 3])
  expect(known(decodeGatewayFrame)).toEqual([0x81, 0x82, 0x83])
})

test("a document longer than any is refused by its length alone", () => {
  const claimed = concat(Uint8Array.of(0x83, 0, 0x10, 0, 1), new Uint8Array(100))
  expect(() => decodeGatewayFrame(claimed)).toThrow(WireError)
  const longest = encodeGatewayFrame({ type: "directory", document: new Uint8Array(geometry.DIRECTORY_MAX) })
  expect(decodeGatewayFrame(longest)).toMatchObject({ type: "directory" })
  expect(() => decodeGatewayFrame(encodeGatewayFrame({ type: "directory", document: new Uint8Array(geometry.DIRECTORY_MAX + 1) }))).toThrow(WireError)
})

test("a frame with a packet is as long as the geometry says, on both ways", () => {
  expect(clientFrames.packet.bytes).toHaveLength(geometry.CLIENT_PACKET_FRAME_LENGTH)
  expect(gatewayFrames.packet.bytes).toHaveLength(geometry.PACKET_FRAME_LENGTH)
})
