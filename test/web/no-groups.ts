import type { CommandInput, CommandName, CommandOutput } from "../../messenger/api.ts"
import { CommandError } from "../../messenger/api.ts"

type GroupCommand = Extract<CommandName, `group-${string}` | `introduc${string}` | "receipts">

const none = () => {
  throw new CommandError("there is no group of this id")
}

/** What a messenger without groups answers to whoever asks for one. */
export const noGroups: { [Name in GroupCommand]: (input: CommandInput<Name>) => CommandOutput<Name> } = {
  "group-new": none,
  "group-invite": none,
  "group-remove": none,
  "group-rename": none,
  "group-role": none,
  "group-leave": none,
  "group-accept": none,
  "group-decline": none,
  "group-mute": none,
  "group-block": none,
  "group-forget": none,
  "group-history": none,
  "group-members": none,
  receipts: none,
  introduce: none,
  "introduction-ask": none,
  "introduction-answer": none,
  introductions: () => ({ introductions: [] }),
}
