import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { decodeConfirmation, encodeConfirmation } from "../../messenger/confirmation.ts"
import { toHex } from "../../shared/bytes.ts"
import { refusesOrDiffers, refusesOtherLengths } from "../shared/codec.ts"

describe("a confirmation", () => {
  const confirmation = { leaf: 0x01020304, epoch: 0x05060708090a, next: 0x0b0c0d0e0f }
  const bytes = encodeConfirmation(confirmation)

  test("lies in 20 bytes as specified", () => {
    expect(toHex(bytes)).toBe("01020304" + "000005060708090a" + "0000000b0c0d0e0f")
  })

  test("comes back as it was", () => {
    const any = fc.record({ leaf: fc.integer({ min: 0, max: 0xffffffff }), epoch: fc.maxSafeNat(), next: fc.maxSafeNat() })
    fc.assert(fc.property(any, (value) => {
      expect(decodeConfirmation(encodeConfirmation(value))).toEqual(value)
    }))
  })

  test("of another length is refused", () => refusesOtherLengths(bytes, decodeConfirmation))

  test("with any bit flipped is refused or another one", () => {
    const read = refusesOrDiffers(bytes, decodeConfirmation, encodeConfirmation)
    // Eleven bits of each integer of 64 are more than a double holds.
    expect(read).toHaveLength(8 * bytes.length - 2 * 11)
  })
})
