import { beforeAll, describe, expect, it } from "vitest"
import { createGroup, decodeGroupState } from "ts-mls/clientState.js"
import type { ClientState } from "ts-mls/clientState.js"
import { createCommit } from "ts-mls/createCommit.js"
import { createProposal } from "ts-mls/createMessage.js"
import type { Extension } from "ts-mls/extension.js"
import type { KeyPackage } from "ts-mls/keyPackage.js"
import { decodeKeyPackage, encodeKeyPackage, signKeyPackage } from "ts-mls/keyPackage.js"
import type { LeafNodeKeyPackage } from "ts-mls/leafNode.js"
import { signLeafNodeKeyPackage } from "ts-mls/leafNode.js"
import { encodeMlsMessage } from "ts-mls/message.js"
import { protectApplicationData } from "ts-mls/messageProtection.js"
import type { Proposal } from "ts-mls/proposal.js"
import { decodeWelcome, encodeWelcome } from "ts-mls/welcome.js"
import { createPostQuantumSuite, createClassicalSuite } from "../../messenger/mls/ciphersuite.ts"
import { checkCredential, CREDENTIAL_LENGTH } from "../../messenger/mls/credential.ts"
import { encodeIntroduction, INTRODUCTION } from "../../messenger/mls/introduction.ts"
import { xwing } from "../../messenger/mls/kem.ts"
import type { OwnKeyPackage } from "../../messenger/mls/keypackage.ts"
import { clientConfig } from "../../messenger/mls/members.ts"
import { MlsError } from "../../messenger/mls/mls.ts"
import { concat, fromHex } from "../../shared/bytes.ts"
import { utf8 } from "../../shared/text.ts"
import { below } from "../../shared/random.ts"
import type { Forgery, LeafForgery } from "./forge.ts"
import { forgeCredential, forgeKeyPackage, mixed, torsion } from "./forge.ts"
import { seededRandom } from "./random.ts"
import type { Pair } from "./support.ts"
import { createPair, DAY, NOW } from "./support.ts"

const random = seededRandom("refused")
const suite = createPostQuantumSuite(random)
const seconds = Math.floor(NOW / 1000)
const day = DAY / 1000

let pair: Pair
beforeAll(async () => {
  pair = await createPair("refused pair")
})

function theirs() {
  return decodeKeyPackage(pair.keyPackage.keyPackage.slice(), 0)![0]
}

function join(welcome: Uint8Array, now = NOW) {
  const { mls, keyPackage } = pair
  return mls.join(keyPackage.keyPackage, keyPackage.secrets, welcome, now)
}

interface Shape {
  groupId?: Uint8Array
  context?: Extension[]
  more?: Extension[]
  introduction?: Extension[]
  tree?: boolean
  before?: Proposal[]
  also?: Proposal[]
}

/** A Welcome by the library alone, of any shape. */
async function groupBy(own: OwnKeyPackage, shape: Shape): Promise<Uint8Array> {
  const lax = {
    ...clientConfig(NOW),
    authService: { validateCredential: async () => true },
    keyPackageEqualityConfig: { compareKeyPackages: () => false, compareKeyPackageToLeafNode: () => false },
  }
  const { publicPackage, privatePackage } = own
  let state: ClientState = await createGroup(shape.groupId ?? random(16), publicPackage, privatePackage, shape.context ?? [], suite, lax)
  if (shape.before) state = (await createCommit({ state, cipherSuite: suite }, { extraProposals: shape.before })).newState
  const leaf = state.ratchetTree[0]
  if (leaf?.nodeType !== "leaf") throw new Error("no leaf there")
  const introduction: Extension = {
    extensionType: INTRODUCTION,
    extensionData: encodeIntroduction({ leaf: leaf.leaf, greeting: pair.greeting }),
  }
  const add: Proposal = { proposalType: "add", add: { keyPackage: theirs() } }
  const { welcome } = await createCommit(
    { state, cipherSuite: suite },
    {
      extraProposals: [add, ...(shape.also ?? [])],
      ratchetTreeExtension: shape.tree ?? false,
      groupInfoExtensions: [...(shape.introduction ?? [introduction]), ...(shape.more ?? [])],
    },
  )
  return encodeWelcome(welcome!)
}

const credentials: [string, Partial<Forgery>][] = [
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

const leaves: [string, Partial<LeafForgery>][] = [
  ["with a certificate of another type", { credentialType: "x509" }],
  ["that is over", { lifetime: { notBefore: BigInt(seconds - day), notAfter: BigInt(seconds - 1) } }],
  ["that has not begun", { lifetime: { notBefore: BigInt(seconds + 1), notAfter: BigInt(seconds + day) } }],
  ["that is valid for too long", { lifetime: { notBefore: BigInt(seconds - day), notAfter: BigInt(seconds + 92 * day) } }],
  ["that never ends", { lifetime: { notBefore: 0n, notAfter: 0xffffffffffffffffn } }],
  ["with an extension", { extensions: [{ extensionType: 0xf0b1, extensionData: new Uint8Array() }] }],
  ["that does not support the suite", { ciphersuites: ["MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"] }],
]

describe("a foreign KeyPackage", () => {
  async function expectRefused(own: OwnKeyPackage): Promise<void> {
    const { mls, guest, greeting } = pair
    const bytes = encodeKeyPackage(own.publicPackage)
    expect(await mls.inspectKeyPackage(bytes, NOW)).toBeNull()
    await expect(mls.invite(guest.device, bytes, greeting, NOW)).rejects.toThrow(MlsError)
  }

  it("that is right is accepted, and says whose it is", async () => {
    const { mls, inviter, keyPackage } = pair
    const { identityPublic, devicePublic } = inviter.device
    const { stream } = pair.joined.members[1]!
    expect(await mls.inspectKeyPackage(keyPackage.keyPackage, NOW)).toEqual({ identity: identityPublic, device: devicePublic, stream })
    const forged = await forgeKeyPackage(random)
    expect(await mls.inspectKeyPackage(encodeKeyPackage(forged.publicPackage), NOW)).not.toBeNull()
  })

  it("is good for 90 days, and a day early for those whose clock is behind", async () => {
    const { mls, keyPackage } = pair
    for (const [days, good] of [[-2, false], [-0.9, true], [89, true], [92, false]] as const)
      expect((await mls.inspectKeyPackage(keyPackage.keyPackage, NOW + days * DAY)) !== null).toBe(good)
  })

  it.each(credentials)("with a credential %s is refused", async (_, wrong) => {
    await expectRefused(await forgeKeyPackage(random, wrong))
  })

  it.each(leaves)("%s is refused", async (_, wrong) => {
    await expectRefused(await forgeKeyPackage(random, {}, wrong))
  })

  it("with an extension of its own is refused", async () => {
    await expectRefused(await forgeKeyPackage(random, {}, { packageExtensions: [{ extensionType: 0xf0b1, extensionData: new Uint8Array() }] }))
  })

  async function resigned(change: Partial<KeyPackage>, leafChange: Partial<LeafNodeKeyPackage>, signLeaf = true): Promise<OwnKeyPackage> {
    const own = await forgeKeyPackage(random)
    const { signaturePrivateKey } = own.privatePackage
    const changed = { ...own.publicPackage.leafNode, ...leafChange }
    const leafNode = signLeaf ? await signLeafNodeKeyPackage(changed, signaturePrivateKey, suite.signature) : changed
    const publicPackage = await signKeyPackage({ ...own.publicPackage, ...change, leafNode }, signaturePrivateKey, suite.signature)
    return { ...own, publicPackage }
  }

  it("with keys that cannot be sealed to, or one key in both places, is refused", async () => {
    const { publicKey } = xwing.generate(random)
    const { publicKey: other } = xwing.generate(random)
    const smallOrder = publicKey.slice().fill(0, 1184)
    expect(await pair.mls.inspectKeyPackage(encodeKeyPackage((await resigned({ initKey: other }, { hpkePublicKey: publicKey })).publicPackage), NOW)).not.toBeNull()
    await expectRefused(await resigned({ initKey: smallOrder }, {}))
    await expectRefused(await resigned({ initKey: publicKey.slice(1) }, {}))
    await expectRefused(await resigned({}, { hpkePublicKey: smallOrder }))
    await expectRefused(await resigned({}, { hpkePublicKey: publicKey.slice(1) }))
    await expectRefused(await resigned({ initKey: publicKey }, { hpkePublicKey: publicKey }))
  })

  it("whose leaf is not signed is refused, though the package is", async () => {
    await expectRefused(await resigned({}, { hpkePublicKey: xwing.generate(random).publicKey }, false))
  })

  it("of another suite is refused", async () => {
    await expectRefused(await forgeKeyPackage(random, {}, { suite: createClassicalSuite(1, random) }))
  })

  it("altered anywhere is refused", { timeout: 60_000 }, async () => {
    const { mls, keyPackage } = pair
    const refused: number[] = []
    for (let at = 0; at < keyPackage.keyPackage.length; at += at < 16 ? 1 : 1 + below(random, 40)) {
      const altered = keyPackage.keyPackage.slice()
      altered[at]! ^= 1 << below(random, 8)
      if ((await mls.inspectKeyPackage(altered, NOW)) !== null) refused.push(at)
    }
    expect(refused).toEqual([])
  })

  it("cut, extended or random is refused", async () => {
    const { mls, keyPackage } = pair
    const { keyPackage: whole } = keyPackage
    const wrong = [whole.slice(0, -1), whole.slice(1), concat(whole, new Uint8Array(1)), new Uint8Array(), random(2881), random(100_000)]
    for (const bytes of wrong) expect(await mls.inspectKeyPackage(bytes, NOW)).toBeNull()
  })
})

describe("a credential", () => {
  it("altered in any byte is refused", () => {
    const leafKey = random(32)
    const credential = forgeCredential(random, leafKey, {})
    expect(credential.length).toBe(CREDENTIAL_LENGTH)
    expect(checkCredential(credential, leafKey, NOW)).not.toBeNull()
    for (let at = 0; at < credential.length; at++) {
      const altered = credential.slice()
      altered[at]! ^= 1 << below(random, 8)
      expect(checkCredential(altered, leafKey, NOW)).toBeNull()
    }
  })
})

it("the library asks for every credential, and lets nobody in where no time is given", async () => {
  const own = await forgeKeyPackage(random)
  const wrong = await forgeKeyPackage(random, { device: random(32) })
  const ask = (now: number | null, { publicPackage: { leafNode } }: OwnKeyPackage) =>
    clientConfig(now).authService.validateCredential(leafNode.credential, leafNode.signaturePublicKey)
  expect(await Promise.all([ask(NOW, own), ask(NOW, wrong), ask(null, own)])).toEqual([true, false, false])
})

describe("an answer", () => {
  it("by somebody whose credential is right is accepted", async () => {
    expect((await join(await groupBy(await forgeKeyPackage(random), {})))?.greeting).toEqual(pair.greeting)
  })

  it.each(credentials)("by somebody with a credential %s is refused", async (_, wrong) => {
    expect(await join(await groupBy(await forgeKeyPackage(random, wrong), {}))).toBeNull()
  })

  it.each(leaves)("by a leaf %s is refused", async (_, wrong) => {
    expect(await join(await groupBy(await forgeKeyPackage(random, {}, wrong), {}))).toBeNull()
  })

  it("with the inviter's own stream key is refused", async () => {
    const { stream } = pair.joined.members[1]!
    const own = await forgeKeyPackage(random, { stream })
    expect(await join(await groupBy(own, {}))).toBeNull()
  })

  it("by the inviter's own device is refused", async () => {
    const own = await forgeKeyPackage(random, { deviceSecret: pair.inviter.device.deviceSecret })
    expect(await join(await groupBy(own, {}))).toBeNull()
  })

  it("after the KeyPackage's time is refused", async () => {
    expect(await join(pair.invited.welcome, NOW + 92 * DAY)).toBeNull()
  })

  it("to another KeyPackage, or opened with other secrets, is refused", async () => {
    const { mls, inviter, keyPackage, invited } = pair
    const other = await mls.createKeyPackage(inviter.device, NOW)
    expect(await mls.join(other.keyPackage, other.secrets, invited.welcome, NOW)).toBeNull()
    expect(await mls.join(keyPackage.keyPackage, other.secrets, invited.welcome, NOW)).toBeNull()
    expect(await mls.join(keyPackage.keyPackage, random(50), invited.welcome, NOW)).toBeNull()
  })

  const custom: Extension = { extensionType: 0xf0b1, extensionData: new Uint8Array() }
  const shapes: [string, Shape][] = [
    ["with a group id of another length", { groupId: random(15) }],
    ["with extensions of the group's context", { context: [{ extensionType: "required_capabilities", extensionData: new Uint8Array(3) }] }],
    ["with another GroupInfo extension beside", { more: [custom] }],
    ["without an introduction", { introduction: [custom] }],
    ["with an empty introduction", { introduction: [{ extensionType: INTRODUCTION, extensionData: new Uint8Array() }] }],
    ["with a tree", { tree: true }],
    ["with a tree instead of an introduction", { tree: true, introduction: [] }],
    ["in a later epoch", { before: [] }],
  ]
  it.each(shapes)("%s is refused", async (_, shape) => {
    expect(await join(await groupBy(await forgeKeyPackage(random), shape))).toBeNull()
  })

  it("that adds a third person is refused", async () => {
    const third = await forgeKeyPackage(random)
    const also: Proposal[] = [{ proposalType: "add", add: { keyPackage: third.publicPackage } }]
    expect(await join(await groupBy(await forgeKeyPackage(random), { also }))).toBeNull()
  })

  it("altered anywhere is refused", { timeout: 60_000 }, async () => {
    const { welcome } = pair.invited
    const accepted: number[] = []
    for (let at = 0; at < welcome.length; at += at < 64 ? 1 : 1 + below(random, 30)) {
      const altered = welcome.slice()
      altered[at]! ^= 1 << below(random, 8)
      if ((await join(altered)) !== null) accepted.push(at)
    }
    expect(accepted).toEqual([])
  })

  it("cut, extended or random is refused", async () => {
    const { welcome } = pair.invited
    const [decoded] = decodeWelcome(welcome.slice(), 0)!
    const twice = encodeWelcome({ ...decoded, secrets: [decoded.secrets[0]!, decoded.secrets[0]!] })
    const wrong = [welcome.slice(0, -1), welcome.slice(1), concat(welcome, new Uint8Array(1)), new Uint8Array(), random(3127), twice]
    for (const bytes of wrong) expect(await join(bytes)).toBeNull()
  })
})

describe("a message", () => {
  it("altered in any byte is refused, and the state goes on", { timeout: 60_000 }, async () => {
    const { mls, invited, joined } = pair
    const { message } = await mls.seal(invited.state, utf8("text"), utf8("data"))
    const problems = new Set<string>()
    for (let at = 0; at < message.length; at++) {
      const altered = message.slice()
      altered[at]! ^= 1 << below(random, 8)
      const opened = await mls.open(joined.state, altered)
      expect(opened.ok, `byte ${at}`).toBe(false)
      if (!opened.ok) problems.add(opened.problem)
    }
    expect(problems).toContain("malformed")
    expect(problems).toContain("other-epoch")
    expect((await mls.open(joined.state, message)).ok).toBe(true)
  })

  it("by a member who names another group in it is refused", async () => {
    const { invited, joined, mls } = pair
    const [state] = decodeGroupState(invited.state.slice(1), 0)!
    const groupContext = { ...state.groupContext, groupId: random(16) }
    const { privateMessage } = await protectApplicationData(
      state.signaturePrivateKey,
      state.keySchedule.senderDataSecret,
      utf8("text"),
      new Uint8Array(),
      groupContext,
      state.secretTree,
      0,
      { kind: "alwaysPad", paddingLength: 0 },
      suite,
    )
    const message = encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage })
    expect(await mls.open(joined.state, message)).toEqual({ ok: false, problem: "malformed" })
  })

  it("signed by another than the member it names is refused", async () => {
    const { invited, joined, mls } = pair
    const [state] = decodeGroupState(invited.state.slice(1), 0)!
    const { privateMessage } = await protectApplicationData(
      random(32),
      state.keySchedule.senderDataSecret,
      utf8("text"),
      new Uint8Array(),
      state.groupContext,
      state.secretTree,
      0,
      { kind: "alwaysPad", paddingLength: 0 },
      suite,
    )
    const message = encodeMlsMessage({ version: "mls10", wireformat: "mls_private_message", privateMessage })
    expect(await mls.open(joined.state, message)).toEqual({ ok: false, problem: "malformed" })
  })

  it("cut, extended, random or of another kind is refused", async () => {
    const { mls, invited, joined, keyPackage } = pair
    const { message } = await mls.seal(invited.state, utf8("text"))
    const wrong = [message.slice(0, -1), message.slice(1), concat(message, new Uint8Array(1)), new Uint8Array(), random(646)]
    for (const bytes of wrong) expect(await mls.open(joined.state, bytes)).toEqual({ ok: false, problem: "malformed" })
    const header = (wireformat: number) => new Uint8Array([0, 1, 0, wireformat])
    for (const [wireformat, body] of [
      [1, random(100)],
      [3, invited.welcome],
      [4, random(100)],
      [5, keyPackage.keyPackage],
    ] as const)
      expect(await mls.open(joined.state, concat(header(wireformat), body))).toEqual({ ok: false, problem: "not-a-message" })
    expect(await mls.open(joined.state, concat(header(6), random(100)))).toEqual({ ok: false, problem: "malformed" })
  })

  it("that is a proposal or a commit is named so, and one of a later epoch too", async () => {
    const { guest, random: draw } = pair
    const other = await createPair("with commits")
    const own = await forgeKeyPackage(draw, { deviceSecret: guest.device.deviceSecret })
    const lax = { ...clientConfig(NOW), authService: { validateCredential: async () => true } }
    const state = await createGroup(random(16), own.publicPackage, own.privatePackage, [], suite, lax)
    const introduction = encodeIntroduction({ leaf: own.publicPackage.leafNode, greeting: other.greeting })
    const [theirPackage] = decodeKeyPackage(other.keyPackage.keyPackage.slice(), 0)!
    const added = await createCommit(
      { state, cipherSuite: suite },
      {
        extraProposals: [{ proposalType: "add", add: { keyPackage: theirPackage } }],
        groupInfoExtensions: [{ extensionType: INTRODUCTION, extensionData: introduction }],
      },
    )
    const joined = await other.mls.join(other.keyPackage.keyPackage, other.keyPackage.secrets, encodeWelcome(added.welcome!), NOW)
    if (joined === null) throw new Error("could not join")
    const remove: Proposal = { proposalType: "remove", remove: { removed: 1 } }
    const proposal = await createProposal(added.newState, false, remove, suite)
    const update = await createCommit({ state: added.newState, cipherSuite: suite })
    const inPublic = await createCommit({ state: added.newState, cipherSuite: suite }, { wireAsPublicMessage: true })
    for (const message of [proposal.message, update.commit, inPublic.commit])
      expect(await other.mls.open(joined.state, encodeMlsMessage(message))).toEqual({ ok: false, problem: "not-a-message" })
  })
})
