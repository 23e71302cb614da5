import type { IntroductionState, IntroductionView } from "../../messenger/api.ts"
import type { Command } from "../command.ts"
import type { Part } from "../command-of-parts.ts"
import { commandOfParts, tell } from "../command-of-parts.ts"
import { findContact, findGroup } from "../engine.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName, table } from "../output.ts"

const USAGES = {
  list: "list",
  new: "new CONTACT CONTACT",
  ask: "ask GROUP MEMBER",
  agree: "agree ID",
  decline: "decline ID",
} as const

const parts: Record<keyof typeof USAGES, Part> = {
  async list(messenger, _, call) {
    const { introductions } = await messenger.run("introductions", {})
    const { contacts } = await messenger.run("view", {})
    const nameOf = (contact: string | null) => plainName(contacts.find(({ id }) => id === contact)?.name ?? "?")
    if (call.json) for (const one of introductions) call.print(jsonLine({ ...one }))
    else for (const line of table(introductions.map((one) => [one.id, said(one, nameOf)]))) call.print(line)
    if (introductions.length === 0) call.note("Nobody has been introduced yet.")
  },
  async new(messenger, [first, second], call) {
    const view = await messenger.run("view", {})
    const { introduction: id } = await messenger.run("introduce", { contact: findContact(view, first!).id, to: findContact(view, second!).id })
    tell(call, { id }, "Both are asked; they become contacts when both agree.")
  },
  async ask(messenger, [name, word], call) {
    const { id: conversation } = findGroup(await messenger.run("view", {}), name!)
    const { members } = await messenger.run("group-members", { conversation })
    const found = members.filter((one) => one.id === word || one.name.toLowerCase() === word!.toLowerCase())
    if (found.length !== 1) throw new Failure(`There is no one member "${word}"; "sotto group members" shows all.`)
    const { introduction: id } = await messenger.run("introduction-ask", { conversation, member: found[0]!.id })
    tell(call, { id }, "A contact who is in the group is asked to introduce you.")
  },
  async agree(messenger, [id], call) {
    await messenger.run("introduction-answer", { introduction: id!, agree: true })
    tell(call, { id, agree: true }, "Agreed.")
  },
  async decline(messenger, [id], call) {
    await messenger.run("introduction-answer", { introduction: id!, agree: false })
    tell(call, { id, agree: false }, "Declined.")
  },
}

/** People who get to know each other through somebody whom both know. What is said leaves while sotto runs. */
export const introduction: Command = commandOfParts("introduction", "Two people become contacts through a third, if both agree; needs no network, and what is said leaves while sotto runs", USAGES, parts)

const ends: Record<Exclude<IntroductionState, "offered" | "wanted">, string> = { open: "not all have agreed yet", made: "made", ended: "nothing came of it" }

function said({ state, by, people, name }: IntroductionView, nameOf: (contact: string | null) => string): string {
  if (state === "offered") return `${nameOf(by)} would introduce you to ${plainName(name)}`
  if (state === "wanted") return `${nameOf(by)} would be introduced by you to ${nameOf(people[1] ?? null)}`
  return people.length > 0 ? `${people.map(nameOf).join(" and ")}: ${ends[state]}` : `${plainName(name)}, through ${nameOf(by)}: ${ends[state]}`
}
