import type { GroupState } from "ts-mls/clientState.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { FramedContentCommit } from "ts-mls/framedContent.js"
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js"
import type { MlsPrivateMessage, MlsPublicMessage } from "ts-mls/message.js"
import { unprotectPrivateMessage } from "ts-mls/messageProtection.js"
import { unprotectPublicMessage } from "ts-mls/messageProtectionPublic.js"
import { sameBytes, WireError } from "../../shared/bytes.ts"
import { decodeExactly } from "./codec.ts"
import { KEY_RETENTION } from "./members.ts"

/** Above the commit that adds 31 devices to a group of one; larger ones are not looked at. */
const COMMIT_MAX = 1 << 18

export interface CommitFrame {
  readonly message: MlsPrivateMessage | MlsPublicMessage
  readonly epoch: bigint
}

/** A commit of this group, by its outside. Members' commits are private; only who comes from outside has to send a public one. Throws WireError. */
export function parseCommit(groupId: Uint8Array, bytes: Uint8Array): CommitFrame {
  const message = decodeExactly(decodeMlsMessage, encodeMlsMessage, bytes, COMMIT_MAX)
  if (message.wireformat === "mls_private_message") {
    const { privateMessage } = message
    if (privateMessage.contentType !== "commit" || !sameBytes(privateMessage.groupId, groupId)) throw new WireError()
    return { message, epoch: privateMessage.epoch }
  }
  if (message.wireformat !== "mls_public_message") throw new WireError()
  const { content, senderType } = message.publicMessage
  if (content.contentType !== "commit" || senderType !== "new_member_commit") throw new WireError()
  if (!sameBytes(content.groupId, groupId)) throw new WireError()
  return { message, epoch: content.epoch }
}

/** What a commit says, its signature checked: a member's by the leaf named, an external one's by the leaf inside. Throws what the library throws. */
export async function openCommit(suite: CiphersuiteImpl, state: GroupState, { message }: CommitFrame): Promise<FramedContentCommit> {
  const { keySchedule, groupContext, ratchetTree, secretTree } = state
  const opened =
    message.wireformat === "mls_private_message"
      ? (
          await unprotectPrivateMessage(
            keySchedule.senderDataSecret,
            message.privateMessage,
            secretTree,
            ratchetTree,
            groupContext,
            KEY_RETENTION,
            suite,
          )
        ).content
      : await unprotectPublicMessage(keySchedule.membershipKey, groupContext, ratchetTree, message.publicMessage, suite)
  const { content } = opened
  if (content.contentType !== "commit") throw new WireError()
  return content
}
