import { expect, test } from "vitest"
import { CborWriter } from "../../messenger/content/cbor-writer.ts"
import { decodeContent, encodeContent } from "../../messenger/content/codec.ts"
import type { MimiContent } from "../../messenger/content/content.ts"
import { parcelMessages, parcelOf, PARCELS } from "../../messenger/content/parcels.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { concat, WireError } from "../../shared/bytes.ts"
import { seeded } from "../nodes/seeded.ts"

const random = seeded("parcels")
const PART = 48 << 10

test.each(PARCELS)("a parcel of the kind %s comes as it was sent, in as many messages as it takes", (kind) => {
  for (const [length, of] of [[0, 1], [1, 1], [PART, 1], [PART + 1, 2], [4 * PART, 4]] as const) {
    const bytes = new Uint8Array(length).map((_, i) => i)
    const parts = parcelMessages(kind, bytes, random).map((message) => parcelOf(decodeContent(encodeContent(message)))!)
    expect(parts.map((part) => [part.kind, part.part, part.of])).toEqual(Array.from({ length: of }, (_, i) => [kind, i, of]))
    expect(concat(...parts.map((part) => part.bytes))).toEqual(bytes)
    expect(new Set(parts.map(({ id }) => id.join())).size).toBe(1)
  }
})

test("what is longer is not sent", () => {
  expect(() => parcelMessages("reprieve", new Uint8Array(4 * PART + 1), random)).toThrow(RangeError)
})

test("messages of people, and types of other versions, are no parcels", () => {
  expect(parcelOf(textMessage("hello", random(16)))).toBeNull()
  expect(parcelOf(withType("application/vnd.sotto.leave+cbor;v=2", new Uint8Array()))).toBeNull()
  expect(parcelOf(withType("application/vnd.sotto.other+cbor;v=1", new Uint8Array()))).toBeNull()
  // Media types are compared without case.
  expect(parcelOf(withType("Application/vnd.sotto.Leave+CBOR; v=1", content()))?.kind).toBe("leave")
})

test.each<[string, () => Uint8Array]>([
  ["nothing", () => new Uint8Array()],
  ["no array", () => new CborWriter().uint(4).done()],
  ["three items", () => new CborWriter().array(3).bytes(random(16)).uint(0).uint(1).done()],
  ["a short id", () => content({ id: random(15) })],
  ["a long id", () => content({ id: random(17) })],
  ["a part behind the last", () => content({ part: 1, of: 1 })],
  ["no parts", () => content({ part: 0, of: 0 })],
  ["too many parts", () => content({ part: 0, of: 5 })],
  ["a part too long", () => content({ bytes: new Uint8Array(PART + 1) })],
  ["something behind it", () => concat(content(), new Uint8Array([0]))],
])("a parcel with %s is malformed", (_, bytes) => {
  expect(() => parcelOf(withType("application/vnd.sotto.leave+cbor;v=1", bytes()))).toThrow(WireError)
})

function content({ id = random(16), part = 0, of = 1, bytes = random(3) } = {}): Uint8Array {
  return new CborWriter().array(4).bytes(id).uint(part).uint(of).bytes(bytes).done()
}

function withType(contentType: string, bytes: Uint8Array): MimiContent {
  const message = textMessage("x", random(16))
  return { ...message, body: { kind: "single", disposition: 1, language: "", contentType, content: bytes } }
}
