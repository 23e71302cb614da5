import { expect, test } from "vitest"
import { encodeCode, formatCode, parseCode } from "../../messenger/contact-code.ts"
import { CODE_LENGTH, codeLetters, codeLines, codeLink, codeText } from "../../web/state/code.ts"

const NETWORK = new Uint8Array(32).fill(5)
const CODE = encodeCode(NETWORK, new Uint8Array(32).fill(9))

test("a code is shown as the messenger formats it", () => {
  expect(CODE).toHaveLength(CODE_LENGTH)
  expect(codeText(CODE)).toBe(formatCode(CODE))
})

test("what the app copies as text and as a link, the messenger reads", () => {
  for (const copied of [codeText(CODE), codeLink("https://app.example", CODE)]) expect(parseCode(copied, NETWORK)).toMatchObject({ ok: true })
})

test("the letters of a code are found in a link, in small letters and between dashes", () => {
  expect(codeLetters(codeLink("https://app.example", CODE))).toBe(CODE)
  expect(codeLetters(` ${CODE.toLowerCase().replace(/(.{4})/g, "$1-")}\n`)).toBe(CODE)
})

test("a code that is being typed is laid out in lines of four groups as far as it goes", () => {
  expect(codeLines("ABCDEFGHIJKLMNOPQR")).toEqual([["ABCD", "EFGH", "IJKL", "MNOP"], ["QR"]])
  expect(codeLines("")).toEqual([])
})
