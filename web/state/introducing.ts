/** Who can be introduced to whom, and by whom. */
import type { IntroductionView, MemberView } from "../../messenger/api.ts"
import { invitable } from "./inviting.ts"
import { nameOf } from "./names.ts"
import { state } from "./state.ts"
import { t } from "../text/text.ts"

/** Contacts whom this one can be introduced to: the conditions are those of groups. */
export const introducible = (contact: string) => invitable.value.filter(({ id, member }) => id !== contact && member !== state.contacts.get(contact)?.member)
export const canIntroduce = (contact: string): boolean => invitable.value.some(({ member }) => member === state.contacts.get(contact)?.member)

/** Contacts in a group who can be asked to introduce this user to another member. */
export const introducers = (members: readonly MemberView[]) => members.flatMap(({ contact }) => invitable.value.find(({ id, member }) => id === contact || (contact !== null && member === state.contacts.get(contact)?.member)) ?? [])

/** The latest by which this user has asked to be introduced to a member. */
export const askedFor = (member: string): IntroductionView | undefined => [...state.introductions.values()].filter((one) => one.member === member).sort((a, b) => b.at - a.at)[0]

/** What a contact is called who may have gone. */
export function calledContact(id: string | null | undefined): string {
  const contact = state.contacts.get(id ?? "")
  return contact ? nameOf(contact) : t.value.groups.somebody
}
