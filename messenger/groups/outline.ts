import { participantIn, rightsIn } from "../mls/room.ts"
import type { GroupView } from "./group-view.ts"
import type { StoredGroup } from "./stored-group.ts"

/** What a group is to this user (`own`: their identity), beside what all conversations have. */
export function groupView({ room, standing, by, since, muted = false, mentionsMuted = false, wishes = [] }: StoredGroup, own: Uint8Array): GroupView {
  const waiting = wishes.flatMap((wish) => (wish.kind === "add" ? [wish.contact] : []))
  return {
    standing,
    role: participantIn(room, own)?.role ?? "member",
    rights: rightsIn(room, own) ?? "member",
    members: room.participants.length,
    ...(room.picture !== undefined && standing !== "invited" && { picture: room.picture }),
    by,
    since,
    muted,
    mentionsMuted,
    waiting,
  }
}
