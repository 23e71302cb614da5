import fc from "fast-check"
import { expect, test } from "vitest"
import { isName } from "../../messenger/name.ts"
import { fitName, isSomeName, nameOf } from "../../web/state/names.ts"
import { contact } from "./views.ts"

test("whatever is typed, what the field makes of it is a name that the messenger takes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 90 }), (typed) => {
      const name = fitName(typed).trim()
      fc.pre(isSomeName(name))
      expect(isName(name)).toBe(true)
    }),
  )
})

test("a name that is too long is cut between characters, not inside of them", () => {
  expect(fitName("👩‍👩‍👧".repeat(10))).toBe("👩‍👩‍👧".repeat(3))
})

test("who has no name yet is still called something", () => {
  expect(nameOf(contact("x", { name: "", theirName: "Mira" }))).toBe("Mira")
  expect(nameOf(contact("x", { name: "" }))).not.toBe("")
})
