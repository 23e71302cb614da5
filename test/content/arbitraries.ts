import { encode, rfc8949EncodeOptions, Tagged } from "cborg"
import fc from "fast-check"
import type { Extensions, MimiContent, Part } from "../../messenger/content/content.ts"
import { PART_SEMANTICS } from "../../messenger/content/content.ts"

const bytes = (maxLength: number, minLength = 0) => fc.uint8Array({ minLength, maxLength })
const text = (maxLength: number, minLength = 0) => fc.string({ unit: "binary", minLength, maxLength })
const u8 = fc.nat({ max: 255 })
const u32 = fc.nat({ max: 0xffffffff })

/** Any value that CBOR can hold and cborg can write, at most `levels` arrays, maps and tags deep. */
function cborValue(levels: number): fc.Arbitrary<unknown> {
  const leaf = fc.oneof(
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
    fc.double(),
    fc.float(),
    text(40),
    bytes(40),
    fc.constantFrom(null, undefined, true, false),
  )
  if (levels === 0) return leaf
  const inner = cborValue(levels - 1)
  const key = fc.oneof(text(5), fc.maxSafeInteger())
  return fc.oneof(
    leaf,
    fc.array(inner, { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(key, inner), { selector: ([name]) => name, maxLength: 4 }).map((entries) => new Map(entries)),
    fc.tuple(fc.nat({ max: 0xffffffff }), inner).filter(([tag]) => tag !== 2 && tag !== 3).map(([tag, value]) => new Tagged(tag, value)),
  )
}

export const encodedValue: fc.Arbitrary<Uint8Array> = cborValue(3).map((value) => new Uint8Array(encode(value, rfc8949EncodeOptions)))

const extensionKey = fc.oneof(
  fc.maxSafeInteger().filter((key) => key !== 1 && key !== 2),
  text(60, 1).filter((key) => key.length > 0),
)

const extensions: fc.Arbitrary<Extensions> = fc.record({
  senderUri: fc.option(text(60)),
  roomUri: fc.option(text(60)),
  unknown: fc
    .uniqueArray(fc.record({ key: extensionKey, value: encodedValue }), { selector: ({ key }) => key, maxLength: 5 })
    .map((entries) => entries.map((entry) => ({ ...entry, sort: Buffer.from(encode(entry.key)) })))
    .map((entries) => entries.sort((a, b) => Buffer.compare(a.sort, b.sort)).map(({ key, value }) => ({ key, value }))),
})

const common = { disposition: u8, language: text(20) }

function part(levels: number): fc.Arbitrary<Part> {
  const leaf: fc.Arbitrary<Part> = fc.oneof(
    fc.record({ kind: fc.constant("null" as const), ...common }),
    fc.record({ kind: fc.constant("single" as const), ...common, contentType: text(60), content: bytes(200) }),
    fc.record({
      kind: fc.constant("external" as const),
      ...common,
      contentType: text(60),
      url: text(60),
      expires: u32,
      size: fc.maxSafeNat(),
      encAlg: fc.nat({ max: 0xffff }),
      key: bytes(32),
      nonce: bytes(24),
      aad: bytes(60),
      hashAlg: u8,
      contentHash: bytes(64),
      description: text(60),
      filename: text(60),
    }),
  )
  if (levels === 1) return leaf
  const parts = fc.array(part(levels - 1), { minLength: 2, maxLength: 4 })
  return fc.oneof(leaf, fc.record({ kind: fc.constant("multi" as const), ...common, semantics: fc.constantFrom(...PART_SEMANTICS), parts }))
}

const messageId = bytes(31, 31).map((hash) => Uint8Array.of(1, ...hash))

/** Any message that the codec takes; unknown extensions in their order on the wire. */
export const mimiContent: fc.Arbitrary<MimiContent> = fc.record({
  salt: bytes(16, 16),
  replaces: fc.option(messageId),
  topicId: bytes(64),
  expires: fc.option(fc.record({ relative: fc.boolean(), time: u32 })),
  inReplyTo: fc.option(messageId),
  extensions,
  body: part(4),
})
