import { gcmsiv } from "@noble/ciphers/aes.js"
import { ed25519 } from "@noble/curves/ed25519.js"
import { createHash, hkdfSync } from "node:crypto"
import { describe, expect, test } from "vitest"
import type { OwnBox } from "../../shared/box.ts"
import { coverBoxId, newStreamKey, openBlock, ownStreamBox, sealBlock, seededBox, streamBox, verifyWrite } from "../../shared/box.ts"
import { concat, sameBytes, toHex, Writer } from "../../shared/bytes.ts"
import { basePoint, GROUP_ORDER, isPrimeOrderPoint, littleEndian, multiplyPoint, scalarBytes, verifyEd25519 } from "../../shared/ed25519.ts"
import * as geometry from "../../shared/geometry.ts"
import type { Content } from "../../shared/names.ts"
import { sized } from "../../shared/names.ts"
import { utf8 } from "../../shared/text.ts"
import { seeded } from "../nodes/seeded.ts"
import { flipped } from "./codec.ts"

const random = seeded("boxes")
const context = random(32)
const { scalar, stream } = newStreamKey(random)
const block = sized("Block", random(geometry.BLOCK_LENGTH))

const own = (index: number): OwnBox => ownStreamBox(context, scalar, stream, index)

describe("a stream key", () => {
  test("is a scalar below the group's order and its multiple of the base point, another each time", () => {
    const other = newStreamKey(random)
    for (const made of [{ scalar, stream }, other]) {
      expect(littleEndian(made.scalar)).toBeLessThan(GROUP_ORDER)
      expect(toHex(basePoint(littleEndian(made.scalar)))).toBe(toHex(made.stream))
      expect(isPrimeOrderPoint(made.stream)).toBe(true)
    }
    expect(toHex(other.stream)).not.toBe(toHex(stream))
  })
})

describe("the boxes of a stream", () => {
  test("are the same for the reader, who knows the point, and the writer, who knows the scalar", () => {
    for (const index of [0, 1, 2, 255, 256, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      const read = streamBox(context, stream, index)
      expect(toHex(read.id), `box ${index}`).toBe(toHex(own(index).id))
      expect(toHex(read.key)).toBe(toHex(own(index).key))
    }
  })

  test("are found and opened with the keys that the protocol says", () => {
    for (const index of [0, 7]) {
      const derived = (label: string, length: number) => {
        const info = concat(utf8(label), new Writer().u64(index).done())
        return new Uint8Array(hkdfSync("sha512", context, stream, info, length))
      }
      const factor = littleEndian(derived("sotto v1 box blind", 64)) % GROUP_ORDER
      expect(toHex(own(index).id)).toBe(toHex(multiplyPoint(stream, factor)))
      expect(toHex(own(index).key)).toBe(toHex(derived("sotto v1 box key", 32)))
    }
  })

  test("have nothing in common: neither with another index, nor another epoch, nor another stream", () => {
    const contexts = [context, random(32), flipped(context, 0)]
    const streams = [stream, newStreamKey(random).stream, newStreamKey(random).stream]
    const indexes = [0, 1, 2, 256]
    const boxes = contexts.flatMap((c) => streams.flatMap((p) => indexes.map((i) => streamBox(c, p, i))))
    const ids = boxes.map(({ id }) => toHex(id))
    const all = [...ids, ...boxes.map(({ key }) => toHex(key))]
    expect(new Set(all).size).toBe(2 * 3 * 3 * 4)
    // Nor do two ids agree in more than chance lets them: of 630 pairs none in three bytes at their beginning.
    expect(new Set(ids.map((id) => id.slice(0, 6))).size).toBe(ids.length)
  })

  test("belong to a stream, not to its inverse: the sign of the point counts", () => {
    const inverse = basePoint(GROUP_ORDER - littleEndian(scalar))
    expect(toHex(streamBox(context, inverse, 0).id)).not.toBe(toHex(own(0).id))
  })

  test("an index that is no integer of 64 bits is a mistake of ours", () => {
    for (const index of [-1, 0.5, 2 ** 53]) expect(() => streamBox(context, stream, index)).toThrow(RangeError)
  })

  test("under something that is no point there are none", () => {
    expect(() => streamBox(context, scalarBytes(2n), 0)).toThrow()
    expect(() => streamBox(context, new Uint8Array(31), 0)).toThrow()
  })
})

describe("a write", () => {
  test("signed with a blinded key verifies under the box's id, with WebCrypto and with noble", async () => {
    for (let index = 0; index < 20; index++) {
      const box = own(index)
      const content = sealBlock(box, block)
      const signature = box.sign(content, random)
      const message = concat(utf8("sotto v1 box write"), box.id, content)
      expect(await verifyWrite(box.id, content, signature), `box ${index}`).toBe(true)
      expect(await verifyEd25519(box.id, message, signature)).toBe(true)
      expect(ed25519.verify(signature, message, box.id, { zip215: false })).toBe(true)
    }
  })

  const box = own(3)
  const content = sealBlock(box, block)
  const signature = box.sign(content, random)

  test("does not verify for other content, another box or another signature", async () => {
    expect(await verifyWrite(box.id, content, signature)).toBe(true)
    for (const bit of [0, 1, 8 * 1000, 8 * content.length - 1]) {
      expect(await verifyWrite(box.id, sized("Content", flipped(content, bit)), signature)).toBe(false)
    }
    expect(await verifyWrite(own(4).id, content, signature)).toBe(false)
    for (let bit = 0; bit < 512; bit += 7) expect(await verifyWrite(box.id, content, sized("Signature", flipped(signature, bit)))).toBe(false)
  })

  test("signed twice has two nonces, which come from key, randomness, id and content", () => {
    const again = box.sign(content, random)
    expect(sameBytes(again.slice(0, 32), signature.slice(0, 32))).toBe(false)
    const fixed = () => new Uint8Array(32).fill(9)
    const drawn = (bytes: Content, writer = box) => toHex(writer.sign(bytes, fixed).slice(0, 32))
    const changed = sized("Content", flipped(content, 5))
    // With a generator that repeats itself no nonce serves two messages or two keys.
    expect(new Set([drawn(content), drawn(changed), drawn(content, own(4))]).size).toBe(3)
    expect(drawn(content)).toBe(drawn(content))
  })

  test("draws its nonce from the signing key, too", () => {
    const factor = littleEndian(new Uint8Array(hkdfSync("sha512", context, stream, concat(utf8("sotto v1 box blind"), new Writer().u64(3).done()), 64)))
    const secret = ((factor % GROUP_ORDER) * littleEndian(scalar)) % GROUP_ORDER
    const input = concat(utf8("sotto v1 box nonce"), scalarBytes(secret), new Uint8Array(32).fill(9), box.id, content)
    const nonce = littleEndian(createHash("sha512").update(input).digest()) % GROUP_ORDER
    expect(toHex(box.sign(content, (length) => new Uint8Array(length).fill(9)).slice(0, 32))).toBe(toHex(basePoint(nonce)))
  })
})

describe("a sealed block", () => {
  const box = own(0)
  const content = sealBlock(box, block)

  test("is opened by the one who knows the box, and is 16 bytes longer", () => {
    expect(content).toHaveLength(geometry.BLOCK_LENGTH + 16)
    expect(toHex(openBlock(streamBox(context, stream, 0), content)!)).toBe(toHex(block))
  })

  test("does not open under any other box", () => {
    const others = [own(1), ownStreamBox(random(32), scalar, stream, 0), seededBox(random(32), random(32))]
    for (const other of others) expect(openBlock(other, content)).toBeNull()
  })

  test("is bound to the box's id and to its key, each", () => {
    const id = own(1).id
    expect(openBlock({ id, key: box.key }, content)).toBeNull()
    expect(openBlock({ id: box.id, key: own(1).key }, content)).toBeNull()
  })

  test("is AES-256-GCM-SIV (RFC 8452) with a nonce of zeros, so that the same block is the same content", () => {
    expect(toHex(gcmsiv(box.key, new Uint8Array(12), box.id).encrypt(block))).toBe(toHex(content))
    expect(toHex(sealBlock(box, block))).toBe(toHex(content))
  })

  test("with any bit changed does not open", () => {
    for (let bit = 0; bit < 8 * content.length; bit += 509) expect(openBlock(box, sized("Content", flipped(content, bit)))).toBeNull()
    for (let bit = 8 * geometry.BLOCK_LENGTH; bit < 8 * content.length; bit++) expect(openBlock(box, sized("Content", flipped(content, bit)))).toBeNull()
  })

  test("looks unlike another that differs in one bit, from the first byte on", () => {
    const other = sealBlock(box, sized("Block", flipped(block, 8 * geometry.BLOCK_LENGTH - 1)))
    expect(sameBytes(other.slice(0, 16), content.slice(0, 16))).toBe(false)
  })
})

describe("other boxes", () => {
  test("of a seed are written by whoever knows the seed", async () => {
    const seed = random(32)
    const box = seededBox(seed, random(32))
    const content = sealBlock(box, block)
    expect(toHex(box.id)).toBe(toHex(ed25519.getPublicKey(seed)))
    expect(await verifyWrite(box.id, content, box.sign(content, random))).toBe(true)
    expect(await verifyWrite(box.id, content, seededBox(random(32), box.key).sign(content, random))).toBe(false)
  })

  test("of cover have ids like all others, and another each time", () => {
    const ids = Array.from({ length: 20 }, () => coverBoxId(random))
    for (const id of ids) expect(isPrimeOrderPoint(id)).toBe(true)
    expect(new Set(ids.map(toHex)).size).toBe(20)
  })

  test("of cover are as often on one side of the curve as on the other", () => {
    const ones = Array.from({ length: 200 }, () => coverBoxId(random)[31]! >> 7).filter((sign) => sign === 1).length
    expect(Math.abs(ones - 100)).toBeLessThan(30)
  })
})
