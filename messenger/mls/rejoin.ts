import type { GroupState } from "ts-mls/clientState.js"
import { createGroupInfoWithExternalPubAndRatchetTree, joinGroupExternal } from "ts-mls/createCommit.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { GroupInfo } from "ts-mls/groupInfo.js"
import { decodeGroupInfo, encodeGroupInfo } from "ts-mls/groupInfo.js"
import { encodeMlsMessage } from "ts-mls/message.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { decodeRatchetTree, encodeRatchetTree } from "ts-mls/ratchetTree.js"
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js"
import { sameBytes, WireError } from "../../shared/bytes.ts"
import { CIPHERSUITE_NAME } from "./ciphersuite.ts"
import { decodeExactly } from "./codec.ts"
import { encodeCommitSays, leafAt } from "./commit.ts"
import { checkCredential } from "./credential.ts"
import { settled } from "./epochs.ts"
import { isUsableKey } from "./kem.ts"
import type { OwnKeyPackage } from "./keypackage.ts"
import { MEMBERS_MAX } from "./limits.ts"
import { ANY_TIME, areDistinct, clientConfig, membersOf } from "./members.ts"
import type { DeviceKeys, Member } from "./mls.ts"
import { roomIn } from "./room.ts"
import { isFilled } from "./room-rules.ts"
import { GROUP_ID_LENGTH } from "./welcome.ts"

/** Above what a GroupInfo of 32 leaves takes (about 90,000). */
const GROUP_INFO_MAX = 1 << 17
const NODES_MAX = 2 * MEMBERS_MAX - 1

/** GroupInfo (RFC 9420 section 12.4.3) with external_pub and ratchet_tree, in this order, signed by this leaf. */
export async function makeGroupInfo(suite: CiphersuiteImpl, state: GroupState): Promise<Uint8Array> {
  const full = { ...state, clientConfig: clientConfig(null) }
  return encodeGroupInfo(await createGroupInfoWithExternalPubAndRatchetTree(full, [], suite))
}

/** A tree of a size that the library's checks of it, which take the square of its nodes, are fit for. Throws WireError. */
export function decodeTree(bytes: Uint8Array): RatchetTree {
  const tree = decodeExactly(decodeRatchetTree, encodeRatchetTree, bytes, GROUP_INFO_MAX)
  if (tree.length > NODES_MAX) throw new WireError()
  tree.forEach((node, index) => {
    if (node && (node.nodeType === "leaf") !== (index % 2 === 0)) throw new WireError()
  })
  return tree
}

/** The tree of a GroupInfo of a group of ours, whose signer's certificate is valid at `now`. Throws WireError. */
export function treeOf(info: GroupInfo, treeBytes: Uint8Array, now: number): RatchetTree {
  const { version, groupId, cipherSuite, extensions } = info.groupContext
  if (version !== "mls10" || cipherSuite !== CIPHERSUITE_NAME || groupId.length !== GROUP_ID_LENGTH) throw new WireError()
  const room = roomIn(extensions)
  const tree = decodeTree(treeBytes)
  if (!areDistinct(membersOf(tree))) throw new WireError()
  if (room !== null && !isFilled(room, membersOf(tree))) throw new WireError()
  const signer = leafAt(tree, info.signer)
  if (signer?.credential.credentialType !== "basic") throw new WireError()
  if (checkCredential(signer.credential.identity, signer.signaturePublicKey, now) === null) throw new WireError()
  return tree
}

export interface RejoinMade {
  readonly next: GroupState
  readonly commit: Uint8Array
  readonly replaced: Member
}

/** An external commit that replaces the one leaf of this device. Throws where the GroupInfo is not good for that. */
export async function makeRejoin(
  suite: CiphersuiteImpl,
  device: DeviceKeys,
  own: OwnKeyPackage,
  bytes: Uint8Array,
  now: number,
): Promise<RejoinMade> {
  const info = decodeExactly(decodeGroupInfo, encodeGroupInfo, bytes, GROUP_INFO_MAX)
  const [external, treeExtension, ...more] = info.extensions
  if (external?.extensionType !== "external_pub" || treeExtension?.extensionType !== "ratchet_tree" || more.length > 0) {
    throw new WireError()
  }
  if (!isUsableKey(external.extensionData)) throw new WireError()
  const tree = treeOf(info, treeExtension.extensionData, now)
  const replaced = membersOf(tree).find(
    (member) => sameBytes(member.device, device.devicePublic) && sameBytes(member.identity, device.identityPublic),
  )
  if (replaced === undefined || replaced.leaf === info.signer) throw new WireError()
  const { publicPackage, privatePackage } = own
  const config = clientConfig(ANY_TIME)
  const authenticatedData = encodeCommitSays(now)
  const joined = await joinGroupExternal(info, publicPackage, privatePackage, true, suite, tree, config, authenticatedData)
  // Nobody will be invited by it.
  zeroOutUint8Array(privatePackage.initPrivateKey)
  return {
    next: settled(joined.newState, null),
    commit: encodeMlsMessage({ version: "mls10", wireformat: "mls_public_message", publicMessage: joined.publicMessage }),
    replaced,
  }
}
