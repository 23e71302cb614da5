/** Where the user is, as the part of the address behind `#`: no server ever sees it. */
import { shallowRef } from "vue"

export type Route =
  | { readonly page: "home" }
  | { readonly page: "conversation"; readonly id: string; readonly message: string | null }
  | { readonly page: "contact"; readonly id: string }
  | { readonly page: "new" }
  | { readonly page: "invite" }
  | { readonly page: "add" }
  | { readonly page: "network" }
  | { readonly page: "settings" }

const HOME: Route = { page: "home" }

export function parseRoute(fragment: string): Route {
  const [page = "", id, kind, message] = fragment.replace(/^#\/?/, "").split("/").map(decode)
  switch (page) {
    case "conversation":
      return id ? { page, id, message: kind === "message" && message ? message : null } : HOME
    case "contact":
      return id ? { page, id } : HOME
    case "new":
    case "invite":
    case "add":
    case "network":
    case "settings":
      return { page }
    default:
      return HOME
  }
}

/** A hand-edited address is no reason to fail. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ""
  }
}

export function formatRoute(route: Route): string {
  const parts = route.page === "home" ? [] : [route.page, ..."id" in route ? [route.id] : [], ..."message" in route && route.message ? ["message", route.message] : []]
  return `#/${parts.map(encodeURIComponent).join("/")}`
}

/** The contact code in a link that was opened (`#code/…`), or null. */
export const codeInFragment = (fragment: string): string | null => /^#code\/(.+)$/.exec(fragment)?.[1] ?? null

export const route = shallowRef<Route>(HOME)

/** A code that came with a link. It is taken out of the address at once: it must not stay in the history. */
export const linkedCode = shallowRef<string | null>(null)

function read(): void {
  const code = codeInFragment(location.hash)
  if (code !== null) {
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
