import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { sha256 } from "@noble/hashes/sha2.js"
import { concat, toHex, WireError } from "../../shared/bytes.ts"
import * as geometry from "../../shared/geometry.ts"
import { sized } from "../../shared/names.ts"
import { challenge, decodeStamp, decodeTerms, encodeStamp, encodeTerms, holds, hourAt, solve } from "../../shared/stamp.ts"
import { noStamp, noStampTerms } from "../../shared/request.ts"
import { utf8 } from "../../shared/text.ts"
import { refusesOrDiffers, refusesOtherLengths } from "./codec.ts"

const node = sized("NodeId", new Uint8Array(32).fill(1))
const box = sized("BoxId", new Uint8Array(32).fill(2))
const content = sized("Content", new Uint8Array(geometry.CONTENT_LENGTH).fill(3))
const asked = challenge(node, 7, box, content)

describe("the work of a stamp", () => {
  test("is over dropbox, hour, box and content, as specified", () => {
    const expected = sha256(concat(utf8("sotto v1 stamp"), node, new Uint8Array([0, 0, 0, 7]), box, sha256(content)))
    expect(toHex(asked)).toBe(toHex(expected))
    const others = [
      challenge(sized("NodeId", box), 7, box, content),
      challenge(node, 8, box, content),
      challenge(node, 7, sized("BoxId", node), content),
      challenge(node, 7, box, sized("Content", new Uint8Array(geometry.CONTENT_LENGTH))),
    ]
    for (const other of others) expect(toHex(other)).not.toBe(toHex(asked))
  })

  test("is found in slices as in one go, and holds for as many bits as were asked and not many more", () => {
    const whole = solve(asked, 10, 0, 100_000)!
    let sliced: number | null = null
    for (let from = 0; sliced === null; from += 100) sliced = solve(asked, 10, from, 100)
    expect(sliced).toBe(whole)
    expect(holds(asked, whole, 10)).toBe(true)
    expect(holds(asked, whole, 40)).toBe(false)
    expect(holds(asked, whole + 1, 10)).toBe(false)
  })

  test("costs about 2^bits hashes", () => {
    let hashes = 0
    for (let i = 0; i < 64; i++) hashes += 1 + solve(challenge(node, i, box, content), 8, 0, 100_000)!
    expect(hashes / 64).toBeGreaterThan(160)
    expect(hashes / 64).toBeLessThan(400)
  })

  test("counts bits across bytes", () => {
    fc.assert(
      fc.property(fc.nat(5000), (nonce) => {
        const hash = toHex(sha256(concat(asked, new Uint8Array(4), new Uint8Array([0, 0, nonce >> 8, nonce & 255]))))
        const zeros = [...hash].map((digit) => parseInt(digit, 16).toString(2).padStart(4, "0")).join("").indexOf("1")
        expect(holds(asked, nonce, zeros)).toBe(true)
        expect(holds(asked, nonce, zeros + 1)).toBe(false)
      }),
    )
  })
})

describe("stamps and terms", () => {
  const stamp = encodeStamp(490_000, 12_345)
  const terms = encodeTerms({ bits: 14, hour: 490_000 })
  const reencode = ({ hour, nonce }: { hour: number; nonce: number }) => encodeStamp(hour, nonce)

  test("come back as they were", () => {
    expect(stamp).toHaveLength(geometry.STAMP_LENGTH)
    expect(terms).toHaveLength(geometry.STAMP_TERMS_LENGTH)
    expect(decodeStamp(stamp)).toEqual({ hour: 490_000, nonce: 12_345 })
    expect(decodeTerms(terms)).toEqual({ bits: 14, hour: 490_000 })
    expect(hourAt(490_000 * 3_600_000 + 3_599_999)).toBe(490_000)
  })

  test("of zeros are none: no stamp, and nothing asked for", () => {
    expect(() => decodeStamp(noStamp())).toThrow(WireError)
    expect(decodeTerms(noStampTerms())).toBeNull()
  })

  test("of another length are refused", () => {
    refusesOtherLengths(stamp, decodeStamp)
    refusesOtherLengths(terms, decodeTerms)
  })

  test("with any bit flipped are refused or others", () => {
    refusesOrDiffers(stamp, decodeStamp, reencode)
    refusesOrDiffers(terms, (bytes) => decodeTerms(bytes)!, encodeTerms)
  })
})
