/** Who can be invited into groups. */
import { computed } from "vue"
import type { ContactView } from "../../messenger/api.ts"
import { nameOf } from "./names.ts"
import { state } from "./state.ts"

/** So many people a group has at most. */
export const GROUP_MOST = 32

const fits = ({ state: how, blocked, identityChange, member }: ContactView) => how === "ready" && !blocked && identityChange === null && member !== null

/** Each person once, by name; those who can be let in at once come first. */
export const invitable = computed(() => {
  const people = new Map<string, ContactView>()
  for (const contact of state.contacts.values()) if (fits(contact) && people.get(contact.member!)?.invitable !== true) people.set(contact.member!, contact)
  return [...people.values()].sort((a, b) => Number(b.invitable) - Number(a.invitable) || nameOf(a).localeCompare(nameOf(b)))
})
