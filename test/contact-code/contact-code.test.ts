import fc from "fast-check"
import { createHash, hkdfSync } from "node:crypto"
import { describe, expect, test } from "vitest"
import { BASE32_ALPHABET, fromBase32, toBase32 } from "../../messenger/base32.ts"
import { codeLink, deriveInvitation, encodeCode, formatCode, parseCode } from "../../messenger/contact-code.ts"
import { concat, toHex } from "../../shared/bytes.ts"
import { takenBy } from "../cpu-time.ts"

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const NETWORK = new Uint8Array(32).fill(0x4e)
const BUNDLE = Uint8Array.from({ length: 32 }, (_, i) => 7 * i + 1)
const CODE = encodeCode(NETWORK, BUNDLE)
const READ = { ok: true, bundleHash: BUNDLE }

/** Hashes that look random and are the same in every run. */
function someHash(n: number): Uint8Array {
  return new Uint8Array(createHash("sha256").update(`bundle ${n}`).digest())
}

function replaceAt(text: string, at: number, piece: string, length = 1): string {
  return text.slice(0, at) + piece + text.slice(at + length)
}

const lineOf = (at: number) => Math.floor(at / 16) + 1

/** What a CRC of x^8 + x^2 + x + 1 leaves of bytes, by long division, as a second opinion. */
function remainder(bytes: Uint8Array): number {
  const bits = [...bytes, 0].flatMap((byte) => [...byte.toString(2).padStart(8, "0")].map(Number))
  for (let at = 0; at + 8 < bits.length; at++) if (bits[at] === 1) for (const place of [0, 6, 7, 8]) bits[at + place]! ^= 1
  return Number.parseInt(bits.slice(-8).join(""), 2)
}

describe("a contact code", () => {
  test("is 64 upper-case characters of base32, in which the payload and the checks lie as specified", () => {
    expect(CODE).toMatch(/^[A-Z2-7]{64}$/)
    const bytes = fromBase32(CODE)
    const lines = [0, 10, 20, 30].map((from) => bytes.slice(from, from + 10))
    expect(concat(...lines.map((line) => line.slice(0, 9)))).toEqual(concat(Uint8Array.of(1), NETWORK.slice(0, 3), BUNDLE))
    for (const [index, line] of lines.entries()) {
      const before = concat(...lines.slice(0, index).map((earlier) => earlier.slice(0, 9)))
      const digest = createHash("sha256").update("sotto v1 code check").update(Uint8Array.of(index + 1)).update(before).digest()
      expect(line[9]).toBe(remainder(line.slice(0, 9)) ^ digest[0]!)
    }
  })

  test("is read as it was made, for every bundle and network", () => {
    fc.assert(
      fc.property(hash, hash, (network, bundle) => {
        expect(parseCode(encodeCode(network, bundle), network)).toEqual({ ok: true, bundleHash: bundle })
      }),
    )
  })

  test("is shown in four lines of four groups of four", () => {
    expect(formatCode(CODE)).toMatch(/^([A-Z2-7]{4} ){3}[A-Z2-7]{4}(\n([A-Z2-7]{4} ){3}[A-Z2-7]{4}){3}$/)
    expect(formatCode(CODE).replace(/\s/g, "")).toBe(CODE)
  })

  test("is made of hashes only", () => {
    expect(() => encodeCode(NETWORK.slice(1), BUNDLE)).toThrow(RangeError)
    expect(() => encodeCode(NETWORK, BUNDLE.slice(1))).toThrow(RangeError)
  })
})

describe("reading forgives", () => {
  test.each<[string, string]>([
    ["groups and lines", formatCode(CODE)],
    ["lower case", CODE.toLowerCase()],
    ["spaces, tabs and line breaks anywhere", ` ${CODE.match(/.{1,3}/g)!.join(" \t\r\n")}\n`],
    ["hyphens", CODE.match(/.{1,4}/g)!.join("-")],
    ["dashes that a keyboard made of hyphens", CODE.match(/.{1,8}/g)!.join("\u2014").replace("\u2014", "\u2011")],
    ["hard spaces and invisible characters", CODE.match(/.{1,8}/g)!.join("\u00a0\u200b\u00ad")],
    ["full-width letters", [...CODE].map((character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)).join("")],
    ["a link", codeLink("https://sotto.example/app/", CODE)],
    ["a link in lower case", codeLink("https://sotto.example/", CODE).toLowerCase()],
    ["a link in a sentence", `Write to me: ${codeLink("http://localhost:8080/", CODE)}, I am waiting.`],
    ["a link that a mail program broke", codeLink("https://sotto.example/", CODE).replace(/.{60}/, "$&\r\n ")],
    ["a link with a route", `https://sotto.example/#/code/${CODE}`],
    ["a URI", `web+sotto:${CODE}`],
    ["a URI from a QR code", `WEB+SOTTO:${CODE}`],
    ["a URI with slashes", `web+sotto://${CODE}`],
  ])("%s", (_, text) => {
    expect(parseCode(text, NETWORK)).toEqual(READ)
  })

  test("the code of a link is in its fragment, whatever was there before", () => {
    expect(codeLink("https://sotto.example/app/", CODE)).toBe(`https://sotto.example/app/#code/${CODE}`)
    expect(codeLink("https://sotto.example/#settings", CODE)).toBe(`https://sotto.example/#code/${CODE}`)
    expect(new URL(codeLink("https://sotto.example/", CODE)).hash).toBe(`#code/${CODE}`)
  })

  test("0 for O and 8 for B, everywhere", () => {
    for (let n = 0; n < 50; n++) {
      const code = encodeCode(NETWORK, someHash(n))
      expect(parseCode(code.replaceAll("O", "0").replaceAll("B", "8"), NETWORK)).toEqual({ ok: true, bundleHash: someHash(n) })
    }
  })

  test("1 for I and for L, each alone for certain", () => {
    for (let n = 0; n < 50; n++) {
      const code = encodeCode(NETWORK, someHash(n))
      for (const [at, character] of [...code].entries()) {
        if (character === "I" || character === "L") expect(parseCode(replaceAt(code, at, "1"), NETWORK)).toEqual({ ok: true, bundleHash: someHash(n) })
      }
    }
  })

  test("1 for every I and L of a code, nearly always, and never as another bundle", () => {
    let read = 0
    for (let n = 0; n < 300; n++) {
      const result = parseCode(encodeCode(NETWORK, someHash(n)).replaceAll(/[IL]/g, "1"), NETWORK)
      if (result.ok && toHex(result.bundleHash) === toHex(someHash(n))) read++
    }
    expect(read).toBeGreaterThanOrEqual(297)
  })
})

describe("a typo", () => {
  test("of one character is always found, and in its part", () => {
    for (let n = 0; n < 6; n++) {
      const code = encodeCode(NETWORK, someHash(n))
      for (let at = 0; at < code.length; at++) {
        for (const character of `${BASE32_ALPHABET}9`) {
          if (character === code[at]) continue
          const result = parseCode(replaceAt(code, at, character), NETWORK)
          expect(result).toEqual({ ok: false, problem: "typo", part: lineOf(at) })
        }
      }
    }
  })

  test("of a 1 for another letter than I or L is always found, and in its part", () => {
    for (let at = 0; at < CODE.length; at++) {
      if (CODE[at] === "I" || CODE[at] === "L") continue
      expect(parseCode(replaceAt(CODE, at, "1"), NETWORK)).toEqual({ ok: false, problem: "typo", part: lineOf(at) })
    }
  })

  test("that swaps two neighbours is always found, and in its part", () => {
    for (let n = 0; n < 40; n++) {
      const code = encodeCode(NETWORK, someHash(n))
      for (let at = 0; at + 1 < code.length; at++) {
        if (code[at] === code[at + 1] || lineOf(at) !== lineOf(at + 1)) continue
        const result = parseCode(replaceAt(code, at, code[at + 1]! + code[at]!, 2), NETWORK)
        expect(result).toEqual({ ok: false, problem: "typo", part: lineOf(at) })
      }
    }
  })

  test("in a line that holds by chance is found by a later line", () => {
    // Two wrong characters with a right one between them are more than the line's own check promises to find.
    let slipped = 0
    for (let first = 6; first < 9; first++) {
      for (const a of BASE32_ALPHABET) {
        for (const b of BASE32_ALPHABET) {
          const wrong = replaceAt(replaceAt(CODE, first, a), first + 2, b)
          if (wrong === CODE) continue
          const result = parseCode(wrong, NETWORK)
          expect(result.ok).toBe(false)
          if (!result.ok && result.problem === "typo" && result.part > 1) slipped++
        }
      }
    }
    expect(slipped).toBeGreaterThan(0)
  })

  test("of a missing or doubled character is found where it is, rather than called too short or too long", () => {
    for (let at = 0; at < 44; at++) {
      if (CODE[at] === CODE[at + 1]) continue
      for (const wrong of [replaceAt(CODE, at, ""), replaceAt(CODE, at, CODE[at]! + CODE[at]!)]) {
        const result = parseCode(wrong, NETWORK)
        // The line's last characters may be those of the right line, up to a check that holds by chance.
        expect(result).toMatchObject({ ok: false, problem: "typo" })
        if (!result.ok && result.problem === "typo") expect([0, 1]).toContain(result.part - lineOf(at))
      }
    }
  })

  test("of lines in the wrong order or of another code is found", () => {
    const other = encodeCode(NETWORK, someHash(1))
    expect(parseCode(CODE.slice(0, 16) + CODE.slice(32, 48) + CODE.slice(16, 32) + CODE.slice(48), NETWORK)).toMatchObject({ problem: "typo", part: 2 })
    expect(parseCode(CODE.slice(0, 32) + other.slice(32), NETWORK)).toMatchObject({ problem: "typo", part: 3 })
  })

  test("hidden among many ones is refused quickly", () => {
    const taken = takenBy(() => {
      for (const text of ["1".repeat(64), "A1".repeat(32), "111111AAAAAAAAAA".repeat(4)]) expect(parseCode(text, NETWORK).ok).toBe(false)
    })
    expect(taken).toBeLessThan(200)
  })
})

describe("what is no code of this network", () => {
  test("a code that ends too early is too short, as long as its complete lines hold", () => {
    for (const length of [0, 1, 15, 16, 17, 31, 32, 48, 63]) expect(parseCode(CODE.slice(0, length), NETWORK)).toEqual({ ok: false, problem: "too-short" })
    expect(parseCode(replaceAt(CODE, 3, CODE[3] === "A" ? "C" : "A").slice(0, 20), NETWORK)).toEqual({ ok: false, problem: "typo", part: 1 })
    expect(parseCode("", NETWORK)).toEqual({ ok: false, problem: "too-short" })
    expect(parseCode("https://sotto.example/#code/", NETWORK)).toEqual({ ok: false, problem: "too-short" })
  })

  test("a code with something behind it is too long", () => {
    for (const more of ["A", "AB", "7".repeat(16), "X".repeat(1000)]) expect(parseCode(CODE + more, NETWORK)).toEqual({ ok: false, problem: "too-long" })
  })

  test.each(["hello, world!", "https://sotto.example/", "ключ", "@bob", "a".repeat(10) + "_", `${CODE}ß?`, "web+sotto:%41"])("%j is not a code", (text) => {
    expect(parseCode(text, NETWORK)).toEqual({ ok: false, problem: "not-a-code" })
  })

  test("a code of another network is known by its first line", () => {
    const other = new Uint8Array(32).fill(0x4f)
    expect(parseCode(CODE, other)).toEqual({ ok: false, problem: "other-network" })
    expect(parseCode(CODE.slice(0, 20), other)).toEqual({ ok: false, problem: "other-network" })
    expect(parseCode(CODE, concat(NETWORK.slice(0, 3), new Uint8Array(29)))).toEqual(READ)
  })

  test("a typo is named before the network, so that it is not taken for one", () => {
    expect(parseCode(replaceAt(CODE, 40, CODE[40] === "A" ? "C" : "A"), new Uint8Array(32))).toEqual({ ok: false, problem: "typo", part: 3 })
  })

  test("a code of another version is known by its first line, whatever follows", () => {
    const bytes = fromBase32(CODE)
    const part = Uint8Array.of(2, ...bytes.slice(1, 9))
    const digest = createHash("sha256").update("sotto v1 code check").update(Uint8Array.of(1)).digest()
    const line = toBase32(concat(part, Uint8Array.of(remainder(part) ^ digest[0]!)))
    for (const rest of ["", "ABC", CODE.slice(16), "A".repeat(48)]) expect(parseCode(line + rest, NETWORK)).toEqual({ ok: false, problem: "version" })
  })

  test("no text makes the reader throw", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expect(parseCode(text, NETWORK).ok).toBe(false)
    }))
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...BASE32_ALPHABET, "0", "1", "8", "9", " ", "-", "#code/"), maxLength: 90 }), (text) => {
      expect(parseCode(text, NETWORK).ok).toBe(false)
    }))
  })
})

describe("what follows from a code", () => {
  test("are four keys, each HKDF-SHA256 of the bundle's hash with its label", () => {
    const derive = (label: string) => new Uint8Array(hkdfSync("sha256", BUNDLE, new Uint8Array(0), label, 32))
    expect(deriveInvitation(BUNDLE)).toEqual({
      bundleBoxSeed: derive("sotto v1 bundle box"),
      bundleKey: derive("sotto v1 bundle key"),
      answerBoxSeed: derive("sotto v1 answer box"),
      answerKey: derive("sotto v1 answer key"),
    })
  })

  test("needs a whole hash", () => {
    expect(() => deriveInvitation(BUNDLE.slice(1))).toThrow(RangeError)
  })
})
