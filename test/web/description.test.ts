import { describe, expect, test } from "vitest"
import { parseDescription, sameNetwork } from "../../web/engine/description.ts"

const GOOD = { name: "Net", authorities: [{ key: "aa", url: "https://a.example" }, { key: "bb", url: "https://b.example" }], threshold: 2, directories: ["https://a.example/directory"], echo: "/echo" }
const parse = (change: object) => parseDescription(JSON.stringify({ ...GOOD, ...change }))

test("a description is read, with and without an echo bot", () => {
  expect(parse({})).toEqual(GOOD)
  expect(parse({ echo: undefined })?.echo).toBeUndefined()
})

describe("what is no description of a network is refused", () => {
  test.each([
    ["no authorities", { authorities: [] }],
    ["a threshold that cannot be met", { threshold: 3 }],
    ["a threshold of nobody", { threshold: 0 }],
    ["a fraction as threshold", { threshold: 1.5 }],
    ["a URL that runs", { directories: ["javascript:alert(1)"] }],
    ["a URL of a file", { authorities: [{ key: "aa", url: "file:///etc/passwd" }], threshold: 1 }],
    ["an echo bot at another origin", { echo: "https://elsewhere.example/echo" }],
    ["an echo bot at another host", { echo: "//elsewhere.example/echo" }],
    ["no name", { name: "" }],
  ])("%s", (_what, change) => {
    expect(parse(change)).toBeNull()
  })

  test.each(["", "<!doctype html>", "null", "[]", "7"])("%j", (json) => {
    expect(parseDescription(json)).toBeNull()
  })
})

test("a network is its authorities and its threshold: it may move and change its name, but not its keys", () => {
  const [a, b] = GOOD.authorities
  expect(sameNetwork(GOOD, { ...GOOD, name: "Other", authorities: [b!, { ...a!, url: "https://moved.example" }], directories: ["https://c.example"] })).toBe(true)
  expect(sameNetwork(GOOD, { ...GOOD, threshold: 1 })).toBe(false)
  expect(sameNetwork(GOOD, { ...GOOD, authorities: [a!, { key: "cc", url: b!.url }] })).toBe(false)
})
