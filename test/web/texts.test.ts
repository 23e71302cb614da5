import { describe, expect, test } from "vitest"
import { isolate } from "../../web/text/isolate.ts"
import { LANGUAGES, loadAnswers, loadTexts, preferred } from "../../web/text/text.ts"

type Text = string | ((...parts: unknown[]) => string)
const COUNTS = [0, 1, 2, 3, 11, 100]
const MARK = "Zyx"

/** Every text with the path to it. */
function flat(value: unknown, path = ""): [string, Text][] {
  if (typeof value === "string" || typeof value === "function") return [[path, value as Text]]
  return Object.entries(value as object).flatMap(([key, inner]) => flat(inner, path === "" ? key : `${path}.${key}`))
}

/** Those that are handed neither names nor numbers. */
const LISTS: Record<string, unknown[]> = {
  "storage.damaged": COUNTS.map((count) => ["contact", "conversation", "message", "draft", "other"].map((kind) => ({ kind, count: Math.max(count, 1) }))),
}

/** These are no texts but of the language itself. */
const OF_LANGUAGE = ["tag", "direction", "number", "bytes"]
const loaded = new Map(await Promise.all(LANGUAGES.map(async (language) => [language, await loadTexts(language)] as const)))
const answers = new Map(await Promise.all([...loaded].map(async ([language, texts]) => [language, await loadAnswers(texts)] as const)))
const all = new Map([...loaded].map(([language, texts]) => [language, new Map([...flat(texts), ...flat(answers.get(language), "answers")].filter(([path]) => !OF_LANGUAGE.includes(path)))]))
const english = all.get("en")!

const call = (text: Text, parts: unknown[]) => (typeof text === "string" ? text : text(...parts))
/** No text takes more than these. The one in question stands among threes. */
const MOST = 4
const INDICES = Array.from({ length: MOST }, (_, index) => index)
const at = (index: number, part: unknown) => INDICES.map((one) => (one === index ? part : 3))
const plain = (text: string) => text.replace(/[\u2068\u2069]/g, "")

/** Whether words go there: they then appear in every language. Elsewhere it is a number, or yes or no. */
const isWord = (path: string, index: number) => [...all.values()].every((texts) => call(texts.get(path)!, at(index, MARK)).includes(MARK))

function* said(language: (typeof LANGUAGES)[number], path: string): Generator<string> {
  const text = all.get(language)!.get(path)!
  if (typeof text === "string") return yield text
  if (path in LISTS) return yield* LISTS[path]!.map((list) => plain(text(list)))
  const words = INDICES.map((index) => isWord(path, index))
  for (const n of COUNTS) yield plain(text(...words.map((word) => (word ? MARK : n))))
}

describe.each(LANGUAGES)("the texts in %s", (language) => {
  const texts = all.get(language)!

  test("are the same as in English, none less and none more", () => {
    expect([...texts.keys()].sort()).toEqual([...english.keys()].sort())
  })

  test("say something, whatever number or name they are handed", () => {
    for (const path of texts.keys()) {
      for (const text of said(language, path)) {
        expect(text.trim(), path).not.toBe("")
        expect(text, path).not.toMatch(/undefined|null|NaN|\[object|#/)
      }
    }
  })

  test("show the numbers that the English ones show", () => {
    for (const [path, text] of texts) {
      if (typeof text === "string" || path in LISTS) continue
      for (const index of INDICES) {
        const shown = call(english.get(path)!, at(index, 11)).includes("11")
        if (shown && !isWord(path, index)) expect(call(text, at(index, 11)), path).toContain(loaded.get(language)!.number(11))
      }
    }
  })

  test("are set as the language sets them", () => {
    const foreign = { en: /["`]|\.\.\.|'/, de: /["'`]|\.\.\.|\S…|”/, ar: /["'`,;?]|\.\.\./ }[language]
    for (const path of texts.keys()) for (const text of said(language, path)) expect(text, path).not.toMatch(foreign)
  })
})

test("whatever has letters in English has Arabic letters in Arabic", () => {
  for (const path of english.keys()) {
    const [first] = said("en", path)
    if (!/\p{L}/u.test(first!.replaceAll(MARK, "")) || path.startsWith("keys.caps.")) continue
    for (const arabic of said("ar", path)) expect(arabic, path).toMatch(/\p{Script=Arabic}/u)
  }
})

test("Arabic counts in all six of its forms", () => {
  const unread = all.get("ar")!.get("list.unread") as (n: number) => string
  expect(new Set(COUNTS.map((n) => unread(n).replace(/\d+/, "n"))).size).toBe(5)
  expect(unread(2)).toBe("رسالتان جديدتان")
  expect(unread(3)).toMatch(/3 رسائل|٣ رسائل/)
  expect(unread(11)).toMatch(/11 رسالة|١١ رسالة/)
})

test("the first language of the browser that there are texts in is shown, and English where there is none", () => {
  expect(preferred(["fr-FR", "de-AT", "en"])).toBe("de")
  expect(preferred(["AR"])).toBe("ar")
  expect(preferred(["pl", "uk"])).toBe("en")
  expect(preferred([])).toBe("en")
})

test("a name that is written the other way does not turn the words around it", () => {
  expect(isolate("Ben", "ltr")).toBe("Ben")
  expect(isolate("ليلى", "ltr")).toBe("\u2068ليلى\u2069")
  expect(isolate("Ben", "rtl")).toBe("\u2068Ben\u2069")
  expect(isolate("B\u202een\u2069", "ltr")).toBe("Ben")
  expect(isolate("ل\u2069يلى\u2067", "ltr")).toBe("\u2068ليلى\u2069")
  expect(isolate("\u2066Ben\u202c", "rtl")).toBe("\u2068Ben\u2069")
  expect(isolate("\u202e", "rtl")).toBe("")
  expect(isolate("a \u2068Ben\u2069", "rtl")).toBe("\u2068a \u2068Ben\u2069\u2069")
  const title = all.get("de")!.get("ask.title") as (name: string) => string
  expect(title("ليلى")).toBe("\u2068ليلى\u2069 hat auf deinen Code geantwortet")
})
