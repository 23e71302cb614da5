/** Where the user is. */
import { shallowRef } from "vue"
import { codeInFragment, formatRoute, HOME, parseRoute } from "./address.ts"
import type { Route } from "./address.ts"

export const route = shallowRef<Route>(HOME)

/** A code that came with a link. It is taken out of the address at once: it must not stay in the history. */
export const linkedCode = shallowRef<string | null>(null)

function read(): void {
  const code = codeInFragment(location.hash)
  // One that cannot be read stays as little as one that can.
  if (code !== null || location.hash.startsWith("#code/")) {
    linkedCode.value = code
    history.replaceState(null, "", formatRoute({ page: "add" }))
  }
  route.value = parseRoute(location.hash)
}

export function startRouting(): void {
  // An edited address, and back and forward.
  addEventListener("hashchange", read)
  addEventListener("popstate", read)
  read()
}

/** How many pages lie behind this one inside the app, kept with each entry of the history. */
const depth = (): number => (history.state as { depth?: number } | null)?.depth ?? 0

export function go(to: Route, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState({ depth: depth() + 1 }, "", formatRoute(to))
  else history.replaceState({ depth: depth() }, "", formatRoute(to))
  route.value = to
}

/** Back where the user came from, or to `otherwise` when the app was opened right here. */
export function back(otherwise: Route = HOME): void {
  if (depth() > 0) history.back()
  else go(otherwise, "replace")
}
