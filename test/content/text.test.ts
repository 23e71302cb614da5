import { describe, expect, test } from "vitest"
import { decodeContent, encodeContent } from "../../messenger/content/codec.ts"
import { DISPOSITION } from "../../messenger/content/content.ts"
import type { MimiContent, MultiPart, Part, SinglePart } from "../../messenger/content/content.ts"
import { plainText, textMessage } from "../../messenger/content/text.ts"
import { utf8 } from "../../shared/text.ts"

const SALT = new Uint8Array(16).fill(3)
const ID = Uint8Array.of(1, ...new Uint8Array(31))

function single(contentType: string, content: string | Uint8Array = "x"): SinglePart {
  const bytes = typeof content === "string" ? utf8(content) : content
  return { kind: "single", disposition: DISPOSITION.render, language: "", contentType, content: bytes }
}

function multi(semantics: MultiPart["semantics"], ...parts: Part[]): MultiPart {
  return { kind: "multi", disposition: DISPOSITION.render, language: "", semantics, parts }
}

const message = (body: Part): MimiContent => ({ ...textMessage("", SALT), body })
const shown = (body: Part) => plainText(message(body)).map((piece) => (piece.kind === "text" ? piece.text : `[${piece.contentType}]`))

describe("a text message", () => {
  test.each(["hello", "", "*not* _markdown_ <b>", "שלום 👩🏽‍⚕️\n\u0000", "\ufeffwith a mark"])("%j comes out as it was typed", (text) => {
    expect(plainText(decodeContent(encodeContent(textMessage(text, SALT))))).toEqual([{ kind: "text", text, disposition: DISPOSITION.render, contentType: "text/plain;charset=utf-8" }])
  })

  test("carries where it stands in the conversation", () => {
    const content = textMessage("x", SALT, { inReplyTo: ID, replaces: ID, expires: { relative: true, time: 60 }, topicId: ID, language: "de-AT" })
    expect(decodeContent(encodeContent(content))).toEqual(content)
    expect(content).toMatchObject({ inReplyTo: ID, replaces: ID, expires: { relative: true, time: 60 }, topicId: ID, body: { language: "de-AT" } })
  })

  test("says nothing of its sender or room", () => {
    expect(textMessage("x", SALT).extensions).toEqual({ senderUri: null, roomUri: null, unknown: [] })
  })

  test("of one letter takes 55 bytes", () => {
    expect(encodeContent(textMessage("x", SALT))).toHaveLength(55)
  })
})

describe("what is shown of a message as text", () => {
  test.each(["text/plain", "text/plain;charset=utf-8", 'TEXT/Plain; Charset="UTF-8"', "text/markdown;variant=GFM-MIMI", "text/markdown; charset=us-ascii"])(
    "%s is text",
    (contentType) => {
      expect(plainText(message(single(contentType, "häßlich")))).toEqual([{ kind: "text", text: "häßlich", disposition: DISPOSITION.render, contentType }])
    },
  )

  test.each(["text/html", "image/png", "", "text/plain;charset=utf-16", "text/plainer", "application/vnd.sotto.poll+cbor;v=1"])(
    "%j is a placeholder with its name",
    (contentType) => {
      expect(plainText(message(single(contentType)))).toEqual([{ kind: "placeholder", contentType, disposition: DISPOSITION.render }])
    },
  )

  test("text that is not UTF-8 is a placeholder", () => {
    expect(shown(single("text/plain", Uint8Array.of(0xff)))).toEqual(["[text/plain]"])
  })

  test("a deletion shows nothing", () => {
    expect(shown({ kind: "null", disposition: DISPOSITION.render, language: "" })).toEqual([])
  })

  test("content that lies elsewhere is a placeholder and never fetched", () => {
    const none = new Uint8Array(0)
    const body: Part = { kind: "external", disposition: DISPOSITION.attachment, language: "", contentType: "video/mp4", url: "https://example.com", expires: 0,
      size: 1, encAlg: 0, key: none, nonce: none, aad: none, hashAlg: 0, contentHash: none, description: "", filename: "" }
    expect(plainText(message(body))).toEqual([{ kind: "placeholder", contentType: "video/mp4", disposition: DISPOSITION.attachment }])
  })

  test("of alternatives the first text is shown, or else the first part", () => {
    expect(shown(multi("chooseOne", single("image/png"), single("text/plain", "a"), single("text/plain", "b")))).toEqual(["a"])
    expect(shown(multi("chooseOne", single("image/png"), single("image/gif")))).toEqual(["[image/png]"])
  })

  test("a unit is shown whole or not at all", () => {
    expect(shown(multi("singleUnit", single("text/plain", "a"), single("text/plain", "b")))).toEqual(["a", "b"])
    expect(shown(multi("singleUnit", single("text/plain", "a"), single("image/png")))).toEqual(["[image/png]"])
  })

  test("parts to be processed one by one are shown one by one, unknown ones by name", () => {
    const inner = multi("chooseOne", single("text/html"), single("text/plain", "b"))
    expect(shown(multi("processAll", single("text/plain", "a"), single("image/png"), inner))).toEqual(["a", "[image/png]", "b"])
  })

  test("a reaction can be told from a text", () => {
    expect(plainText(message({ ...single("text/plain", "❤"), disposition: DISPOSITION.reaction }))).toMatchObject([{ text: "❤", disposition: DISPOSITION.reaction }])
  })
})
