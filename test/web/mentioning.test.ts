import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Written } from "../../web/state/mentioning.ts"
import { changed, isMeant, isSame, nameAt, namingOnly, soughtAt, trimmed, withName, writtenPieces } from "../../web/state/mentioning.ts"

const plain = (text: string): Written => ({ text, mentions: [] })
/** Ask @Mira and @Dan Abara now */
const named: Written = { text: "Ask @Mira and @Dan Abara now", mentions: [{ member: "mira", from: 4, to: 9 }, { member: "dan", from: 14, to: 24 }] }
const names = ({ text, mentions }: Written) => mentions.map(({ member, from, to }) => [member, text.slice(from, to)])
const ALL = [["mira", "@Mira"], ["dan", "@Dan Abara"]]

describe("an @ and the beginning of a name", () => {
  test.each([
    ["@", 1, ""], ["@mi", 3, "mi"], ["Hello @mi", 9, "mi"], ["Hello\n@dan ab", 13, "dan ab"], ["@mi there", 3, "mi"], ["＠た", 2, "た"], ["@dan ", 5, "dan "],
  ])("%j, with the caret at %d, looks for %j", (text, caret, words) => {
    expect(soughtAt(plain(text), caret)).toMatchObject({ words, to: caret })
  })

  test.each([["jo@example", 10], ["Hello", 5], ["", 0], ["@ now", 5], ["@@", 2], ["a @b c d e f", 12], ["@mi\n", 4]])("%j looks for nobody", (text, caret) => {
    expect(soughtAt(plain(text), caret)).toBeNull()
  })

  test("of somebody who was picked already is none", () => {
    expect(soughtAt(named, 9)).toBeNull()
    expect(soughtAt(named, 18)).toBeNull()
  })

  test("means whoever has words that begin so, whatever their case and accents", () => {
    expect(["Mira Adeyemi", "Ádám Mi", "Jo"].filter((name) => isMeant(name, "mi"))).toEqual(["Mira Adeyemi", "Ádám Mi"])
    expect(isMeant("Ádám Mi", "adam m")).toBe(true)
    expect(isMeant("Mira", "ira")).toBe(false)
    expect(isMeant("ليان", "لي")).toBe(true)
  })
})

test("who is picked stands in the place of what was looked for, with a space behind where there is none, and those behind move along", () => {
  const sought = soughtAt({ ...named, text: `@jo ${named.text}`, mentions: named.mentions.map((one) => ({ ...one, from: one.from + 4, to: one.to + 4 })) }, 3)!
  const { written, caret } = withName({ text: `@jo ${named.text}`, mentions: named.mentions.map((one) => ({ ...one, from: one.from + 4, to: one.to + 4 })) }, sought, "jo", "Jo Berg")
  expect(written.text).toBe("@Jo Berg Ask @Mira and @Dan Abara now")
  expect(names(written)).toEqual([["jo", "@Jo Berg"], ...ALL])
  expect(caret).toBe(9)
  expect(withName(plain("to @"), { from: 3, to: 4 }, null, "Robin").written.text).toBe("to @Robin ")
})

describe("a text that is changed", () => {
  test.each([
    ["before all", "So: Ask @Mira and @Dan Abara now", 4], ["between", "Ask @Mira, and then @Dan Abara now", 19], ["at the end", "Ask @Mira and @Dan Abara now!", 29], ["right behind a name", "Ask @Mira’s and @Dan Abara now", 11],
    ["before a name", "Ask you @Mira and @Dan Abara now", 8], ["to nothing between them", "Ask @Mira@Dan Abara now", 9],
  ])("%s leaves names what they are", (_, text, caret) => {
    expect(names(changed(named, text, caret))).toEqual(ALL)
  })

  test("in the letters of a name makes it text, and leaves the others", () => {
    expect(names(changed(named, "Ask @Mirra and @Dan Abara now", 8))).toEqual([["dan", "@Dan Abara"]])
    expect(names(changed(named, "Ask @Mir and @Dan Abara now", 8))).toEqual([["dan", "@Dan Abara"]])
    expect(names(changed(named, "Ask  and @Dan Abara now", 4))).toEqual([["dan", "@Dan Abara"]])
    expect(names(changed(named, "Ask ", 4))).toEqual([])
  })

  test("by a letter like those beside it is changed where the caret says", () => {
    const twice: Written = { text: "@Anna", mentions: [{ member: "anna", from: 0, to: 5 }] }
    // An a behind the name, or one more n in it.
    expect(names(changed(twice, "@Annaa", 6))).toEqual([["anna", "@Anna"]])
    expect(changed(twice, "@Annna", 4).mentions).toEqual([])
    expect(names(changed({ text: "aa @Anna", mentions: [{ member: "anna", from: 3, to: 8 }] }, "a @Anna", 1))).toEqual([["anna", "@Anna"]])
  })

  test("anywhere never makes a name of other letters", () => {
    const edit = fc.record({ at: fc.nat(28), gone: fc.nat(12), put: fc.string({ maxLength: 6 }) })
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 5 }), (edits) => {
        let now = named
        for (const { at, gone, put } of edits) now = changed(now, now.text.slice(0, at) + put + now.text.slice(at + gone), Math.min(at, now.text.length) + put.length)
        for (const [member, letters] of names(now)) expect(ALL).toContainEqual([member, letters])
        expect(writtenPieces(now).map(({ text }) => text).join("")).toBe(now.text)
      }),
    )
  })
})

test("a name goes with one key where the caret stands beside it", () => {
  expect([nameAt(named, 9, -1)?.member, nameAt(named, 9, 1), nameAt(named, 14, 1)?.member, nameAt(named, 16, -1)]).toEqual(["mira", null, "dan", null])
})

test("without white space around the text names stand where they stood in it", () => {
  const before = changed(named, `\n  ${named.text}`, 3)
  expect(trimmed(changed(before, `${before.text}\n `, before.text.length + 2))).toEqual(named)
})

test("who is not there any more is named no more, and that is a change", () => {
  const left = namingOnly(named, (member) => member === "dan")
  expect(names(left)).toEqual([["dan", "@Dan Abara"]])
  expect(left.text).toBe(named.text)
  expect([isSame(named, left), isSame(named, { ...named, mentions: [...named.mentions] })]).toEqual([false, true])
})
