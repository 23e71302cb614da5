import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, test } from "vitest"
import { actOf, deletionMessage, reactionMessage, TIMER_TYPE, timerMessage, timerOf } from "../../messenger/content/acts.ts"
import { isReaction } from "../../messenger/content/reaction.ts"
import { decodeContent, encodeContent } from "../../messenger/content/codec.ts"
import { DISPOSITION } from "../../messenger/content/content.ts"
import type { MimiContent, Part, SinglePart } from "../../messenger/content/content.ts"
import { textMessage } from "../../messenger/content/text.ts"
import { fromHex, WireError } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"

const SALT = new Uint8Array(16).fill(4)
const ID = Uint8Array.of(1, ...new Uint8Array(31).fill(2))
const OTHER = Uint8Array.of(1, ...new Uint8Array(31).fill(3))
const again = (content: MimiContent) => decodeContent(encodeContent(content))
const sign = (text: string, more: Partial<SinglePart> = {}): SinglePart => ({ kind: "single", disposition: DISPOSITION.reaction, language: "", contentType: "text/plain;charset=utf-8", content: utf8(text), ...more })
const reaction = (body: Part, inReplyTo: Uint8Array | null = ID): MimiContent => ({ ...textMessage("", SALT), inReplyTo, body })

describe("what a message says of another", () => {
  test("a text says nothing of any, and an answer neither", () => {
    expect(actOf(again(textMessage("x", SALT, { inReplyTo: ID })))).toBeNull()
  })

  test("an edit replaces by a text, and a deletion by nothing", () => {
    expect(actOf(again(textMessage("x", SALT, { replaces: ID, inReplyTo: OTHER })))).toEqual({ kind: "edit", target: ID })
    expect(actOf(again(deletionMessage(ID, SALT)))).toEqual({ kind: "deletion", target: ID })
  })

  test.each([[[]], [["❤"]], [["❤", "👍🏽", "+1"]]])("the reactions %j are read as they were set", (reactions) => {
    expect(actOf(again(reactionMessage(ID, reactions, OTHER, SALT)))).toEqual({ kind: "reaction", target: ID, reactions })
  })

  test("one to nothing is a message like others, as in the draft's example", () => {
    expect(actOf(reaction(sign("❤"), null))).toBeNull()
  })

  test("one that is there twice counts once", () => {
    const part: Part = { kind: "multi", disposition: DISPOSITION.reaction, language: "", semantics: "processAll", parts: [sign("❤"), sign("❤")] }
    expect(actOf(reaction(part))).toMatchObject({ reactions: ["❤"] })
  })

  test.each<[string, MimiContent]>([
    ["of nothing", reaction(sign(""))],
    ["with a space", reaction(sign("a b"))],
    ["with a new line", reaction(sign("a\n"))],
    ["that turns the text around it", reaction(sign("\u202eabc"))],
    ["of 65 bytes", reaction(sign("x".repeat(65)))],
    ["that is no text", reaction(sign("❤", { contentType: "image/png" }))],
    ["that is not UTF-8", reaction(sign("", { content: Uint8Array.of(0xff) }))],
    ["as alternatives", reaction({ kind: "multi", disposition: DISPOSITION.reaction, language: "", semantics: "chooseOne", parts: [sign("a"), sign("b")] })],
    ["of more than eight signs", reaction({ kind: "multi", disposition: DISPOSITION.reaction, language: "", semantics: "processAll", parts: [..."abcdefghi"].map((text) => sign(text)) })],
    ["with a text in it", reaction({ kind: "multi", disposition: DISPOSITION.reaction, language: "", semantics: "processAll", parts: [sign("a"), sign("b", { disposition: DISPOSITION.render })] })],
  ])("a reaction %s is refused", (_, content) => {
    expect(() => actOf(content)).toThrow(WireError)
  })

  test("what is refused when it comes is not made", () => {
    expect(["❤", "👨‍👩‍👧‍👦", "+1"].every(isReaction)).toBe(true)
    expect(["", " ", "a b", "\u2066a", "\u0000", "x".repeat(65)].some(isReaction)).toBe(false)
  })
})

/** The examples of the draft belong to others: they are read where they lie beside the repository. */
const EXAMPLES = path.resolve(import.meta.dirname, "../../../shared/vectors/mimi")

test.skipIf(!existsSync(EXAMPLES)).each([
  ["original", undefined], ["reply", undefined], ["mention", undefined], ["expiring", undefined], ["attachment", undefined], ["multipart-1", undefined], ["multipart-2", undefined],
  ["edit", "edit"], ["delete", "deletion"], ["reaction", "reaction"], ["unlike", "reaction"],
])("the draft's example %s is read as %s", (name, kind) => {
  const act = actOf(decodeContent(new Uint8Array(readFileSync(path.join(EXAMPLES, `${name}.cbor`)))))
  expect(act?.kind).toBe(kind)
  if (act?.kind === "reaction") expect(act.reactions).toEqual(name === "unlike" ? [] : ["❤"])
})

describe("a timer", () => {
  const withContent = (hex: string, contentType = TIMER_TYPE): MimiContent => ({ ...textMessage("", SALT), body: sign("", { disposition: DISPOSITION.render, contentType, content: fromHex(hex) }) })

  test("says seconds and turn in CBOR, under a name of our own with its version", () => {
    const content = again(timerMessage({ seconds: 3600, turn: 7 }, SALT))
    expect(content.body).toMatchObject({ contentType: "application/vnd.sotto.timer+cbor;v=1", content: fromHex("82190e1007") })
    expect(timerOf(content)).toEqual({ seconds: 3600, turn: 7 })
    expect(timerOf(withContent("82190e1007", "Application/vnd.sotto.timer+CBOR; v=1"))).toEqual({ seconds: 3600, turn: 7 })
  })

  test("of another version, and anything else, is none", () => {
    expect(timerOf(withContent("8100", "application/vnd.sotto.timer+cbor;v=2"))).toBeNull()
    expect(timerOf(textMessage("x", SALT))).toBeNull()
  })

  test.each(["", "81190e10", "83010101", "8218050700", "821a01e28501" + "01", "8201fb3ff0000000000000", "82011b0000000100000000", "820101ff", "9f0101ff"])("%s is refused", (hex) => {
    expect(() => timerOf(withContent(hex))).toThrow(WireError)
  })
})
