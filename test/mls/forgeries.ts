import type { ClientState } from "ts-mls/clientState.js"
import { createGroup } from "ts-mls/clientState.js"
import { createCommit } from "ts-mls/createCommit.js"
import type { Extension } from "ts-mls/extension.js"
import { decodeKeyPackage } from "ts-mls/keyPackage.js"
import type { Proposal } from "ts-mls/proposal.js"
import { encodeWelcome } from "ts-mls/welcome.js"
import { createPostQuantumSuite } from "../../messenger/mls/ciphersuite.ts"
import { encodeIntroduction, INTRODUCTION } from "../../messenger/mls/introduction.ts"
import type { OwnKeyPackage } from "../../messenger/mls/keypackage.ts"
import { clientConfig } from "../../messenger/mls/members.ts"
import { fromHex } from "../../shared/bytes.ts"
import type { Random } from "../../shared/random.ts"
import type { Forgery, LeafForgery } from "./forge.ts"
import { mixed, torsion } from "./forge.ts"
import { seededRandom } from "./random.ts"
import type { Pair } from "./support.ts"
import { DAY, NOW } from "./support.ts"

const random = seededRandom("forgeries")
const seconds = Math.floor(NOW / 1000)
const day = DAY / 1000

/** What a credential can be wrong in. */
export const wrongCredentials: [string, Partial<Forgery>][] = [
  ["of an unknown version", { version: 2 }],
  ["with a certificate of an unknown version", { certificateVersion: 0 }],
  ["with bytes after it", { tail: new Uint8Array(1) }],
  ["naming an identity that did not sign", { identity: random(32) }],
  ["naming an identity of small order", { identity: torsion.toBytes() }],
  ["with a certificate for another device", { certifiedDevice: random(32) }],
  ["with a certificate whose end was moved", { certifiedNotAfter: seconds + 200 * day }],
  ["with a certificate under another label", { certificateLabel: "sotto v1 leaf credential" }],
  ["whose certificate is over", { notBefore: seconds - 300 * day, notAfter: seconds - 1 }],
  ["whose certificate has not begun", { notBefore: seconds + 1 }],
  ["whose certificate is valid for too long", { notAfter: seconds + 400 * day }],
  ["whose certificate ends before it begins", { notBefore: seconds + day, notAfter: seconds - day }],
  ["signed by another device", { device: random(32) }],
  ["for another leaf's signature key", { leafKey: random(32) }],
  ["signed under another label", { leafLabel: "sotto v1 device certificate" }],
  ["for another stream key", { signedStream: random(32) }],
  ["with a stream key that is no point", { stream: fromHex("02".padEnd(64, "0")) }],
  ["with the neutral element as stream key", { stream: fromHex("01".padEnd(64, "0")) }],
  ["with a stream key of small order", { stream: torsion.toBytes() }],
  ["with a stream key of mixed order", { stream: mixed.toBytes() }],
  // y = 3 + p, and x = 0 with a sign
  ["with a stream key that is not reduced", { stream: fromHex(`f0${"ff".repeat(30)}7f`) }],
  ["with a stream key that has a sign without an x", { stream: fromHex(`01${"00".repeat(30)}80`) }],
]

/** What a leaf can be wrong in beside. */
export const wrongLeaves: [string, Partial<LeafForgery>][] = [
  ["with a certificate of another type", { credentialType: "x509" }],
  ["that is over", { lifetime: { notBefore: BigInt(seconds - day), notAfter: BigInt(seconds - 1) } }],
  ["that has not begun", { lifetime: { notBefore: BigInt(seconds + 1), notAfter: BigInt(seconds + day) } }],
  ["that is valid for too long", { lifetime: { notBefore: BigInt(seconds - day), notAfter: BigInt(seconds + 92 * day) } }],
  ["that never ends", { lifetime: { notBefore: 0n, notAfter: 0xffffffffffffffffn } }],
  ["with an extension", { extensions: [{ extensionType: 0xf0b1, extensionData: new Uint8Array() }] }],
  ["that does not support the suite", { ciphersuites: ["MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"] }],
]

export interface Shape {
  groupId?: Uint8Array
  context?: Extension[]
  more?: Extension[]
  introduction?: Extension[]
  tree?: boolean
  before?: Proposal[]
  also?: Proposal[]
}

/** A Welcome by the library alone, of any shape. */
export async function welcomeOfShape(
  random: Random,
  { keyPackage, greeting }: Pick<Pair, "keyPackage" | "greeting">,
  own: OwnKeyPackage,
  shape: Shape = {},
): Promise<{ welcome: Uint8Array; state: ClientState }> {
  const suite = createPostQuantumSuite(random)
  const lax = {
    ...clientConfig(NOW),
    authService: { validateCredential: async () => true },
    keyPackageEqualityConfig: { compareKeyPackages: () => false, compareKeyPackageToLeafNode: () => false },
  }
  const [theirs] = decodeKeyPackage(keyPackage.keyPackage.slice(), 0)!
  const { publicPackage, privatePackage } = own
  const { groupId = random(16), context = [] } = shape
  let state = await createGroup(groupId, publicPackage, privatePackage, context, suite, lax)
  if (shape.before) state = (await createCommit({ state, cipherSuite: suite }, { extraProposals: shape.before })).newState
  const leaf = state.ratchetTree[0]
  if (leaf?.nodeType !== "leaf") throw new Error("no leaf there")
  const introduction: Extension = {
    extensionType: INTRODUCTION,
    extensionData: encodeIntroduction({ leaf: leaf.leaf, greeting: greeting }),
  }
  const add: Proposal = { proposalType: "add", add: { keyPackage: theirs } }
  const { welcome, newState } = await createCommit(
    { state, cipherSuite: suite },
    {
      extraProposals: [add, ...(shape.also ?? [])],
      ratchetTreeExtension: shape.tree ?? false,
      groupInfoExtensions: [...(shape.introduction ?? [introduction]), ...(shape.more ?? [])],
    },
  )
  return { welcome: encodeWelcome(welcome!), state: newState }
}
