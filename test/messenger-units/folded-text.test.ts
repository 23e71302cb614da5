import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { fold, hasWords, placesOf, soughtWords } from "../../messenger/folded-text.ts"

describe("a text is found", () => {
  for (const [text, sought] of [
    ["Grüße aus Köln", "grusse koln"],
    ["GRÜSSE", "grüße"],
    ["ΟΔΥΣΣΕΥΣ", "οδυσσευς"],
    ["مَرْحَبًا بِكَ", "مرحبا"],
    ["مـــرحبا", "مرحبا"],
    ["שָׁלוֹם", "שלום"],
    ["Ｗｉｄｅ ﬁne", "wide fine"],
    ["The ferry was late again", "late FERRY"],
    ["zero\u200bwidth", "zerowidth"],
  ] as const)
    test(`"${sought}" in "${text}"`, () => expect(hasWords(text, soughtWords(sought))).toBe(true))

  test("only where all words are in it", () => expect(hasWords("The ferry was late", soughtWords("ferry early"))).toBe(false))
  test("and not where nothing is looked for", () => expect(hasWords("anything", soughtWords(" \u0301 "))).toBe(false))
  test("with the vowel signs of scripts in which they are letters", () => expect(hasWords("की", soughtWords("का"))).toBe(false))
})

test("the places of the words are those of the text that was written", () => {
  const of = (text: string, sought: string) => placesOf(text, soughtWords(sought)).map(([from, to]) => text.slice(from, to))
  expect(of("Die Straße, die STRASSE", "strasse")).toEqual(["Straße", "STRASSE"])
  expect(of("cafe\u0301 cafe", "café")).toEqual(["cafe\u0301", "cafe"])
  expect(of("banana", "ana nan")).toEqual(["anana"])
  expect(of("😀 smile 😀", "😀")).toEqual(["😀", "😀"])
})

test("whatever is written, each marked place folds to something that was looked for, and is found", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 12 }), fc.string({ unit: "grapheme", minLength: 1, maxLength: 2 }), fc.string({ unit: "grapheme", maxLength: 12 }), (before, word, after) => {
      const words = soughtWords(word)
      fc.pre(words.length === 1)
      const text = `${before} ${word} ${after}`
      const places = placesOf(text, words)
      expect(places.length).toBeGreaterThan(0)
      for (const [from, to] of places) expect(fold(text.slice(from, to))).toContain(words[0])
    }),
  )
})
