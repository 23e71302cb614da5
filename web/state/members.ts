/** Who is in a group: asked for while a component shows it, and again whenever something of the group has changed. */
import { watch } from "vue"
import type { MemberView } from "../../messenger/api.ts"
import { run } from "./engine.ts"
import { nameOf } from "./names.ts"
import { apply, state } from "./state.ts"

export async function loadMembers(id: string): Promise<void> {
  const asked = run("group-members", { conversation: id })
  // Refused where the group has just gone.
  const found = await asked.catch(() => null)
  if (found !== null && state.conversations.has(id)) apply({ type: "members", conversation: id, members: found.members })
}

/** `group`: id of the conversation; null while there is none to look at. */
export function useMembers(group: () => string | null): void {
  watch(
    // A change in a group is a line in it; what is looked at also follows when somebody becomes a contact, or is called otherwise.
    () => {
      const id = group()
      const conversation = id === null ? undefined : state.conversations.get(id)
      return conversation === undefined ? null : [id, conversation.group?.members, conversation.group?.role, conversation.last?.line && conversation.last.id, state.contacts.size].join(" ")
    },
    () => {
      const id = group()
      if (id !== null) void loadMembers(id)
    },
    { immediate: true },
  )
}

/** As they are called here: contacts as this user calls them. */
export const calledHere = ({ contact, name }: MemberView): string => {
  const known = contact === null ? undefined : state.contacts.get(contact)
  return known ? nameOf(known) : name
}
