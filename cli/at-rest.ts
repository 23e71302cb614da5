import type { ContactView, Messenger, MessageView } from "../messenger/api.ts"
import { CommandError } from "../messenger/api.ts"
import type { Call } from "./command.ts"
import { findContact, findConversation, withMessenger } from "./engine.ts"
import { Failure } from "./failure.ts"
import type { Profile } from "./profile.ts"
import { openProfile } from "./profile.ts"

/** Work on what the profile keeps, without a network: what it changes leaves with a later run. */
export async function atRest<T>(call: Call, work: (messenger: Messenger, profile: Profile) => Promise<T>): Promise<T> {
  const profile = await openProfile(call.folder, call)
  try {
    return await withMessenger(profile, { online: false, speed: call.speed }, (messenger) => work(messenger, profile))
  } finally {
    await profile.store.close()
  }
}

/** The same on the contact that the command's first word names. */
export function withContact<T>(call: Call, work: (messenger: Messenger, contact: ContactView, profile: Profile) => Promise<T>): Promise<T> {
  return atRest(call, async (messenger, profile) => work(messenger, findContact(await messenger.run("view", {}), call.args.words[0]!), profile))
}

/** The same on the conversation, of two or of many, that the command's first word names. */
export function withConversation<T>(call: Call, work: (messenger: Messenger, conversation: ReturnType<typeof findConversation>) => Promise<T>): Promise<T> {
  return atRest(call, async (messenger) => work(messenger, findConversation(await messenger.run("view", {}), call.args.words[0]!)))
}

/** The same on the message whose id is the command's first word; what cannot be done to it is said. */
export function withMessage(call: Call, work: (messenger: Messenger, message: MessageView) => Promise<void>): Promise<void> {
  return atRest(call, async (messenger) => {
    const { message } = await messenger.run("message", { message: call.args.words[0]! })
    if (message === null) throw new Failure("There is no message of this id; \"sotto messages CONTACT --ids\" shows ids.")
    try {
      await work(messenger, message)
    } catch (error) {
      throw error instanceof CommandError ? new Failure(`This cannot be done: ${error.message}.`) : error
    }
  })
}
