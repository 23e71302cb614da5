import { beforeAll, describe, expect, it } from "vitest"
import type { ClientState } from "ts-mls/clientState.js"
import type { Commit } from "ts-mls/commit.js"
import { createGroupInfo, createGroupInfoWithExternalPub, createGroupInfoWithExternalPubAndRatchetTree } from "ts-mls/createCommit.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { encodeGroupInfo } from "ts-mls/groupInfo.js"
import type { LeafNode } from "ts-mls/leafNode.js"
import type { Proposal } from "ts-mls/proposal.js"
import { createPostQuantumSuite } from "../../messenger/mls/ciphersuite.ts"
import { claimsOf } from "../../messenger/mls/credential.ts"
import type { OwnKeyPackage } from "../../messenger/mls/keypackage.ts"
import { createKeyPackage } from "../../messenger/mls/keypackage.ts"
import { MlsError } from "../../messenger/mls/mls.ts"
import { sameBytes } from "../../shared/bytes.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import type { Forgery } from "./forge.ts"
import { forgeKeyPackage } from "./forge.ts"
import { encodePublic, libraryState, rejoinByLibrary, resigned } from "./forge-commit.ts"
import { wrongCredentials } from "./forgeries.ts"
import { seededRandom } from "./random.ts"
import { createPerson, DAY, NOW } from "./support.ts"
import type { Trio } from "./trio.ts"
import { createTrio } from "./trio.ts"

const random = seededRandom("rejoin")
let suite: CiphersuiteImpl
let trio: Trio
let info: Uint8Array
let helper: ClientState

beforeAll(async () => {
  suite = createPostQuantumSuite(random)
  trio = await createTrio("rejoin")
  info = await trio.mls.groupInfo(trio.states[0])
  helper = libraryState(trio.states[0])
}, 900_000)

async function verdicts(commit: Uint8Array): Promise<string[]> {
  const all = []
  for (const state of trio.states) {
    const before = state.slice()
    const processed = await trio.mls.process(state, commit)
    all.push(processed.ok ? "ok" : processed.problem)
    expect(state).toEqual(before)
  }
  return all
}

/** The leaf 1 is the one that comes back, unless its device is another. */
const isLeaf1 = (leaf: LeafNode) => {
  if (leaf.credential.credentialType !== "basic") return false
  return sameBytes(claimsOf(leaf.credential.identity).device, trio.people[1].device.devicePublic)
}
const secrets = (): Partial<Forgery> => ({
  identitySecret: trio.people[1].identitySecret,
  deviceSecret: trio.people[1].device.deviceSecret,
})
const forged = (own: OwnKeyPackage) => rejoinByLibrary(suite, info, own, isLeaf1)

describe("a device that takes its leaf back", () => {
  it("is followed by all others, with a new stream key and a new certificate; its old state is out", async () => {
    const { mls, people, states } = trio
    const certificate = mls.certify(people[1].identitySecret, people[1].device.devicePublic, NOW + 300 * DAY)
    const later = NOW + 300 * DAY
    const device = { ...people[1].device, certificate }
    await expect(mls.rejoin(device, info, NOW), "it has not begun").rejects.toThrow(MlsError)
    const rejoined = await mls.rejoin(device, info, later)
    const { commit, next, replaced } = rejoined!
    expect(replaced).toEqual(trio.members[1])
    expect(await verdicts(commit)).toEqual(["ok", "removed", "ok"])
    const followed = await mls.process(states[0], commit)
    if (!followed.ok) throw new Error(followed.problem)
    const [returned] = followed.changes.added
    expect(followed.changes).toMatchObject({ kind: "rejoin", removed: [trio.members[1]], added: [{ leaf: followed.sender }] })
    expect(returned!.device).toEqual(people[1].device.devicePublic)
    expect(returned!.stream).not.toEqual(replaced.stream)
    expect(followed.next.members).toEqual(next.members)
    expect(followed.next.boxContext).toEqual(next.boxContext)
    const sealed = await mls.seal(next.state, new Uint8Array([7]))
    expect(await mls.open(followed.next.state, sealed.message)).toMatchObject({ ok: true, plaintext: new Uint8Array([7]) })
    expect((await mls.open(states[1], sealed.message)).ok).toBe(false)
  })

  it("can still read what was written before, where it has the keys", async () => {
    const { mls, people, states } = trio
    const late = await mls.seal(states[0], new Uint8Array([1, 2]))
    const { next } = (await mls.rejoin(people[1].device, info, NOW))!
    expect(await mls.open(next.state, late.message)).toEqual({ ok: false, problem: "other-epoch" })
    const { state } = await mls.adopt(states[1], next.state)
    expect(await mls.open(state, late.message)).toMatchObject({ ok: true, epoch: 2, sender: 0 })
  })

  it("is accepted as the forgeries are made, where nothing is forged", async () => {
    expect(await verdicts(encodePublic(await forged(await forgeKeyPackage(random, secrets()))))).toEqual(["ok", "removed", "ok"])
  })
})

const strangers: [string, () => Promise<OwnKeyPackage>, ((leaf: LeafNode) => boolean) | null][] = [
  ["a stranger who replaces nobody", () => createKeyPackage(createPerson(trio.mls, random).device, suite, random, NOW), null],
  ["a stranger in a member's place", () => createKeyPackage(createPerson(trio.mls, random).device, suite, random, NOW), isLeaf1],
  ["a member in another's place", () => createKeyPackage(trio.people[2].device, suite, random, NOW), isLeaf1],
  ["a member beside its own leaf", () => createKeyPackage(trio.people[1].device, suite, random, NOW), null],
  ["the same device under another identity", () => forgeKeyPackage(random, { deviceSecret: trio.people[1].device.deviceSecret }), isLeaf1],
  ["another device of the same identity", () => forgeKeyPackage(random, { identitySecret: trio.people[1].identitySecret }), isLeaf1],
  ["the same device with its old stream key", () => forgeKeyPackage(random, { ...secrets(), stream: trio.members[1].stream }), isLeaf1],
  ["the same device with a member's stream key", () => forgeKeyPackage(random, { ...secrets(), stream: trio.members[0].stream }), isLeaf1],
  ["the same device with a leaf of any size", () => forgeKeyPackage(random, secrets(), { ciphersuites: new Array(2000).fill(suite.name) }), isLeaf1],
  ["the same device with its old signature key", () => forgeKeyPackage(random, secrets(), { suite: withOldSignatureKey() }), isLeaf1],
]

function withOldSignatureKey(): CiphersuiteImpl {
  const signKey = libraryState(trio.states[1]).signaturePrivateKey
  return { ...suite, signature: { ...suite.signature, keygen: async () => ({ signKey, publicKey: publicEd25519(signKey) }) } }
}

const init = (length: number): Proposal => ({ proposalType: "external_init", externalInit: { kemOutput: random(length) } })
const remove = (removed: number): Proposal => ({ proposalType: "remove", remove: { removed } })
const inline = (...proposals: Proposal[]) => proposals.map((proposal) => ({ proposalOrRefType: "proposal", proposal }) as const)

const shapes: [string, (commit: Commit) => Commit][] = [
  ["with two Removes", (commit) => ({ ...commit, proposals: [...inline(remove(2)), ...commit.proposals] })],
  ["without a Remove", (commit) => ({ ...commit, proposals: commit.proposals.slice(1) })],
  ["without an ExternalInit", (commit) => ({ ...commit, proposals: commit.proposals.slice(0, 1) })],
  ["with two ExternalInits", (commit) => ({ ...commit, proposals: [...commit.proposals, ...inline(init(1120))] })],
  ["with its proposals in another order", (commit) => ({ ...commit, proposals: commit.proposals.toReversed() })],
  ["with GroupContextExtensions", (commit) => ({ ...commit, proposals: [...commit.proposals, ...inline({ proposalType: "group_context_extensions", groupContextExtensions: { extensions: [] } })] })],
  ["with a proposal that nobody knows", (commit) => ({ ...commit, proposals: [...commit.proposals, ...inline({ proposalType: 0xf0c1, proposalData: random(3) })] })],
  ["with a reference", (commit) => ({ ...commit, proposals: [...commit.proposals, { proposalOrRefType: "reference", reference: random(32) }] })],
  ["that removes a blank leaf", (commit) => ({ ...commit, proposals: inline(remove(3), init(1120)) })],
  ["that removes beyond the tree", (commit) => ({ ...commit, proposals: inline(remove(0xffffffff), init(1120)) })],
  ["with an encapsulation that is too short", (commit) => ({ ...commit, proposals: inline(remove(1), init(1119)) })],
  ["with a path that is too short", (commit) => ({ ...commit, path: { ...commit.path!, nodes: commit.path!.nodes.slice(1) } })],
]

describe("all members skip an external commit", () => {
  const all = ["skip", "skip", "skip"]

  it.each(strangers)("by %s", async (_, own, replace) => {
    expect(await verdicts(encodePublic(await rejoinByLibrary(suite, info, await own(), replace)))).toEqual(all)
  })

  it.each(wrongCredentials)("with a credential %s", async (_, wrong) => {
    const own = await forgeKeyPackage(random, { ...secrets(), ...wrong })
    expect(await verdicts(encodePublic(await forged(own)))).toEqual(all)
  })

  it.each(shapes)("%s", async (_, change) => {
    const own = await forgeKeyPackage(random, secrets())
    const message = await forged(own)
    // Where nothing is changed the wrong confirmation tag alone is left.
    expect(await verdicts(await resigned(suite, helper, own, message, (commit) => commit))).toEqual(["broken", "removed", "broken"])
    expect(await verdicts(await resigned(suite, helper, own, message, change))).toEqual(all)
  })

  it("without a path", async () => {
    const own = await forgeKeyPackage(random, secrets())
    expect(await verdicts(await resigned(suite, helper, own, await forged(own), (commit) => ({ ...commit, path: undefined })))).toEqual(all)
  })

  it("without a time", async () => {
    const own = await forgeKeyPackage(random, secrets())
    expect(await verdicts(encodePublic(await rejoinByLibrary(suite, info, own, isLeaf1, new Uint8Array())))).toEqual(all)
  })

  it("with any byte changed", async () => {
    const commit = encodePublic(await forged(await forgeKeyPackage(random, secrets())))
    for (let at = 0; at < commit.length; at += at < 60 ? 7 : 257) {
      const [first] = await verdicts(commit.with(at, commit[at]! ^ (1 << (at % 8))))
      // The tag and the path's ciphertexts are under the signature, except for the tag itself.
      expect(["skip", "other-epoch"], `byte ${at}`).toContain(first)
    }
  })
})

const groupInfos: [string, () => Promise<Uint8Array>][] = [
  ["without the tree", async () => encodeGroupInfo(await createGroupInfoWithExternalPub(helper, [], suite))],
  ["without the external key", async () => encodeGroupInfo(await createGroupInfo(helper.groupContext, helper.confirmationTag, helper, [], suite))],
  ["with one thing more", async () => encodeGroupInfo(await createGroupInfoWithExternalPubAndRatchetTree(helper, [{ extensionType: 0xf0b1, extensionData: random(2) }], suite))],
  ["signed by another key", async () => encodeGroupInfo(await createGroupInfoWithExternalPubAndRatchetTree({ ...helper, signaturePrivateKey: random(32) }, [], suite))],
  ["of a tree that does not have the tree hash", async () => {
    const ratchetTree = helper.ratchetTree.with(4, undefined)
    return encodeGroupInfo(await createGroupInfoWithExternalPubAndRatchetTree({ ...helper, ratchetTree }, [], suite))
  }],
  ["of a tree of more than 32 leaves", async () => {
    const ratchetTree = [...helper.ratchetTree, ...new Array(57).fill(undefined), helper.ratchetTree[4], undefined, helper.ratchetTree[2]]
    return encodeGroupInfo(await createGroupInfoWithExternalPubAndRatchetTree({ ...helper, ratchetTree }, [], suite))
  }],
  ["of a group with a context of another kind", async () => {
    const groupContext = { ...helper.groupContext, extensions: [{ extensionType: 0xf0b1, extensionData: random(2) }] }
    return encodeGroupInfo(await createGroupInfoWithExternalPubAndRatchetTree({ ...helper, groupContext }, [], suite))
  }],
  ["that is empty", async () => new Uint8Array()],
  ["that is cut", async () => info.slice(0, -1)],
  ["with bytes after it", async () => new Uint8Array([...info, 0])],
]

describe("a device does not rejoin", () => {
  it.each(groupInfos)("by a GroupInfo %s", async (_, make) => {
    expect(await trio.mls.rejoin(trio.people[1].device, await make(), NOW)).toBeNull()
  })

  it("a group in which it has no leaf, which the library would look for without end", async () => {
    expect(await trio.mls.rejoin(createPerson(trio.mls, random).device, info, NOW)).toBeNull()
  })

  it("in its own leaf's name under another identity", async () => {
    const identitySecret = random(32)
    const { device } = trio.people[1]
    const certificate = trio.mls.certify(identitySecret, device.devicePublic, NOW)
    expect(await trio.mls.rejoin({ ...device, identityPublic: publicEd25519(identitySecret), certificate }, info, NOW)).toBeNull()
  })

  it("by the GroupInfo of one whose certificate has ended", async () => {
    const { device, identitySecret } = trio.people[1]
    const later = NOW + 400 * DAY
    const certificate = trio.mls.certify(identitySecret, device.devicePublic, later)
    expect(await trio.mls.rejoin({ ...device, certificate }, info, later)).toBeNull()
  })

  it("by a GroupInfo with a byte changed", async () => {
    for (let at = 0; at < info.length; at += 101) {
      expect(await trio.mls.rejoin(trio.people[1].device, info.with(at, info[at]! ^ 1), NOW), `byte ${at}`).toBeNull()
    }
  })
})
