import { describe, expect, test } from "vitest"
import { isFileName } from "../../messenger/attachments/file-name.ts"
import { actOf } from "../../messenger/content/acts.ts"
import { AGAIN_TYPE, againMessage } from "../../messenger/content/again.ts"
import type { Attachment } from "../../messenger/content/attachment.ts"
import { attachmentMessage, attachmentOf, captionOf, THUMBNAIL_MAX } from "../../messenger/content/attachment.ts"
import { decodeContent, encodeContent } from "../../messenger/content/codec.ts"
import { DISPOSITION } from "../../messenger/content/content.ts"
import type { ExternalPart, MimiContent, Part } from "../../messenger/content/content.ts"
import { plainText, textMessage } from "../../messenger/content/text.ts"
import { WireError } from "../../shared/bytes.ts"
import { RECORD_BYTES_MAX } from "../../shared/geometry.ts"

const SALT = new Uint8Array(16).fill(4)
const ID = Uint8Array.of(1, ...new Uint8Array(31).fill(2))
const SOURCE = { secret: new Uint8Array(32).fill(5), placement: new Uint8Array(32).fill(6), expires: 1_800_000_000 }
const FILE: Attachment = { name: "harbour.webp", mediaType: "image/webp", size: 200_000, hash: new Uint8Array(32).fill(7), thumbnail: null, source: SOURCE }
const ALONE = { text: "", inReplyTo: null, expires: null }
const again = (content: MimiContent) => decodeContent(encodeContent(content))
const part = attachmentMessage(FILE, SALT, ALONE).body as ExternalPart
const message = (body: Part): MimiContent => ({ ...textMessage("", SALT), body })
const several = (...parts: Part[]) => message({ kind: "multi", disposition: DISPOSITION.render, language: "", semantics: "processAll", parts })

describe("a file in a message", () => {
  test("comes back as it was named, alone or with a thumbnail and a text", () => {
    expect(attachmentOf(again(attachmentMessage(FILE, SALT, ALONE)))).toEqual(FILE)
    const thumbnail = { mediaType: "image/jpeg", bytes: new Uint8Array(900).fill(8) }
    const content = again(attachmentMessage({ ...FILE, thumbnail }, SALT, { text: "Look *here*", inReplyTo: ID, expires: { relative: true, time: 60 } }))
    expect(attachmentOf(content)).toEqual({ ...FILE, thumbnail })
    expect([captionOf(content), content.inReplyTo, content.expires]).toEqual(["Look *here*", ID, { relative: true, time: 60 }])
  })

  test("takes one box with the largest thumbnail and name", () => {
    const thumbnail = { mediaType: "image/webp", bytes: new Uint8Array(THUMBNAIL_MAX) }
    // What MLS wraps it in takes less than 256 bytes.
    expect(encodeContent(attachmentMessage({ ...FILE, thumbnail, name: "n".repeat(255) }, SALT, ALONE)).length).toBeLessThan(RECORD_BYTES_MAX - 256)
  })

  test("that lies elsewhere is none of ours, and shown by its name", () => {
    const elsewhere = again(message({ ...part, url: "https://example.com/storage/8ksB4bSrrRE.mp4", contentType: "video/mp4" }))
    expect(attachmentOf(elsewhere)).toBeNull()
    expect(plainText(elsewhere)).toEqual([{ kind: "placeholder", contentType: "video/mp4", disposition: DISPOSITION.attachment }])
    expect(attachmentOf(again(textMessage("x", SALT)))).toBeNull()
  })

  test.each<[string, Partial<ExternalPart>]>([
    ["of no bytes", { size: 0 }],
    ["of more bytes than there can be", { size: 2 ** 32 }],
    ["with a short secret", { key: new Uint8Array(31) }],
    ["with a long secret", { key: new Uint8Array(33) }],
    ["with a short hash", { contentHash: new Uint8Array(20) }],
    ["with another hash algorithm", { hashAlg: 2 }],
    ["with another cipher", { encAlg: 2 }],
    ["with a nonce", { nonce: new Uint8Array(12) }],
    ["with a list of dropboxes that is no hash", { url: `${part.url}00` }],
    ["with a list of dropboxes that is not hex", { url: part.url.replace(/.$/, "x") }],
    ["without a type", { contentType: "" }],
    ["with a type that breaks the line", { contentType: "image/png\nx" }],
    ["in a folder", { filename: "../../.ssh/authorized_keys" }],
    ["in a folder of another system", { filename: "..\\evil.exe" }],
    ["that is hidden", { filename: ".bashrc" }],
    ["whose name shows another end", { filename: "harbour\u202egpj.exe" }],
    ["whose name has a control character", { filename: "a\u0000b" }],
  ])("%s is refused", (_, change) => {
    expect(() => attachmentOf(again(message({ ...part, ...change })))).toThrow(WireError)
  })

  test("is one of a message, or the message is refused", () => {
    expect(() => attachmentOf(several(part, part))).toThrow(WireError)
  })

  test.each([["that is no picture", "text/html", 10], ["that can hold programs", "image/svg+xml", 10], ["of too many bytes", "image/webp", THUMBNAIL_MAX + 1], ["of no bytes", "image/webp", 0]])("has no thumbnail %s", (_, contentType, length) => {
    const preview: Part = { kind: "single", disposition: DISPOSITION.preview, language: "", contentType, content: new Uint8Array(length) }
    expect(attachmentOf(again(several(preview, part)))).toEqual(FILE)
  })

  test("has a name that people can read and systems can keep, or none", () => {
    expect(["", "a", "Urlaub 2026.webp", "הים.jpg", "名前.tar.gz", "n".repeat(255)].filter((name) => !isFileName(name))).toEqual([])
    expect([" a", "a ", "a.", "a:b", "a/b", "a\\b", "..", ".a", "\u200b", "a\nb", "n".repeat(256)].filter(isFileName)).toEqual([])
  })
})

describe("a file is asked for, and named, once more", () => {
  test("by what says something of its message", () => {
    expect(actOf(again(againMessage(ID, null, SALT)))).toEqual({ kind: "ask-again", target: ID })
    expect(actOf(again(againMessage(ID, SOURCE, SALT)))).toEqual({ kind: "again", target: ID, source: SOURCE })
  })

  test.each([["nothing", []], ["one thing", [0x81, 0x00]], ["a short secret", [0x83, 0x41, 0x00, 0x41, 0x00, 0x00]], ["more behind it", [0x80, 0x00]]])("but not by %s", (_, bytes) => {
    const body: Part = { kind: "single", disposition: DISPOSITION.session, language: "", contentType: AGAIN_TYPE, content: Uint8Array.from(bytes) }
    expect(() => actOf({ ...message(body), inReplyTo: ID })).toThrow(WireError)
  })
})
