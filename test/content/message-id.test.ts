import { createHash } from "node:crypto"
import { describe, expect, test } from "vitest"
import { encodeContent } from "../../messenger/content/codec.ts"
import { memberBy, memberUri, messageId } from "../../messenger/content/message-id.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { toHex, WireError } from "../../shared/bytes.ts"

const salt = Uint8Array.from({ length: 16 }, (_, i) => i)
const message = encodeContent(textMessage("hi", salt))

describe("the id of a message", () => {
  test("is 1 and 31 bytes of the hash over both URIs with their lengths, the message, and the salt", () => {
    const hash = createHash("sha256")
    hash.update(Uint8Array.of(0, 6)).update("sotto:").update(Uint8Array.of(0, 5)).update("raum:").update(message).update(salt)
    expect(toHex(messageId(message, "sotto:", "raum:"))).toBe(`01${hash.digest("hex").slice(0, 62)}`)
  })

  test("counts the bytes of a URI, not its characters", () => {
    const hash = createHash("sha256")
    hash.update(Uint8Array.of(0, 2)).update("ä").update(Uint8Array.of(0, 4)).update("😀").update(message).update(salt)
    expect(toHex(messageId(message, "ä", "😀"))).toBe(`01${hash.digest("hex").slice(0, 62)}`)
  })

  test("differs by sender, room, salt and text, and does not mix the two URIs", () => {
    const ids = [
      messageId(message, "ab", "c"),
      messageId(message, "a", "bc"),
      messageId(message, "", "abc"),
      messageId(encodeContent(textMessage("ho", salt)), "ab", "c"),
      messageId(encodeContent(textMessage("hi", salt.map((byte) => byte + 1))), "ab", "c"),
    ].map(toHex)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test("is of messages only", () => {
    expect(() => messageId(message.slice(1), "a", "b")).toThrow(WireError)
    expect(() => messageId(message.slice(0, 17), "a", "b")).toThrow(WireError)
    expect(() => messageId(message, "a".repeat(65_536), "b")).toThrow(RangeError)
  })
})

test("a member has one URI, and what is no member's is nobody's", () => {
  const member = "0f".repeat(32)
  expect(memberBy(memberUri(member))).toBe(member)
  for (const other of ["", "0f", member.toUpperCase(), `${member}0`, `${member}/x`, member.slice(1)]) expect(memberBy(memberUri(other))).toBe(null)
  for (const uri of ["", member, `mimi://example/u/${member}`, `x${memberUri(member)}`]) expect(memberBy(uri)).toBe(null)
})
