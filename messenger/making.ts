import { commitBodyBox, commitBox, openBlock, sealBlock } from "../shared/box.ts"
import type { OwnBox } from "../shared/box.ts"
import { sized } from "../shared/names.ts"
import type { Claim } from "./claim.ts"
import { bodyOf, CLAIM_LABEL, claimMessage, claimOf, encodeClaim } from "./claim.ts"
import { recordIn } from "./claim-check.ts"
import type { Conversations, Talk } from "./conversations.ts"
import type { StoredWelcome } from "./groups/stored-group.ts"
import type { Committed } from "./mls/mls.ts"
import { MlsError } from "./mls/mls.ts"
import { placementHash } from "./places.ts"
import { blockOf } from "./records.ts"
import type { StoredCommit, StoredCommitBox } from "./stored-commit.ts"
import type { StoredTold } from "./stored-conversation.ts"
import { epochOf } from "./stored-conversation.ts"
import { ATTEMPTS_MOST } from "./timing.ts"

/** An own commit, until everybody has followed it. */
export interface Commit {
  stored: StoredCommit
  /** The boxes that are on their way. */
  readonly written: Set<number>
  /** When the first replica took the claim. */
  claimed: number | null
  /** Replicas that were asked what lies in the commit box, by hex id: whether it is our claim. */
  asked: Map<string, boolean> | null
}

/** What a commit is made of beside the MLS message, whoever makes it. */
export interface Making {
  readonly kind: Claim["kind"]
  readonly leaf: number
  readonly epoch: number
  readonly attempt: number
  readonly groupId: Uint8Array
  readonly commit: Uint8Array
  readonly pending: Uint8Array
  readonly scalar: Uint8Array | null
  readonly rank: Uint8Array | null
  readonly placement: readonly Uint8Array[]
  readonly claimBox: OwnBox
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>
  readonly welcome?: StoredWelcome
  readonly left?: readonly Uint8Array[]
}

/** An own commit that renews the own leaf, and in a group does what the user wants of it; null where that is not possible after all. */
export async function ownCommit(conversations: Conversations, talk: Talk): Promise<Making | null> {
  const { mls, now, groups } = conversations.parts
  const { stored } = talk
  const { changes, seen, guests } = await groups.plan(talk)
  let made: Committed
  try {
    made = await mls.commit(stored.mls, changes, now())
  } catch (error) {
    if (!(error instanceof MlsError) || changes.length === 0) throw error
    groups.refused(talk)
    return null
  }
  const { state, commit, next, welcome } = made
  conversations.save(talk, { ...stored, mls: state })
  const { epoch, context, placement } = epochOf(stored)
  const left = changes.flatMap((change) => (change.kind === "remove" && change.left !== undefined ? (seen.removed.find(({ leaf }) => leaf === change.leaf)?.identity ?? []) : []))
  return {
    kind: "member",
    leaf: stored.ownLeaf,
    epoch,
    attempt: stored.attempt,
    groupId: stored.groupId,
    commit,
    pending: next.state,
    scalar: null,
    rank: await mls.commitRank(state, stored.ownLeaf, seen),
    placement,
    claimBox: commitBox(context, stored.attempt),
    sign: (message) => mls.signAs(state, CLAIM_LABEL, message),
    ...(welcome !== null && { welcome: { welcome, guests } }),
    ...(left.length > 0 && { left }),
  }
}

/** A commit as it is stored and written: its body in boxes of a fresh seed, and the claim that leads to them. */
export async function storedCommit({ parts }: Conversations, conversation: string, making: Making): Promise<StoredCommit> {
  const { random, places } = parts
  const { kind, leaf, epoch, attempt, groupId, commit, pending, scalar, rank, placement, claimBox, welcome, left } = making
  const seed = random(32)
  const nextPlacement = places.list()
  const unsigned = claimOf(kind, leaf, placementHash(nextPlacement), seed, commit)
  const signature = await making.sign(claimMessage(groupId, epoch, attempt, unsigned))
  const sealed = (box: OwnBox, block: ReturnType<typeof blockOf>): StoredCommitBox => {
    const content = sealBlock(box, block)
    return { box: box.id, content, signature: box.sign(content, random), at: [] }
  }
  const body = bodyOf(commit).map((bytes, i) => sealed(commitBodyBox(seed, i), blockOf({ type: "body", bytes })))
  const claim = sealed(claimBox, blockOf({ type: "claim", bytes: encodeClaim({ ...unsigned, signature }) }))
  return { conversation, epoch, attempt, kind, hash: unsigned.hash, pending, scalar, rank, placement, nextPlacement, ...(welcome !== undefined && { welcome }), ...(left !== undefined && { left }), boxes: [...body, claim] }
}

/** The claim of an own commit; `context` is of the epoch that it ended. null of a rejoin, whose maker had nothing of that epoch. */
export function claimIn({ kind, attempt, boxes }: StoredCommit, context: Uint8Array): StoredTold | null {
  if (kind !== "member") return null
  const claim = recordIn(openBlock(commitBox(context, attempt), sized("Content", boxes.at(-1)!.content)), "claim")
  return claim && { attempt, claim }
}

/** One that nothing is known of but what is stored. */
export function blank(stored: StoredCommit): Commit {
  return { stored, written: new Set(), claimed: null, asked: null }
}

/** Where all attempts at an epoch's commit were void a member's commit needs no commit box. */
export function isPublished({ kind, attempt }: StoredCommit): boolean {
  return kind === "member" && attempt >= ATTEMPTS_MOST
}
