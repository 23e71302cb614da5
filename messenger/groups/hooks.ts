import type { ParcelPart } from "../content/parcels.ts"
import type { Talk } from "../conversations.ts"
import type { Change, CommitChanges } from "../mls/mls.ts"
import type { Room } from "../mls/room.ts"
import type { StoredReader } from "../stored-conversation.ts"
import type { StoredWelcome } from "./stored-group.ts"

/** What an own commit is to change, beside the keys of its maker. */
export interface Plan {
  readonly changes: readonly Change[]
  /** The same, as the fixed order of commits sees it. */
  readonly seen: CommitChanges
  readonly guests: StoredWelcome["guests"]
}

/** Who made a commit, and who left with it by themselves. */
export interface Maker {
  /** Identity. */
  readonly by: Uint8Array
  /** Identities. */
  readonly left: readonly Uint8Array[]
}

/** What the rest of the engine asks of groups. Of a conversation of two the answer is always that there is nothing to do. */
export interface GroupHooks {
  /** Whether this user wants something of the group that a commit could do now; `urgent`: by a command, and not since somebody else wants to leave. */
  due(talk: Talk): "urgent" | "calm" | null
  plan(talk: Talk): Promise<Plan>
  /** The plan was not possible after all. */
  refused(talk: Talk): void
  /** The group is in its next epoch; `before` is the room of the one before. */
  entered(talk: Talk, before: Room, maker: Maker, welcome: StoredWelcome | null): Promise<void>
  /** The group goes back to an earlier epoch: what came behind it is undone. */
  back(talk: Talk, epoch: number): Promise<void>
  /** Somebody has taken this device out of the group. */
  removed(talk: Talk, maker: Maker | null): Promise<void>
  /** A device says something to ours. Throws WireError. */
  parcel(talk: Talk, from: StoredReader, part: ParcelPart): Promise<void>
}
