import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Reader, toHex, WireError, Writer } from "../../shared/bytes.ts"
import type { Parameters } from "../../shared/directory/parameters.ts"
import { defaultParameters, readParameters, writeParameters } from "../../shared/directory/parameters.ts"
import { refusesOrDiffers, refusesOtherLengths } from "./codec.ts"

const encode = (parameters: Parameters) => writeParameters(new Writer(), parameters).done()
function decode(bytes: Uint8Array): Parameters {
  const reader = new Reader(bytes)
  const parameters = readParameters(reader)
  reader.end()
  return parameters
}

const upTo = (max: number) => fc.integer({ min: 1, max })
const anyParameters: fc.Arbitrary<Parameters> = fc.record({
  keyEpochSeconds: upTo(0xffffffff),
  meanDelay: upTo(0xffffffff),
  meanHold: upTo(0xffffffff),
  maxHold: upTo(0xffff),
  replicas: upTo(0xff),
  boxDays: upTo(0xff),
  decoySeconds: upTo(0xffffffff),
  sessionRate: upTo(0xffff),
  sessionBurst: upTo(0xffff),
  documentSeconds: upTo(0xffffffff),
  stampBits: upTo(0xff),
  fileKilobytes: upTo(0xffff),
})

describe("a network's parameters", () => {
  test("come back as they were", () => {
    fc.assert(fc.property(anyParameters, (parameters) => {
      expect(decode(encode(parameters))).toEqual(parameters)
    }))
  })

  test("lie in 31 bytes as specified", () => {
    const counted: Parameters = {
      keyEpochSeconds: 0x01020304,
      meanDelay: 0x05060708,
      meanHold: 0x090a0b0c,
      maxHold: 0x0d0e,
      replicas: 0x0f,
      boxDays: 0x10,
      decoySeconds: 0x11121314,
      sessionRate: 0x1516,
      sessionBurst: 0x1718,
      documentSeconds: 0x191a1b1c,
      stampBits: 0x1d,
      fileKilobytes: 0x1e1f,
    }
    expect(toHex(encode(counted))).toBe(toHex(Uint8Array.from({ length: 31 }, (_, i) => i + 1)))
  })

  test("of another length are refused", () => refusesOtherLengths(encode(defaultParameters), decode))

  test("with any bit flipped are refused or others", () => {
    const read = refusesOrDiffers(encode(defaultParameters), decode, encode)
    // Of the 248 bits two make a zero of a parameter: of one replica, and of four packets a second.
    expect(read).toHaveLength(246)
  })

  test.each(Object.keys(defaultParameters))("with a %s of zero are refused", (name) => {
    expect(() => decode(encode({ ...defaultParameters, [name]: 0 }))).toThrow(WireError)
  })
})
