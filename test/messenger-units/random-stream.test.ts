import { chacha20 } from "@noble/ciphers/chacha.js"
import { createCipheriv } from "node:crypto"
import { describe, expect, test } from "vitest"
import { randomStream } from "../../messenger/random-stream.ts"
import { concat, toHex } from "../../shared/bytes.ts"

const seed = new Uint8Array(32).fill(5)

describe("a random stream of its own", () => {
  test("is the same for the same seed, and another for another", () => {
    const draw = (of: Uint8Array) => {
      const random = randomStream(of)
      return toHex(concat(random(7), random(32), random(0), random(100)))
    }
    expect(draw(seed)).toBe(draw(seed.slice()))
    expect(draw(seed)).not.toBe(draw(new Uint8Array(32).fill(6)))
    expect(draw(seed)).toHaveLength(2 * 139)
  })

  test("is ChaCha20's keystream, with one nonce for each draw", () => {
    const random = randomStream(seed)
    for (let draw = 0; draw < 300; draw++) {
      const nonce = new Uint8Array(12)
      nonce[0] = draw & 255
      nonce[1] = draw >> 8
      expect(toHex(random(16))).toBe(toHex(chacha20(seed, nonce, new Uint8Array(16))))
    }
    // The same from OpenSSL: a counter of 4 bytes, then the nonce.
    const native = createCipheriv("chacha20", seed, new Uint8Array(16)).update(new Uint8Array(64))
    expect(toHex(randomStream(seed)(64))).toBe(native.toString("hex"))
  })

  test("never gives the same bytes twice, whatever lengths are drawn", () => {
    const random = randomStream(seed)
    const drawn = Array.from({ length: 2_000 }, () => toHex(random(16)))
    expect(new Set(drawn).size).toBe(2_000)
  })

  test("how much one draw takes does not move what the next one gives", () => {
    const one = randomStream(seed)
    const other = randomStream(seed)
    one(1)
    other(5_000)
    expect(toHex(one(32))).toBe(toHex(other(32)))
  })

  test("is not moved by what is drawn from another stream", () => {
    const alone = randomStream(seed)
    const disturbed = randomStream(seed)
    const elsewhere = randomStream(new Uint8Array(32).fill(6))
    for (let i = 0; i < 20; i++) {
      for (let j = 0; j < i % 4; j++) elsewhere(j)
      expect(toHex(disturbed(7))).toBe(toHex(alone(7)))
    }
  })
})
