import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { GroupState } from "ts-mls/clientState.js"
import { sameBytes, WireError } from "../../shared/bytes.ts"
import type { CommitSays } from "./commit.ts"
import type { Member } from "./mls.ts"
import type { Room } from "./room.ts"
import { isSamePicture, LEAVE_LABEL, leaveMessage, mayRemove, participantIn, rightsIn } from "./room.ts"
import { verifyAsLeaf } from "./standing.ts"

interface RoomChange {
  readonly before: Room
  readonly after: Room
  /** Identity of the committer. */
  readonly by: Uint8Array
  readonly removed: readonly Member[]
  /** Of those, the leaves that have asked for it themselves. */
  readonly left: readonly number[]
  /** All of the next epoch. */
  readonly members: readonly Member[]
}

/**
 * Whether a group may go from one room to the next by this commit: a part of the checks that all members make alike, so that who changes their own program to do
 * what they may not is followed by nobody. Throws WireError where not.
 */
export function requireRoomRules({ before, after, by, removed, left, members }: RoomChange): void {
  const must = (condition: boolean) => {
    if (!condition) throw new WireError()
  }
  must(isFilled(after, members))
  const rights = rightsIn(before, by)
  must(rights !== null)
  must((after.name === before.name && isSamePicture(after.picture, before.picture)) || rights !== "member")
  for (const { leaf, identity } of removed) must(left.includes(leaf) || mayRemove(rights, participantIn(before, identity)?.role ?? "member"))
  for (const { identity, role, name } of after.participants) {
    const was = participantIn(before, identity)
    if (was === undefined) must(rights !== "member" && role === "member")
    else {
      must(role === was.role || rights === "owner")
      must(name === was.name || sameBytes(identity, by))
    }
  }
}

/** Each participant has one device in the group, and nobody else has any. */
export function isFilled({ participants }: Room, members: readonly Member[]): boolean {
  const of = (identity: Uint8Array) => members.filter((member) => sameBytes(member.identity, identity)).length
  return members.length === participants.length && participants.every(({ identity }) => of(identity) === 1)
}

/** The leaves that a commit takes out because they have asked for it, each by its own signature. Throws WireError where one has not. */
export async function requireLeaves(suite: CiphersuiteImpl, state: GroupState, { leaves }: CommitSays, removed: readonly Member[]): Promise<readonly number[]> {
  for (const [i, { leaf, signature }] of leaves.entries()) {
    const member = removed.find((one) => one.leaf === leaf)
    if (member === undefined || leaves.findIndex((one) => one.leaf === leaf) !== i) throw new WireError()
    const message = leaveMessage(state.groupContext.groupId, member.stream)
    if (!(await verifyAsLeaf(suite, state, leaf, LEAVE_LABEL, message, signature))) throw new WireError()
  }
  return leaves.map(({ leaf }) => leaf)
}
