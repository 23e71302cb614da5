import type { openBlock } from "../shared/box.ts"
import { concat, WireError } from "../shared/bytes.ts"
import { verifyEd25519 } from "../shared/ed25519.ts"
import { sized } from "../shared/names.ts"
import { utf8 } from "../shared/text.ts"
import type { Claim } from "./claim.ts"
import { CLAIM_LABEL, claimMessage, decodeClaim, REJOIN_LABEL } from "./claim.ts"
import type { Conversations, Talk } from "./conversations.ts"
import { soleRecord } from "./records.ts"

/** The end of which epoch a claim is for: the group's state there, and which attempt. */
export interface Claimed {
  readonly epoch: number
  readonly state: Uint8Array
  readonly attempt: number
}

/** null where it is no claim, or not signed by whom it names. */
export async function genuineClaim(conversations: Conversations, talk: Talk, claimed: Claimed, bytes: Uint8Array | null): Promise<Claim | null> {
  if (bytes === null) return null
  try {
    const claim = decodeClaim(bytes)
    const message = claimMessage(talk.stored.groupId, claimed.epoch, claimed.attempt, claim)
    const { mls } = conversations.parts
    const isSigned =
      claim.kind === "member"
        ? await mls.verifyAs(claimed.state, claim.leaf, CLAIM_LABEL, message, claim.signature)
        : await isOfDevice(conversations, talk, claimed.state, claim, message)
    return isSigned ? claim : null
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}

async function isOfDevice({ parts }: Conversations, { stored }: Talk, state: Uint8Array, { leaf, signature }: Claim, message: Uint8Array): Promise<boolean> {
  const member = (await parts.mls.read(state)).members.find((one) => one.leaf === leaf)
  const key = leaf === stored.ownLeaf ? parts.device() : member?.device
  return key !== undefined && verifyEd25519(key, concat(utf8(REJOIN_LABEL), message), sized("Signature", signature))
}

/** The one record of a commit box or of a box of a commit's body; null where there is anything else. */
export function recordIn(block: ReturnType<typeof openBlock>, type: "claim" | "body"): Uint8Array | null {
  if (block === null) return null
  try {
    return soleRecord(block, type)
  } catch (error) {
    if (error instanceof WireError) return null
    throw error
  }
}
