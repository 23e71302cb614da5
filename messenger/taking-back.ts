import { seededBox } from "../shared/box.ts"
import { concat } from "../shared/bytes.ts"
import { signEd25519 } from "../shared/ed25519.ts"
import { utf8 } from "../shared/text.ts"
import { REJOIN_LABEL } from "./claim.ts"
import type { Committing } from "./committing.ts"
import type { Contacts } from "./contacts.ts"
import type { Talk } from "./conversations.ts"
import type { Reprieve } from "./plea.ts"

/** With what a contact answered to a plea this device takes its leaf back (design.md section 7). Nothing happens where that leads nowhere. */
export async function takeBack(contacts: Contacts, committing: Committing, talk: Talk, reprieve: Reprieve): Promise<void> {
  const { mls, now } = contacts.parts
  const { groupId, epoch, attempt, placement, commitSeed, commitKey, groupInfo } = reprieve
  const own = contacts.device()
  const rejoined = await mls.rejoin(own, groupInfo, now())
  if (rejoined === null) return
  committing.drop(talk)
  await committing.make(talk, {
    kind: "rejoin",
    leaf: rejoined.replaced.leaf,
    epoch,
    attempt,
    groupId,
    commit: rejoined.commit,
    pending: rejoined.next.state,
    scalar: rejoined.streamScalar,
    rank: null,
    placement,
    claimBox: seededBox(commitSeed, commitKey),
    sign: async (message) => signEd25519(own.deviceSecret, concat(utf8(REJOIN_LABEL), message)),
  })
}
