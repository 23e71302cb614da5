import fc from "fast-check"
import { expect, test } from "vitest"
import type { Mention } from "../../messenger/content/mentions.ts"
import { mentionsIn, readMarkdown, spokenPart } from "../../messenger/content/mentions.ts"
import { fromUtf8, utf8 } from "../../shared/text.ts"

const alice = { name: "Alice Smith", uri: "mimi://example.com/u/alice-smith" }
const markdown = (text: string) => ({ body: { ...spokenPart([]), content: utf8(text) } })

test("somebody is named by a link as in the draft's example, and what was typed is no formatting", () => {
  expect(fromUtf8(spokenPart(["Kudos to ", alice, " *now*"]).content)).toBe("Kudos to [@Alice Smith](mimi://example.com/u/alice-smith) \\*now\\*")
  expect(mentionsIn(markdown("Kudos to [@Alice Smith](mimi://example.com/u/alice-smith) for making the release happen!"))).toEqual([alice])
})

test("whatever is typed around them and whatever they are called, those who were named are found, and nobody else", () => {
  const mention = fc.record({ name: fc.string({ unit: "grapheme", maxLength: 12 }).filter((name) => !/[\n\r]/.test(name)), uri: fc.constantFrom<string>("mimi://a/u/1", "mimi://a/u/2", "mimi://a/u/3") })
  const typed = fc.oneof(fc.string({ unit: "grapheme", maxLength: 12 }), fc.constantFrom("[@Eve](mimi://a/u/9)", "\\", "[@", "](mimi://a/u/9)"))
  fc.assert(
    fc.property(fc.array(fc.oneof(typed, mention), { maxLength: 6 }), (spoken) => {
      const named = spoken.filter((piece): piece is Mention => typeof piece !== "string")
      const firsts = named.filter(({ uri }, i) => named.findIndex((one) => one.uri === uri) === i)
      expect(mentionsIn({ body: spokenPart(spoken) })).toEqual(firsts)
    }),
    { numRuns: 300 },
  )
})

test.each(["[Alice](mimi://a/u/1)", "[@Alice](https://a/u/1)", "[@Ali\nce](mimi://a/u/1)", "[@Alice](mimi://a/u/ 1)", "\\[@Alice](mimi://a/u/1)"])("%j names nobody", (text) => {
  expect(mentionsIn(markdown(text))).toEqual([])
})

test("in plain text and in parts that cannot be read nobody is named", () => {
  expect(mentionsIn({ body: { ...spokenPart([alice]), contentType: "text/plain" } })).toEqual([])
  expect(mentionsIn({ body: { ...spokenPart([alice]), content: Uint8Array.of(0xff) } })).toEqual([])
})

test("a text that is full of beginnings takes no longer than its length, and names a bounded number", () => {
  expect(mentionsIn(markdown("[@".repeat(20_000)))).toEqual([])
  expect(mentionsIn(markdown(`[@${"\\\\".repeat(20_000)}`))).toEqual([])
  expect(mentionsIn(markdown(Array.from({ length: 200 }, (_, i) => `[@a](mimi://a/${i})`).join(" ")))).toHaveLength(100)
})

test("a text with names in it is read as it was written, and each name is found in its place", () => {
  const mention = fc.record({ name: fc.string({ unit: "grapheme", maxLength: 12 }).filter((name) => !/[\n\r]/.test(name)), uri: fc.constantFrom<string>("mimi://a/u/1", "mimi://a/u/2") })
  const typed = fc.oneof(fc.string({ unit: "grapheme", maxLength: 12 }), fc.constantFrom("[@Eve](mimi://a/u/9)", "\\", "\\*", "*stars*"))
  fc.assert(
    fc.property(fc.array(fc.oneof(typed, mention), { maxLength: 12 }), (spoken) => {
      const { text, named } = readMarkdown(fromUtf8(spokenPart(spoken).content))
      expect(text).toBe(spoken.map((piece) => (typeof piece === "string" ? piece : `@${piece.name}`)).join(""))
      const mentions = spoken.filter((piece) => typeof piece !== "string")
      expect(named.map(({ uri, from, to }) => [uri, text.slice(from, to)])).toEqual(mentions.map(({ name, uri }) => [uri, `@${name}`]))
    }),
  )
})

test("a backslash before what Markdown does not escape stays, and so do links beyond the hundredth", () => {
  expect(readMarkdown("C:\\temp \\ä \\*").text).toBe("C:\\temp \\ä *")
  const { text, named } = readMarkdown("[@a](mimi://a/u/1) ".repeat(101))
  expect(named).toHaveLength(100)
  expect(text.endsWith("@a [@a](mimi://a/u/1) ")).toBe(true)
})
