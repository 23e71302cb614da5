import { CommandError } from "./api.ts"
import type { Talk } from "./conversations.ts"
import type { Engine } from "./engine.ts"
import type { StoredMessage } from "./stored.ts"

/** The conversation that a command names. Throws CommandError. */
export function talkOf(engine: Engine, id: string): Talk {
  const talk = engine.conversations.get(id)
  if (talk === null) throw new CommandError("there is no conversation of this id")
  return talk
}

/** The message that a command names, and where it stands. Throws CommandError. */
export async function messageOf(engine: Engine, id: string): Promise<{ talk: Talk; message: StoredMessage }> {
  const message = await engine.messages.byId(id)
  if (message === null) throw new CommandError("there is no message of this id")
  return { message, talk: talkOf(engine, message.conversation) }
}
