/** Where a search begins. */
import { shallowRef } from "vue"
import { go, route } from "./route.ts"

/** The conversation in which the search bar is open. */
export const finding = shallowRef<string | null>(null)

/** Counts how often the key was pressed with the bar open: its field takes the focus again. */
export const calledAgain = shallowRef(0)

/** What the search key opens: the bar where a conversation is shown, else the page for everything. */
export function openSearch(): void {
  const at = route.value
  if (at.page === "conversation" && finding.value === at.id) calledAgain.value++
  else if (at.page === "conversation") finding.value = at.id
  else go({ page: "search" })
}
