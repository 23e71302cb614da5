import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { makeStatement, openStatement } from "../../messenger/statement.ts"
import { concat, WireError, Writer } from "../../shared/bytes.ts"
import { publicEd25519, signEd25519 } from "../../shared/ed25519.ts"
import { utf8 } from "../../shared/text.ts"
import { seeded } from "../nodes/seeded.ts"

const NOW = Date.UTC(2026, 10, 20, 15, 30)
const DAY = 86_400
const random = seeded("statement")
const secrets = { from: random(32), to: random(32) }
const from = publicEd25519(secrets.from)
const to = publicEd25519(secrets.to)
const devices = [random(32), random(32), random(32)]
const good = makeStatement({ from, to, revoked: devices }, secrets, NOW)
const bodyLength = 1 + 32 + 32 + 8 + 1 + 3 * 32

/** Anything that both sign, whether it is a statement or not. */
function signed(body: Uint8Array, label = "sotto v1 identity statement", tail = new Uint8Array()): Uint8Array {
  const message = concat(utf8(label), body)
  return concat(body, signEd25519(secrets.from, message), signEd25519(secrets.to, message), tail)
}

function body(wrong: { version?: number; from?: Uint8Array; to?: Uint8Array; day?: number; count?: number; devices?: readonly Uint8Array[] } = {}): Uint8Array {
  const list = wrong.devices ?? []
  const writer = new Writer().u8(wrong.version ?? 1).put(wrong.from ?? from).put(wrong.to ?? to).u64(wrong.day ?? 20_000 * DAY).u8(wrong.count ?? list.length)
  for (const device of list) writer.put(device)
  return writer.done()
}

describe("a statement of another identity key", () => {
  test("says what it was made with, its devices in order and its time as a day", () => {
    const { day, revoked, ...keys } = openStatement(good)
    expect(keys).toEqual({ from, to })
    expect(day).toBe(Math.floor(NOW / 1000 / DAY) * DAY)
    expect(new Set(revoked)).toEqual(new Set(devices))
    expect(openStatement(signed(body()))).toEqual({ from, to, day: 20_000 * DAY, revoked: [] })
  })

  test("any of whose bits was changed is refused", () => {
    for (let i = 0; i < good.length; i++) {
      const flipped = good.slice()
      flipped[i]! ^= 1 << (i % 8)
      expect(() => openStatement(flipped), `byte ${i}`).toThrow(WireError)
    }
  })

  const [low, high] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  const many = Array.from({ length: 33 }, (_, i) => new Uint8Array(32).fill(i + 1))
  test.each([
    ["short", good.slice(0, -1)],
    ["too long", concat(good, new Uint8Array(1))],
    ["empty", new Uint8Array()],
    ["of another version", signed(body({ version: 2 }))],
    ["with no whole day", signed(body({ day: 20_000 * DAY + 1 }))],
    ["from a key to itself", signed(body({ to: from }))],
    ["with devices that do not rise", signed(body({ devices: [high, low] }))],
    ["with a device twice", signed(body({ devices: [low, low] }))],
    ["with more devices than there can be", signed(body({ devices: many }))],
    ["with fewer devices than it says", signed(body({ count: 1 }))],
    ["under another label", signed(body(), "sotto v1 device certificate")],
    ["of a key that did not sign", signed(body({ from: publicEd25519(random(32)) }))],
    ["to a key that did not sign", signed(body({ to: publicEd25519(random(32)) }))],
    ["signed by one for both", concat(good.slice(0, bodyLength + 64), good.slice(bodyLength, bodyLength + 64))],
  ])("%s is refused", (_, bytes) => {
    expect(() => openStatement(bytes)).toThrow(WireError)
  })

  test("random bytes are refused, and nothing else is thrown", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void expect(() => openStatement(bytes)).toThrow(WireError)), { numRuns: 300 })
  })
})
