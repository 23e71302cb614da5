import { expect, test } from "vitest"
import { shownHost } from "../../web/state/host-name.ts"
import { textPieces } from "../../web/state/text-pieces.ts"

test.each([
  ["https://example.org/way", "example.org", "example.org"],
  ["https://example.org:8443/", "example.org:8443", "example.org:8443"],
  ["https://bücher.example/", "bücher.example", "xn--bcher-kva.example"],
  ["https://xn--bcher-kva.example/", "bücher.example", "xn--bcher-kva.example"],
  ["https://例え.テスト/", "例え.テスト", "xn--r8jz45g.xn--zckzah"],
  ["https://مثال.إختبار/", "مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"],
])("the host of %s is shown both ways", (url, shown, wire) => {
  expect(shownHost(url)).toMatchObject({ shown, wire, mixed: false, disguised: false })
})

test("a host that mixes scripts is said to do so, and one that is written in several as a rule is not", () => {
  expect(shownHost("https://pаypal.com/")?.mixed).toBe(true)
  expect(shownHost("https://日本のabc.example/")?.mixed).toBe(false)
})

test("what stands before an @ is not the host", () => {
  expect(shownHost("https://example.org@evil.example/")).toMatchObject({ shown: "evil.example", disguised: true })
})

test("the whole address has nothing in it that turns or hides what stands around it", () => {
  expect(shownHost("https://example.org/\u202egpj.exe\u200b?q=\u2066x")?.url).toBe("https://example.org/%E2%80%AEgpj.exe%E2%80%8B?q=%E2%81%A6x")
  expect(shownHost("http://example.org/")).toMatchObject({ plain: true })
  expect(shownHost(`http://${"a".repeat(56)}.onion/`)).toMatchObject({ plain: false })
})

test("what is no address of the web has no host to open", () => {
  for (const url of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "nothing"]) expect(shownHost(url)).toBeNull()
})

test("pieces of a text are all of it, in order, each marked and linked as it is", () => {
  expect(textPieces("see example.org now", [{ from: 4, to: 15, url: "https://example.org" }], [[0, 3], [8, 19]])).toEqual([
    { text: "see", marked: true, url: null },
    { text: " ", marked: false, url: null },
    { text: "exam", marked: false, url: "https://example.org" },
    { text: "ple.org", marked: true, url: "https://example.org" },
    { text: " now", marked: true, url: null },
  ])
})
