/** Addresses inside the app: the part behind `#`, which no server ever sees. */

export type Route =
  | { readonly page: "home" }
  | { readonly page: "conversation"; readonly id: string; readonly message: string | null; readonly at?: number }
  | { readonly page: "safety"; readonly id: string }
  | { readonly page: "search" }
  | { readonly page: "shelf"; readonly id: string }
  | { readonly page: "storage" }
  | { readonly page: "contact"; readonly id: string }
  | { readonly page: "group"; readonly id: string }
  | { readonly page: "introduction"; readonly id: string }
  | { readonly page: "new-group" }
  | { readonly page: "new" }
  | { readonly page: "invite" }
  | { readonly page: "add" }
  | { readonly page: "share" }
  | { readonly page: "network" }
  | { readonly page: "ledger" }
  | { readonly page: "settings" }
  | { readonly page: "help" }

export const HOME: Route = { page: "home" }

export function parseRoute(fragment: string): Route {
  const [page = "", id, kind, which = ""] = fragment.replace(/^#\/?/, "").split("/").map(decode)
  switch (page) {
    case "conversation":
      if (!id) return HOME
      if (kind === "at" && /^\d{1,12}$/.test(which)) return { page, id, message: null, at: Number(which) }
      return { page, id, message: kind === "message" && which ? which : null }
    case "contact":
    case "safety":
    case "group":
    case "introduction":
    case "shelf":
      return id ? { page, id } : HOME
    case "new":
    case "new-group":
    case "invite":
    case "add":
    case "share":
    case "network":
    case "ledger":
    case "search":
    case "settings":
    case "storage":
    case "help":
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
  const parts = route.page === "home" ? [] : [route.page, ..."id" in route ? [route.id] : []]
  if (route.page === "conversation" && route.message) parts.push("message", route.message)
  else if (route.page === "conversation" && route.at !== undefined) parts.push("at", String(route.at))
  return `#/${parts.map(encodeURIComponent).join("/")}`
}

/** The contact code in a link that was opened (`#code/…`, or `#code/web+sotto:…` as browsers hand over links of that kind), or null. */
export function codeInFragment(fragment: string): string | null {
  const given = /^#code\/(.+)$/.exec(fragment)?.[1]
  return given === undefined ? null : decode(given).replace(/^web\+sotto:(\/\/)?(code\/)?/i, "") || null
}
