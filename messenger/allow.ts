import type { StoredContact } from "./stored.ts"

/**
 * - show: stored and shown
 * - ask: nothing of them is read until the user has let them in
 * - drop: thrown away unseen
 */
export type Verdict = "show" | "ask" | "drop"

/** The allow-list: the one door to the screen. Whoever is not a contact that was let in does not pass. design.md section 10. */
export function verdict(contact: StoredContact | undefined): Verdict {
  if (contact === undefined || contact.blocked) return "drop"
  switch (contact.state) {
    case "ask":
      return "ask"
    case "answered":
    case "ready":
      return "show"
    default:
      return "drop"
  }
}
