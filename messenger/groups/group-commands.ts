import { fromHex, sameBytes, toHex } from "../../shared/bytes.ts"
import { defaultParameters } from "../../shared/directory/parameters.ts"
import type { CommandName } from "../api.ts"
import { CommandError } from "../api.ts"
import type { Talk } from "../conversations.ts"
import type { Engine } from "../engine.ts"
import type { Handlers } from "../first-commands.ts"
import { checkedName, NOTHING } from "../first-commands.ts"
import { MEMBERS_MAX } from "../mls/limits.ts"
import { ROOM_PICTURE_MAX } from "../mls/room.ts"
import type { StoredContact } from "../stored.ts"
import { expectedSlot } from "../timing.ts"
import { membersIn, receiptsOf } from "./members.ts"
import { isGroupPicture } from "./picture.ts"

type GroupCommand = Extract<CommandName, `group-${string}` | "receipts">

/** The commands that are about groups. */
export const groupHandlers: Pick<Handlers, GroupCommand> = {
  "group-new": async (engine, { name, members, picture }) => {
    const all = contactsOf(engine, members)
    if (all.length >= MEMBERS_MAX) throw new CommandError(`a group has at most ${MEMBERS_MAX} members`)
    mustBeReady(all)
    return { conversation: await engine.groups.found(checkedName(name), all, picture && checkedPicture(picture)) }
  },
  "group-invite": async (engine, { conversation, contacts }) => {
    const [talk, all] = [groupOf(engine, conversation), contactsOf(engine, contacts)]
    if (talk.stored.group!.room.participants.length + all.length > MEMBERS_MAX) throw new CommandError(`a group has at most ${MEMBERS_MAX} members`)
    mustBeReady(all)
    await engine.groups.invite(talk, all)
    return NOTHING
  },
  "group-remove": (engine, { conversation, member }) => {
    const talk = groupOf(engine, conversation)
    engine.groups.remove(talk, memberOf(talk, member))
    return NOTHING
  },
  "group-rename": (engine, { conversation, name }) => {
    engine.groups.rename(groupOf(engine, conversation), checkedName(name))
    return NOTHING
  },
  "group-picture": (engine, { conversation, picture }) => {
    engine.groups.picture(groupOf(engine, conversation), picture && checkedPicture(picture))
    return NOTHING
  },
  "group-role": (engine, { conversation, member, role }) => {
    const talk = groupOf(engine, conversation)
    if (role !== "member" && role !== "admin" && role !== "owner") throw new CommandError("there is no such role")
    engine.groups.role(talk, memberOf(talk, member), role)
    return NOTHING
  },
  "group-leave": async (engine, { conversation }) => {
    await engine.groups.leave(groupOf(engine, conversation))
    return NOTHING
  },
  "group-accept": (engine, { conversation }) => {
    engine.groups.accept(groupOf(engine, conversation))
    return NOTHING
  },
  "group-decline": async (engine, { conversation }) => {
    await engine.groups.decline(groupOf(engine, conversation))
    return NOTHING
  },
  "group-mute": (engine, { conversation, muted, mentions }) => {
    engine.groups.mute(groupOf(engine, conversation), muted, mentions)
    return NOTHING
  },
  "group-block": (engine, { conversation, member, blocked }) => {
    const talk = groupOf(engine, conversation)
    const identity = memberOf(talk, member)
    if (sameBytes(identity, engine.profile.identityPublic)) throw new CommandError("nobody blocks themselves")
    engine.contacts.blockMember(identity, blocked)
    engine.changes.tell(() => ({ type: "conversation", conversation: engine.conversations.view(talk) }))
    return NOTHING
  },
  "group-forget": async (engine, { conversation }) => {
    await engine.groups.forget(groupOf(engine, conversation))
    return NOTHING
  },
  "group-history": async (engine, { conversation, member, ...range }) => {
    const talk = groupOf(engine, conversation)
    return { given: await engine.groups.past.give(talk, memberOf(talk, member), range) }
  },
  "group-history-cost": async (engine, { conversation, member, ...range }) => {
    const talk = groupOf(engine, conversation)
    const { messages, packets } = await engine.groups.past.cost(talk, memberOf(talk, member), range, (engine.directory?.parameters ?? defaultParameters).replicas)
    return { messages, packets, sending: packets * expectedSlot(engine.profile.speed) }
  },
  "group-members": (engine, { conversation }) => ({ members: membersIn(engine.contacts, groupOf(engine, conversation)) }),
  receipts: async (engine, { message: id }) => {
    const message = await engine.messages.byId(id)
    if (message === null) throw new CommandError("there is no message of this id")
    if (!message.own) throw new CommandError("this message is somebody else's")
    return { receipts: receiptsOf(engine.contacts, groupOf(engine, message.conversation), message) }
  },
}

function checkedPicture(picture: Uint8Array): Uint8Array {
  if (!isGroupPicture(picture)) throw new CommandError(`a group's picture is WebP, JPEG, PNG or AVIF of at most ${ROOM_PICTURE_MAX} bytes`)
  return picture
}

function groupOf(engine: Engine, id: string): Talk {
  const talk = engine.conversations.get(id)
  if (talk?.stored.group === undefined) throw new CommandError("there is no group of this id")
  return talk
}

/** Each once; two contacts may be the same person. */
function contactsOf(engine: Engine, ids: readonly string[]): StoredContact[] {
  const all: StoredContact[] = []
  for (const id of ids) {
    const contact = engine.contacts.get(id)
    if (contact === undefined) throw new CommandError("there is no contact of this id")
    if (!all.some(({ identity }) => identity !== null && contact.identity !== null && sameBytes(identity, contact.identity))) all.push(contact)
  }
  return all
}

function mustBeReady(contacts: readonly StoredContact[]): void {
  if (contacts.some(({ identity, state, blocked }) => identity === null || state !== "ready" || blocked)) throw new CommandError("only contacts can be invited with whom this user has each other, and who are not blocked")
}

/** Identity of the member who has this id. */
function memberOf({ stored }: Talk, id: string): Uint8Array {
  if (!stored.group!.room.participants.some(({ identity }) => toHex(identity) === id)) throw new CommandError("there is no member of this id")
  return fromHex(id)
}
