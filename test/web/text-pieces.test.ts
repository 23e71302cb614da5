import fc from "fast-check"
import { expect, test } from "vitest"
import { marksIn, textPieces } from "../../web/state/text-pieces.ts"

/** Parts of a text in order, without overlaps. */
const parts = fc.uniqueArray(fc.nat(20), { maxLength: 8 }).map((edges) => {
  const sorted = edges.sort((a, b) => a - b)
  return Array.from({ length: sorted.length >> 1 }, (_, i) => [sorted[2 * i]!, sorted[2 * i + 1]!] as const)
})

test("the pieces are the text, and each character is marked and linked as was found", () => {
  const text = "abcdefghijklmnopqrstu"
  fc.assert(
    fc.property(parts, parts, (links, marks) => {
      const pieces = textPieces(text, links.map(([from, to], i) => ({ from, to, url: `link ${i}` })), marks)
      expect(pieces.map((piece) => piece.text).join("")).toBe(text)
      const characters = pieces.flatMap((piece) => [...piece.text].map(() => piece))
      characters.forEach(({ marked, url }, at) => {
        expect(marked).toBe(marks.some(([from, to]) => from <= at && at < to))
        const link = links.findIndex(([from, to]) => from <= at && at < to)
        expect(url).toBe(link < 0 ? null : `link ${link}`)
      })
    }),
  )
})

test("a text that was written to be found everywhere is drawn in some hundred pieces", () => {
  const text = "a ".repeat(8192)
  const pieces = textPieces(text, [], marksIn(text, "a"))
  expect(pieces.length).toBe(400)
  expect(pieces.map((piece) => piece.text).join("")).toBe(text)
})

test("nothing is marked where nothing is looked for", () => {
  expect(marksIn("anything", "")).toEqual([])
  expect(textPieces("", [], [])).toEqual([])
})
