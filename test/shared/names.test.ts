import { describe, expect, test } from "vitest"
import * as constants from "../../shared/sphinx-packet/src/constants.ts"
import { WireError } from "../../shared/bytes.ts"
import * as geometry from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"

describe("lengths", () => {
  test("are those of the Sphinx package", () => {
    expect(geometry.SPHINX_HEADER_LENGTH).toBe(constants.HEADER_LENGTH)
    expect(geometry.SPHINX_PAYLOAD_OVERHEAD).toBe(constants.PAYLOAD_OVERHEAD)
    expect(geometry.SURB_LENGTH).toBe(constants.SURB_PREFIX_LENGTH + constants.SEED_LENGTH)
    expect(geometry.SURB_IDENTIFIER_LENGTH).toBe(constants.IDENTIFIER_LENGTH)
    expect(geometry.NODE_ID_LENGTH).toBe(constants.NODE_ADDRESS_LENGTH)
    expect(geometry.SESSION_ID_LENGTH).toBe(constants.NODE_ADDRESS_LENGTH)
    expect(geometry.KEY_LENGTH).toBe(constants.KEY_LENGTH)
    expect(geometry.REPLY_HOPS).toBe(constants.MAX_HOPS)
    expect(geometry.FORWARD_HOPS).toBeLessThan(geometry.REPLY_HOPS)
  })

  test("leave no byte of a packet unused: request, reply and block add up", () => {
    const { SURB_LENGTH, BOX_ID_LENGTH, SIGNATURE_LENGTH, STAMP_LENGTH, STAMP_TERMS_LENGTH, CONTENT_LENGTH, REPLY_ZEROS_LENGTH, BODY_LENGTH } = geometry
    expect(SURB_LENGTH + 1 + 1 + 2 + BOX_ID_LENGTH + SIGNATURE_LENGTH + STAMP_LENGTH + CONTENT_LENGTH).toBe(BODY_LENGTH)
    expect(1 + 1 + 2 + STAMP_TERMS_LENGTH + SIGNATURE_LENGTH + CONTENT_LENGTH + REPLY_ZEROS_LENGTH).toBe(BODY_LENGTH)
    expect(geometry.BLOCK_LENGTH + geometry.TAG_LENGTH).toBe(CONTENT_LENGTH)
    expect(geometry.PACKET_LENGTH).toBe(4461)
    expect(CONTENT_LENGTH).toBe(3504)
    for (const [name, length] of Object.entries(geometry)) expect(length, name).toBeGreaterThan(0)
  })
})

describe("a name for bytes", () => {
  const lengths = {
    NodeId: 32, SessionId: 32, BoxId: 32, SphinxKey: 32, Packet: 4461, Surb: 396, Content: 3504, Signature: 64, Block: 3488,
  } as const
  const names = Object.keys(lengths) as (keyof typeof lengths)[]

  test.each(names)("%s is given to bytes of its length only", (name) => {
    const length = lengths[name]
    const bytes = new Uint8Array(length)
    expect(sized(name, bytes)).toBe(bytes)
    for (const other of [0, 1, length - 1, length + 1, 2 * length]) expect(() => sized(name, new Uint8Array(other))).toThrow(WireError)
  })
})
