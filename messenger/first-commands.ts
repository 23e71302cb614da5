import { publicEd25519 } from "../shared/ed25519.ts"
import { fromUtf8 } from "../shared/text.ts"
import type { CommandInput, CommandName, CommandOutput } from "./api.ts"
import { CommandError } from "./api.ts"
import type { Engine } from "./engine.ts"
import type { DraftAbout } from "./message-view.ts"
import { isName } from "./name.ts"
import type { StoredDraftMentions } from "./stored.ts"
import { byConversation, keys } from "./stored.ts"

export type Handlers = { [Name in CommandName]: (engine: Engine, input: CommandInput<Name>) => Promise<CommandOutput<Name>> | CommandOutput<Name> }

export const NOTHING = {}

/** What can be asked before the code for conversations is there; all the rest stands in commands.ts. */
export const firstHandlers = {
  "create-profile": (engine, { name }) => {
    if (engine.hasProfile) throw new CommandError("there is a profile already")
    const { random, now, mls } = engine.parts
    const identitySecret = random(32)
    const deviceSecret = random(32)
    const devicePublic = publicEd25519(deviceSecret)
    const created = now()
    engine.setProfile({
      name: checkedName(name),
      speed: "balanced",
      created,
      identitySecret,
      identityPublic: publicEd25519(identitySecret),
      deviceSecret,
      devicePublic,
      certificate: mls.certify(identitySecret, devicePublic, created),
    })
    return NOTHING
  },
  rename: (engine, { name }) => {
    engine.setProfile({ ...engine.profile, name: checkedName(name) })
    return NOTHING
  },
  reads: (engine, { mode }) => {
    engine.setProfile({ ...engine.profile, reads: mode })
    return NOTHING
  },
  speed: (engine, { speed }) => {
    engine.setProfile({ ...engine.profile, speed })
    engine.tellNetwork()
    return NOTHING
  },
  drafts: async (engine) => {
    const { store } = engine.parts
    const [found, named, about] = [await store.list(keys.drafts), await store.list(keys.draftMentions), await store.list(keys.draftAbouts)]
    return {
      drafts: Object.fromEntries(found.map(([key, bytes]) => [key.slice(keys.drafts.length), fromUtf8(bytes)])),
      mentions: Object.fromEntries([...byConversation<StoredDraftMentions>(named)].map(([id, [one]]) => [id, one!.mentions])),
      abouts: Object.fromEntries([...byConversation<DraftAbout>(about)].map(([id, [one]]) => [id, one!])),
    }
  },
  packets: (engine) => ({ packets: engine.traffic.packets(engine.parts.now()) }),
  view: (engine) => ({ profile: engine.profileView(), contacts: [], conversations: [], quarantine: [], introductions: [], network: engine.networkView() }),
} satisfies Partial<Handlers>

export const isFirst = (name: CommandName): boolean => name in firstHandlers

/** Carries out one of these commands, as runCommand does. */
export async function runFirst<Name extends CommandName>(engine: Engine, name: Name, input: CommandInput<Name>): Promise<CommandOutput<Name>> {
  checkTurn(engine, name)
  const handlers: Partial<Handlers> = firstHandlers
  return handlers[name]!(engine, input)
}

/** Whoever has not begun can begin, and look. Throws CommandError. */
export function checkTurn(engine: Engine, name: CommandName): void {
  if (!engine.hasProfile && name !== "create-profile" && name !== "view") throw new CommandError("there is no profile yet")
}

export function checkedName(name: string): string {
  const trimmed = name.trim()
  if (!isName(trimmed)) throw new CommandError("a name has 1 to 64 bytes, on one line")
  return trimmed
}
