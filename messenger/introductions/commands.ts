import { fromHex } from "../../shared/bytes.ts"
import type { CommandName } from "../api.ts"
import { CommandError } from "../api.ts"
import type { Engine } from "../engine.ts"
import type { Handlers } from "../first-commands.ts"
import { NOTHING } from "../first-commands.ts"
import type { StoredContact } from "../stored.ts"

/** The commands by which people get to know each other through a third. */
export const introductionHandlers: Pick<Handlers, Extract<CommandName, `introduc${string}`>> = {
  introduce: async (engine, { contact, to }) => ({ introduction: await engine.correspondence.introductions.introduce(contactOf(engine, contact), contactOf(engine, to)) }),
  "introduction-ask": async (engine, { conversation, member, by }) => {
    const talk = engine.conversations.get(conversation)
    if (talk?.stored.group === undefined || !/^[0-9a-f]{64}$/.test(member)) throw new CommandError("there is no group or member of this id")
    return { introduction: await engine.correspondence.introductions.ask(talk, fromHex(member), by === undefined ? null : contactOf(engine, by)) }
  },
  "introduction-answer": async (engine, { introduction, agree }) => {
    await engine.correspondence.introductions.answer(introduction, agree)
    return NOTHING
  },
  introductions: (engine) => ({ introductions: engine.correspondence.introductions.list() }),
}

function contactOf(engine: Engine, id: string): StoredContact {
  const contact = engine.contacts.get(id)
  if (contact === undefined) throw new CommandError("there is no contact of this id")
  return contact
}
