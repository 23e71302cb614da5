import type { GroupState } from "ts-mls/clientState.js"
import { joinGroup } from "ts-mls/clientState.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { KeyPackage, PrivateKeyPackage } from "ts-mls/keyPackage.js"
import { makeKeyPackageRef } from "ts-mls/keyPackage.js"
import { emptyPskIndex } from "ts-mls/pskIndex.js"
import { decodeWelcome, decryptGroupInfo, decryptGroupSecrets, encodeWelcome } from "ts-mls/welcome.js"
import { WireError } from "../../shared/bytes.ts"
import { CIPHERSUITE_NAME } from "./ciphersuite.ts"
import { decodeExactly } from "./codec.ts"
import { settled } from "./epochs.ts"
import { fitsItsTree } from "./following.ts"
import { ANY_TIME, clientConfig } from "./members.ts"
import { treeOf } from "./rejoin.ts"

/** Above what a Welcome into a group of 32 leaves takes (about 90,000). */
export const WELCOME_MAX = 1 << 17

/** Enters a group by the Welcome of a commit that added this KeyPackage. Throws where it has another form or anything is wrong with it. */
export async function enterFrom(
  suite: CiphersuiteImpl,
  keyPackage: KeyPackage,
  keys: PrivateKeyPackage,
  bytes: Uint8Array,
  now: number,
): Promise<GroupState> {
  const welcome = decodeExactly(decodeWelcome, encodeWelcome, bytes, WELCOME_MAX)
  if (welcome.cipherSuite !== CIPHERSUITE_NAME) throw new WireError()
  const initKey = await suite.hpke.importPrivateKey(keys.initPrivateKey)
  const secrets = await decryptGroupSecrets(initKey, await makeKeyPackageRef(keyPackage, suite.hash), welcome, suite.hpke)
  // Every commit has a path, so there is a secret of it for who comes in.
  if (secrets === undefined || secrets.psks.length !== 0 || secrets.pathSecret === undefined) throw new WireError()
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, new Uint8Array(suite.kdf.size), suite)
  const [extension, ...more] = info?.extensions ?? []
  if (info === undefined || extension?.extensionType !== "ratchet_tree" || more.length > 0) throw new WireError()
  const tree = treeOf(info, extension.extensionData, now)
  const joined = await joinGroup(welcome, keyPackage, keys, emptyPskIndex, suite, tree, undefined, clientConfig(ANY_TIME))
  const state = settled(joined, null)
  if (!fitsItsTree(state)) throw new WireError()
  return state
}
