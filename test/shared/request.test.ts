import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { concat, sameBytes, toHex, WireError } from "../../shared/bytes.ts"
import * as geometry from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import type { Reply, Request, Status } from "../../shared/request.ts"
import { decodeReply, decodeRequest, encodeReply, encodeRequest, noContent, noSignature, noStamp, noStampTerms } from "../../shared/request.ts"
import { seeded } from "../nodes/seeded.ts"
import { refusesOrDiffers, refusesOtherLengths, replaced } from "./codec.ts"

const random = seeded("requests")
const request: Request = {
  surb: sized("Surb", random(geometry.SURB_LENGTH)),
  operation: "write",
  hold: 0x0102,
  box: sized("BoxId", random(32)),
  signature: sized("Signature", random(64)),
  stamp: random(geometry.STAMP_LENGTH),
  content: sized("Content", random(geometry.CONTENT_LENGTH)),
}
const reply: Reply = {
  status: "content",
  stampTerms: random(geometry.STAMP_TERMS_LENGTH),
  signature: sized("Signature", random(64)),
  content: sized("Content", random(geometry.CONTENT_LENGTH)),
}
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

// Comparing thousands of bytes one by one is slow in the test runner: hex is not.
const same = (a: Uint8Array, b: Uint8Array) => expect(toHex(a)).toBe(toHex(b))

describe("a request", () => {
  const bytes = encodeRequest(request)

  test("lies in its bytes as specified", () => {
    expect(bytes).toHaveLength(4096)
    const middle = concat(Uint8Array.of(1, 1, 1, 2), request.box, request.signature, request.stamp)
    same(bytes, concat(request.surb, middle, request.content))
    expect(encodeRequest({ ...request, operation: "read" })[397]).toBe(2)
  })

  test("comes back as it was", () => {
    const requests = fc.record({
      operation: fc.constantFrom("write" as const, "read" as const),
      hold: fc.integer({ min: 0, max: 0xffff }),
      box: exactly(32),
      signature: exactly(64),
      stamp: exactly(geometry.STAMP_LENGTH),
    })
    fc.assert(fc.property(requests, (part) => {
      const value: Request = { ...request, ...part, box: sized("BoxId", part.box), signature: sized("Signature", part.signature) }
      const decoded = decodeRequest(encodeRequest(value))
      expect(decoded.operation).toBe(value.operation)
      expect(decoded.hold).toBe(value.hold)
      for (const field of ["surb", "box", "signature", "stamp", "content"] as const) expect(sameBytes(decoded[field], value[field]), field).toBe(true)
    }))
  })

  test("of another length is refused", () => refusesOtherLengths(bytes, decodeRequest, 37))

  test.each([0, 2, 255])("of version %d is refused", (version) => {
    expect(() => decodeRequest(replaced(bytes, 396, version))).toThrow(WireError)
  })

  test.each([0, 3, 255])("with the operation %d is refused", (operation) => {
    expect(() => decodeRequest(replaced(bytes, 397, operation))).toThrow(WireError)
  })

  test("with any bit flipped is refused or another request", () => {
    const read = refusesOrDiffers(bytes, decodeRequest, encodeRequest)
    // Version and operation are the two bytes in which a bit makes it malformed (1 and 2 differ in two bits).
    expect(read).toHaveLength(8 * (bytes.length - 2))
  })

  test("whose hold does not fit two bytes is a mistake of ours", () => {
    for (const hold of [-1, 65_536, 0.5]) expect(() => encodeRequest({ ...request, hold })).toThrow(RangeError)
  })
})

describe("a reply", () => {
  const bytes = encodeReply(reply)

  test("lies in its bytes as specified", () => {
    expect(bytes).toHaveLength(4096)
    const zeros = new Uint8Array(508)
    same(bytes, concat(Uint8Array.of(1, 2, 0, 0), reply.stampTerms, reply.signature, reply.content, zeros))
  })

  test.each([["stored", 1], ["content", 2], ["empty", 3], ["taken", 4], ["refused", 5]] as const)("that says %s says so by the number %d", (status, code) => {
    const encoded = encodeReply({ ...reply, status })
    expect(encoded[1]).toBe(code)
    expect(decodeReply(encoded).status).toBe<Status>(status)
  })

  test("comes back as it was", () => {
    const decoded = decodeReply(bytes)
    for (const field of ["stampTerms", "signature", "content"] as const) same(decoded[field], reply[field])
  })

  test("of another length is refused", () => refusesOtherLengths(bytes, decodeReply, 37))

  test.each([[0, 0], [0, 2], [1, 0], [1, 6], [1, 255], [2, 1], [3, 1]])("whose byte %d is %d is refused", (offset, value) => {
    expect(() => decodeReply(replaced(bytes, offset, value))).toThrow(WireError)
  })

  test("with any bit flipped is refused or another reply; of the zeros at its end none may be anything else", () => {
    const read = refusesOrDiffers(bytes, decodeReply, encodeReply)
    const fields = 8 * (geometry.STAMP_TERMS_LENGTH + geometry.SIGNATURE_LENGTH + geometry.CONTENT_LENGTH)
    const beginOfZeros = 8 * (geometry.BODY_LENGTH - geometry.REPLY_ZEROS_LENGTH)
    expect(read.every((bit) => bit < beginOfZeros)).toBe(true)
    // Of the first four bytes only one flip is read: it makes 2, content, into 3, empty.
    expect(read.filter((bit) => bit >= 32)).toHaveLength(fields)
    expect(read.filter((bit) => bit < 32).map((bit) => bytes[1]! ^ (1 << (bit - 8)))).toEqual([3])
  })

  test("is no request, and a request no reply", () => {
    expect(() => decodeRequest(bytes)).toThrow(WireError)
    expect(() => decodeReply(encodeRequest(request))).toThrow(WireError)
  })
})

test("what there is nothing to say of is zeros, fresh each time", () => {
  const made = [noSignature, noContent, noStamp, noStampTerms]
  expect(made.map((make) => make().length)).toEqual([64, 3504, 96, 16])
  for (const make of made) {
    expect(make().every((byte) => byte === 0)).toBe(true)
    make()[0] = 1
    expect(make()[0]).toBe(0)
  }
})
