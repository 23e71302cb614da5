import type { GroupState } from "ts-mls/clientState.js"
import { createGroup, joinGroup } from "ts-mls/clientState.js"
import { createCommit } from "ts-mls/createCommit.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { GroupInfo } from "ts-mls/groupInfo.js"
import type { KeyPackage, PrivateKeyPackage } from "ts-mls/keyPackage.js"
import { makeKeyPackageRef } from "ts-mls/keyPackage.js"
import { emptyPskIndex } from "ts-mls/pskIndex.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js"
import type { Welcome } from "ts-mls/welcome.js"
import { decodeWelcome, decryptGroupInfo, decryptGroupSecrets, encodeWelcome } from "ts-mls/welcome.js"
import { CIPHERSUITE_NAME } from "./ciphersuite.ts"
import { decodeExactly } from "./codec.ts"
import type { Introduction } from "./introduction.ts"
import { decodeIntroduction, encodeIntroduction, INTRODUCTION } from "./introduction.ts"
import type { OwnKeyPackage } from "./keypackage.ts"
import { checkLeaf } from "./keypackage.ts"
import { settled } from "./epochs.ts"
import { areDistinct, clientConfig, membersOf } from "./members.ts"
import type { Greeting } from "./mls.ts"
import { MlsError } from "./mls.ts"
import type { Room } from "./room.ts"
import { roomExtension } from "./room.ts"

export const GROUP_ID_LENGTH = 16
/** Above what a Welcome of ours can take; it fits one box (design.md section 10). */
const WELCOME_MAX = 4096

/**
 * Makes the group and the Welcome for the one who owns `keyPackage` (checked by the caller). The guest is leaf 0, the owner leaf 1, and no
 * path is sent: the epoch's secrets come from the guest's randomness alone, until the inviter's first commit.
 */
export async function makeGroup(
  suite: CiphersuiteImpl,
  own: OwnKeyPackage,
  keyPackage: KeyPackage,
  greeting: Greeting,
  groupId: Uint8Array,
  now: number,
): Promise<{ state: GroupState; welcome: Uint8Array }> {
  const introduction = encodeIntroduction({ leaf: own.publicPackage.leafNode, greeting })
  const alone = await createGroup(groupId, own.publicPackage, own.privatePackage, [], suite, clientConfig(now))
  const { newState, welcome, consumed } = await createCommit(
    { state: alone, cipherSuite: suite },
    {
      extraProposals: [{ proposalType: "add", add: { keyPackage } }],
      groupInfoExtensions: [{ extensionType: INTRODUCTION, extensionData: introduction }],
    },
  )
  if (welcome === undefined) throw new Error("a commit that adds made no Welcome")
  if (!areDistinct(membersOf(newState.ratchetTree))) throw new MlsError("the KeyPackage is one's own")
  consumed.forEach(zeroOutUint8Array)
  // Nobody but the guest was in the epoch before.
  return { state: { ...newState, historicalReceiverData: new Map() }, welcome: encodeWelcome(welcome) }
}

/** A group of many, with nobody in it yet but its founder. */
export async function foundGroup(suite: CiphersuiteImpl, own: OwnKeyPackage, room: Room, groupId: Uint8Array, now: number): Promise<GroupState> {
  const { clientConfig: _, ...state } = await createGroup(groupId, own.publicPackage, own.privatePackage, [roomExtension(room)], suite, clientConfig(now))
  return settled(state, null)
}

/** What one Welcome says, decrypted for the owner of a KeyPackage. null where it is not of the form that `makeGroup` makes. */
async function readGroupInfo(
  suite: CiphersuiteImpl,
  welcome: Welcome,
  keyPackage: KeyPackage,
  keys: PrivateKeyPackage,
): Promise<GroupInfo | null> {
  if (welcome.cipherSuite !== CIPHERSUITE_NAME || welcome.secrets.length !== 1) return null
  const initKey = await suite.hpke.importPrivateKey(keys.initPrivateKey)
  const secrets = await decryptGroupSecrets(initKey, await makeKeyPackageRef(keyPackage, suite.hash), welcome, suite.hpke)
  // Neither pre-shared keys nor a path: both parents of the tree are blank.
  if (secrets === undefined || secrets.psks.length !== 0 || secrets.pathSecret !== undefined) return null
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, new Uint8Array(suite.kdf.size), suite)
  zeroOutUint8Array(secrets.joinerSecret)
  if (info === undefined || info.signer !== 0) return null
  const { version, epoch, groupId, cipherSuite, extensions } = info.groupContext
  if (version !== "mls10" || cipherSuite !== CIPHERSUITE_NAME || epoch !== 1n || groupId.length !== GROUP_ID_LENGTH) return null
  // The library would take the tree from an extension before it takes ours, so ours must be the only one.
  if (extensions.length !== 0 || info.extensions.length !== 1) return null
  return info
}

function introductionOf(info: GroupInfo): Introduction | null {
  const extension = info.extensions[0]
  return extension?.extensionType === INTRODUCTION ? decodeIntroduction(extension.extensionData) : null
}

/**
 * Joins from a Welcome that `makeGroup` made. null where it has another form or another addressee; throws what the library throws
 * where a signature, hash or tag is wrong.
 */
export async function joinFrom(
  suite: CiphersuiteImpl,
  keyPackage: KeyPackage,
  keys: PrivateKeyPackage,
  welcomeBytes: Uint8Array,
  now: number,
): Promise<{ state: GroupState; greeting: Greeting } | null> {
  const welcome = decodeExactly(decodeWelcome, encodeWelcome, welcomeBytes, WELCOME_MAX)
  const info = await readGroupInfo(suite, welcome, keyPackage, keys)
  const introduction = info && introductionOf(info)
  if (!introduction || checkLeaf(introduction.leaf, now) === null) return null
  const tree: RatchetTree = [
    { nodeType: "leaf", leaf: introduction.leaf },
    undefined,
    { nodeType: "leaf", leaf: keyPackage.leafNode },
  ]
  if (!areDistinct(membersOf(tree))) return null
  // Checks both leaves' signatures, credentials and lifetimes, the tree hash, the GroupInfo's signature and the confirmation tag.
  const { clientConfig: _, ...state } = await joinGroup(welcome, keyPackage, keys, emptyPskIndex, suite, tree, undefined, clientConfig(now))
  return { state, greeting: introduction.greeting }
}
