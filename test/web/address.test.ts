import { expect, test } from "vitest"
import type { Route } from "../../web/state/address.ts"
import { codeInFragment, formatRoute, parseRoute } from "../../web/state/address.ts"

const ROUTES: Route[] = [
  { page: "home" },
  { page: "conversation", id: "a/b #1", message: null },
  { page: "conversation", id: "a", message: "m/1" },
  { page: "conversation", id: "a", message: null, at: 1234 },
  { page: "contact", id: "ä" },
  { page: "safety", id: "ä" },
  { page: "search" },
  { page: "new" },
  { page: "invite" },
  { page: "add" },
  { page: "share" },
  { page: "network" },
  { page: "settings" },
  { page: "help" },
]

test.each(ROUTES)("an address leads back to its page: %o", (route) => {
  expect(parseRoute(formatRoute(route))).toEqual(route)
})

test.each(["", "#", "#/", "#/nowhere", "#/contact", "#/conversation/", "#/contact/%E0%A4%A", "#code/ABCD"])("the address %j leads home", (fragment) => {
  expect(parseRoute(fragment)).toEqual({ page: "home" })
})

test("a code in a link is found, and a page of the app is no code", () => {
  expect(codeInFragment("#code/AB12-CD34")).toBe("AB12-CD34")
  for (const link of ["web%2Bsotto%3AAB12", "web+sotto:AB12", "web%2Bsotto%3A%2F%2FAB12", "web+sotto:code/AB12"]) expect(codeInFragment(`#code/${link}`)).toBe("AB12")
  expect(codeInFragment("#code/web+sotto:")).toBeNull()
  expect(codeInFragment("#/code/AB12")).toBeNull()
  expect(codeInFragment("#code/")).toBeNull()
})
