import { expect, test } from "vitest"
import type { Route } from "../../web/state/address.ts"
import { codeInFragment, formatRoute, parseRoute } from "../../web/state/address.ts"

const ROUTES: Route[] = [
  { page: "home" },
  { page: "conversation", id: "a/b #1", message: null },
  { page: "conversation", id: "a", message: "m/1" },
  { page: "contact", id: "ä" },
  { page: "new" },
  { page: "invite" },
  { page: "add" },
  { page: "network" },
  { page: "settings" },
]

test.each(ROUTES)("an address leads back to its page: %o", (route) => {
  expect(parseRoute(formatRoute(route))).toEqual(route)
})

test.each(["", "#", "#/", "#/nowhere", "#/contact", "#/conversation/", "#/contact/%E0%A4%A", "#code/ABCD"])("the address %j leads home", (fragment) => {
  expect(parseRoute(fragment)).toEqual({ page: "home" })
})

test("a code in a link is found, and a page of the app is no code", () => {
  expect(codeInFragment("#code/AB12-CD34")).toBe("AB12-CD34")
  expect(codeInFragment("#/code/AB12")).toBeNull()
  expect(codeInFragment("#code/")).toBeNull()
})
