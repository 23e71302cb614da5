import type { ConversationView, MemberView, Messenger, MessengerView, Standing } from "../../messenger/api.ts"
import type { Command } from "../command.ts"
import type { Part } from "../command-of-parts.ts"
import { commandOfParts, tell } from "../command-of-parts.ts"
import { findContact, findGroup } from "../engine.ts"
import { Failure } from "../failure.ts"
import { jsonLine, plainName, table } from "../output.ts"
import { readBarePicture } from "../picture-file.ts"
import { trusts } from "./list.ts"

const USAGES = {
  list: "list",
  new: "new NAME [CONTACT,…]",
  members: "members GROUP",
  invite: "invite GROUP CONTACT,…",
  remove: "remove GROUP MEMBER",
  role: "role GROUP MEMBER owner|admin|member",
  rename: "rename GROUP NAME",
  picture: "picture GROUP [FILE]",
  accept: "accept GROUP",
  decline: "decline GROUP",
  leave: "leave GROUP",
  mute: "mute GROUP on|off",
  block: "block GROUP MEMBER on|off",
  history: "history GROUP MEMBER [N]",
  forget: "forget GROUP",
  received: "received ID",
} as const

const parts: Record<keyof typeof USAGES, Part> = {
  async list(messenger, _, call) {
    const groups = (await messenger.run("view", {})).conversations.filter(({ kind }) => kind === "group")
    if (call.json) for (const one of groups) call.print(jsonLine({ id: one.id, name: one.title, unread: one.unread, ...one.group, picture: one.group?.picture !== undefined }))
    else for (const line of table(groups.map(({ title, unread, group }) => [plainName(title), standings[group!.standing], group!.role, `${group!.members} members`, `${unread} unread`, group!.muted ? "muted" : ""]))) call.print(line)
    if (groups.length === 0) call.note("No groups yet: \"sotto group new\" makes one.")
  },
  async new(messenger, [name, names = ""], call) {
    const members = contactsOf(await messenger.run("view", {}), names)
    const { conversation } = await messenger.run("group-new", { name: name!, members })
    tell(call, { id: conversation, name }, `There is a group "${plainName(name!)}". Contacts are let in as soon as their devices have sent what it takes.`)
  },
  async members(messenger, [name], call) {
    const members = await membersOf(messenger, findGroup(await messenger.run("view", {}), name!))
    if (call.json) for (const one of members) call.print(jsonLine({ ...one }))
    else for (const line of table(members.map((one) => [one.own ? `${plainName(one.name)} (you)` : plainName(one.name), one.role, one.contact === null ? (one.own ? "" : "no contact of yours") : trusts[one.trust!], one.blocked ? "blocked" : one.heard ? "" : "not heard yet"]))) call.print(line)
  },
  async invite(messenger, [name, names], call) {
    const view = await messenger.run("view", {})
    const { id } = findGroup(view, name!)
    const contacts = contactsOf(view, names!)
    await messenger.run("group-invite", { conversation: id, contacts })
    tell(call, { id, invited: contacts.length }, "They are let in as soon as their devices have sent what it takes.")
  },
  async remove(messenger, [name, member], call) {
    const found = findGroup(await messenger.run("view", {}), name!)
    const { id, name: called } = memberOf(await membersOf(messenger, found), member!)
    await messenger.run("group-remove", { conversation: found.id, member: id })
    tell(call, { id: found.id, removed: id }, `"${plainName(called)}" is taken out with the next commit.`)
  },
  async role(messenger, [name, member, role], call) {
    if (role !== "owner" && role !== "admin" && role !== "member") throw new Failure("A role is owner, admin or member.")
    const found = findGroup(await messenger.run("view", {}), name!)
    const { id, name: called } = memberOf(await membersOf(messenger, found), member!)
    await messenger.run("group-role", { conversation: found.id, member: id, role })
    tell(call, { id: found.id, member: id, role }, `"${plainName(called)}" is ${role} with the next commit.`)
  },
  async rename(messenger, [name, to], call) {
    const { id } = findGroup(await messenger.run("view", {}), name!)
    await messenger.run("group-rename", { conversation: id, name: to! })
    tell(call, { id, name: to }, "It is called so with the next commit.")
  },
  async picture(messenger, [name, file], call) {
    const { id } = findGroup(await messenger.run("view", {}), name!)
    const picture = file === undefined ? null : await readBarePicture(file)
    await messenger.run("group-picture", { conversation: id, picture })
    tell(call, { id, picture: picture !== null }, picture === null ? "It has no picture with the next commit." : "It has this picture with the next commit.")
  },
  async accept(messenger, [name], call) {
    const { id, title } = findGroup(await messenger.run("view", {}), name!)
    await messenger.run("group-accept", { conversation: id })
    tell(call, { id }, `You are in "${plainName(title)}".`)
  },
  async decline(messenger, [name], call) {
    const { id } = findGroup(await messenger.run("view", {}), name!)
    await messenger.run("group-decline", { conversation: id })
    tell(call, { id }, "Declined; whoever has invited you is told while sotto runs.")
  },
  async leave(messenger, [name], call) {
    const { id } = findGroup(await messenger.run("view", {}), name!)
    await messenger.run("group-leave", { conversation: id })
    tell(call, { id }, "Others are told while sotto runs, and take this device out.")
  },
  async mute(messenger, [name, word], call) {
    if (word !== "on" && word !== "off") throw new Failure("It is on or off.")
    const { id } = findGroup(await messenger.run("view", {}), name!)
    await messenger.run("group-mute", { conversation: id, muted: word === "on" })
    tell(call, { id, muted: word === "on" }, word === "on" ? "Muted." : "Not muted.")
  },
  async block(messenger, [name, member, word], call) {
    if (word !== "on" && word !== "off") throw new Failure("It is on or off.")
    const found = findGroup(await messenger.run("view", {}), name!)
    const { id, name: called } = memberOf(await membersOf(messenger, found), member!)
    await messenger.run("group-block", { conversation: found.id, member: id, blocked: word === "on" })
    tell(call, { id: found.id, member: id, blocked: word === "on" }, word === "on" ? `What "${plainName(called)}" sends is dropped on this device.` : `"${plainName(called)}" is heard again.`)
  },
  async history(messenger, [name, member, count = "50"], call) {
    if (!/^[1-9][0-9]{0,2}$/.test(count)) throw new Failure("It is a number of messages, 100 at most.")
    const found = findGroup(await messenger.run("view", {}), name!)
    const { id, name: called } = memberOf(await membersOf(messenger, found), member!)
    const what = { conversation: found.id, member: id, messages: Number(count) }
    const { packets } = await messenger.run("group-history-cost", what)
    const { given } = await messenger.run("group-history", what)
    tell(call, { id: found.id, member: id, given, packets }, `"${plainName(called)}" is given ${given} messages from before, in about ${packets} packets.`)
  },
  async forget(messenger, [name], call) {
    const { id } = findGroup(await messenger.run("view", {}), name!)
    await messenger.run("group-forget", { conversation: id })
    tell(call, { id }, "Forgotten.")
  },
  async received(messenger, [id], call) {
    const { receipts } = await messenger.run("receipts", { message: id! })
    for (const { member, name, received } of receipts) call.print(call.json ? jsonLine({ member, name, received }) : `${plainName(name)}: ${received ? "received" : "not yet"}`)
  },
}

/** Groups: each part is one command of the messenger. What it changes leaves while sotto runs, and takes some minutes. */
export const group: Command = commandOfParts("group", "Groups; needs no network, and what is changed leaves while sotto runs", USAGES, parts)

const standings: Record<Standing, string> = { invited: "invited", in: "in it", leaving: "leaving", left: "left", removed: "taken out" }

/** Names with commas between them. */
function contactsOf(view: MessengerView, names: string): string[] {
  return names.split(",").map((name) => name.trim()).filter((name) => name !== "").map((name) => findContact(view, name).id)
}

async function membersOf(messenger: Messenger, { id }: ConversationView): Promise<MemberView[]> {
  return (await messenger.run("group-members", { conversation: id })).members
}

function memberOf(members: readonly MemberView[], word: string): MemberView {
  const found = members.filter(({ id, name }) => id === word || name.toLowerCase() === word.toLowerCase())
  if (found.length === 1) return found[0]!
  throw new Failure(found.length === 0 ? `There is no member "${word}"; "sotto group members" shows all.` : `"${word}" may be several; give the id that "sotto group members --json" shows.`)
}
