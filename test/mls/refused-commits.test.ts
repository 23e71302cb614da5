import { beforeAll, describe, expect, it } from "vitest"
import type { ClientState } from "ts-mls/clientState.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { signLeafNodeCommit } from "ts-mls/leafNode.js"
import type { LeafNode, LeafNodeCommit } from "ts-mls/leafNode.js"
import type { Proposal } from "ts-mls/proposal.js"
import type { UpdatePath } from "ts-mls/updatePath.js"
import { createPostQuantumSuite } from "../../messenger/mls/ciphersuite.ts"
import { encodeCommitSays } from "../../messenger/mls/commit.ts"
import { createCredential } from "../../messenger/mls/credential.ts"
import type { OwnKeyPackage } from "../../messenger/mls/keypackage.ts"
import { createKeyPackage, parseKeyPackage } from "../../messenger/mls/keypackage.ts"
import { newStreamKey } from "../../shared/box.ts"
import { forgeKeyPackage } from "./forge.ts"
import type { Content, ForgedOptions } from "./forge-commit.ts"
import { at, commitByLibrary, commitOfContent, libraryState, pathOf, withLeaf } from "./forge-commit.ts"
import { wrongCredentials, wrongLeaves } from "./forgeries.ts"
import { seededRandom } from "./random.ts"
import type { Trio } from "./trio.ts"
import { createTrio } from "./trio.ts"
import type { Person } from "./support.ts"
import { createPerson, DAY, NOW } from "./support.ts"

const random = seededRandom("refused commits")
let suite: CiphersuiteImpl
let trio: Trio
/** The forger's state; it is leaf 0, a member with all its rights. */
let forger: ClientState

beforeAll(async () => {
  suite = createPostQuantumSuite(random)
  trio = await createTrio("refused commits")
  forger = libraryState(trio.states[0])
}, 900_000)

/** What both others say; they must say the same, and their states must stay what they are. */
async function verdict(commit: Uint8Array): Promise<string> {
  const problems = new Set<string>()
  for (const state of trio.states.slice(1)) {
    const before = state.slice()
    const processed = await trio.mls.process(state, commit)
    problems.add(processed.ok ? "ok" : processed.problem)
    expect(state).toEqual(before)
  }
  return [...problems].join(" and ")
}

const own = (change: (leaf: LeafNode) => LeafNode) => withLeaf(forger, 0, change)
const credentialOf = (identity: Uint8Array) => ({ credentialType: "basic", identity }) as const

/** A leaf of the forger whose credential says something else, signed as it has to be. */
function otherCredential(person: Person, stream: Uint8Array): ClientState {
  return own((leaf) => ({ ...leaf, credential: credentialOf(createCredential(person.device, leaf.signaturePublicKey, stream)) }))
}

async function addOf(person: Person, now = NOW): Promise<Proposal> {
  const { publicPackage } = await createKeyPackage(person.device, suite, random, now)
  return { proposalType: "add", add: { keyPackage: publicPackage } }
}

const remove = (removed: number): Proposal => ({ proposalType: "remove", remove: { removed } })
const library = (options: ForgedOptions) => commitByLibrary(suite, forger, options)
const content = (made: Content) => commitOfContent(suite, forger, made)
const inline = (...proposals: Proposal[]) => proposals.map((proposal) => ({ proposalOrRefType: "proposal", proposal }) as const)

it("what the forgeries are made of is accepted where nothing is forged", async () => {
  expect(await verdict(await library({}))).toBe("ok")
  const stranger = createPerson(trio.mls, random)
  expect(await verdict(await library({ extraProposals: [await addOf(stranger)] }))).toBe("ok")
  // The tag is wrong, which nobody can tell from being left out: the rest is right.
  expect(await verdict(await content({ commit: { proposals: [], path: await pathOf(suite, forger) } }))).toBe("broken")
})

async function withPath(change: (path: UpdatePath) => UpdatePath | Promise<UpdatePath>): Promise<Uint8Array> {
  return content({ commit: { proposals: [], path: await change(await pathOf(suite, forger)) } })
}

/** The same path with another leaf in it, signed by the leaf's key. */
async function withPathLeaf(change: Partial<LeafNodeCommit>): Promise<Uint8Array> {
  return withPath(async (path) => {
    const tbs = { ...path.leafNode, ...change, groupId: forger.groupContext.groupId, leafIndex: 0 }
    return { ...path, leafNode: await signLeafNodeCommit(tbs, forger.signaturePrivateKey, suite.signature) }
  })
}

const withoutPath: [string, () => Promise<Uint8Array>][] = [
  ["that adds", async () => library({ extraProposals: [await addOf(createPerson(trio.mls, random))], forceUpdatePath: false })],
  ["that removes", () => content({ commit: { proposals: inline(remove(2)), path: undefined } })],
  ["that does nothing", () => content({ commit: { proposals: [], path: undefined } })],
]

const wrongPaths: [string, () => Promise<Uint8Array>][] = [
  ["with another identity", () => commitByLibrary(suite, otherCredential({ ...trio.people[0], device: createPerson(trio.mls, random).device }, trio.members[0].stream))],
  ["with another device of the same identity", () => commitByLibrary(suite, otherCredential(secondDevice(trio.people[0]), trio.members[0].stream))],
  ["with another stream key", () => commitByLibrary(suite, otherCredential(trio.people[0], newStreamKey(random).stream))],
  ["with a member's device", () => commitByLibrary(suite, otherCredential(trio.people[1], newStreamKey(random).stream))],
  ["with other capabilities", () => commitByLibrary(suite, own((leaf) => ({ ...leaf, capabilities: { ...leaf.capabilities, extensions: [0xf0b1] } })))],
  ["with an extension", () => commitByLibrary(suite, own((leaf) => ({ ...leaf, extensions: [{ extensionType: 0xf0b1, extensionData: random(3) }], capabilities: { ...leaf.capabilities, extensions: [0xf0b1] } })))],
  ["whose leaf has another signature key", otherSignatureKey],
  ["whose leaf has a key that nothing can be sealed to", () => withPathLeaf({ hpkePublicKey: new Uint8Array(1216).fill(0xff) })],
  ["whose leaf keeps its key", async () => withPathLeaf({ hpkePublicKey: leafKey(0) })],
  ["whose leaf has another member's key", async () => withPathLeaf({ hpkePublicKey: leafKey(1) })],
  ["whose leaf has a wrong parent hash", () => withPathLeaf({ parentHash: random(32) })],
  ["whose leaf is not signed", () => withPath((path) => ({ ...path, leafNode: { ...path.leafNode, signature: random(64) } }))],
  ["that is too short", () => withPath((path) => ({ ...path, nodes: path.nodes.slice(1) }))],
  ["that is too long", () => withPath((path) => ({ ...path, nodes: [...path.nodes, path.nodes[0]!] }))],
  ["with a key that nothing can be sealed to", () => withNode((node) => ({ ...node, hpkePublicKey: new Uint8Array(1216).fill(0xff) }))],
  ["with a member's key in it", () => withNode((node) => ({ ...node, hpkePublicKey: leafKey(1) }))],
  ["that leaves a member out", () => withNode((node) => ({ ...node, encryptedPathSecret: node.encryptedPathSecret.slice(1) }))],
  ["with a ciphertext too many", () => withNode((node) => ({ ...node, encryptedPathSecret: [...node.encryptedPathSecret, node.encryptedPathSecret[0]!] }))],
  ["with a short ciphertext", () => withNode((node) => ({ ...node, encryptedPathSecret: node.encryptedPathSecret.map((sealed) => ({ ...sealed, ciphertext: sealed.ciphertext.slice(1) })) }))],
  ["with a short encapsulation", () => withNode((node) => ({ ...node, encryptedPathSecret: node.encryptedPathSecret.map((sealed) => ({ ...sealed, kemOutput: sealed.kemOutput.slice(1) })) }))],
]

function secondDevice(person: Person): Person {
  const { device } = createPerson(trio.mls, random)
  const certificate = trio.mls.certify(person.identitySecret, device.devicePublic, NOW)
  return { ...person, device: { ...device, identityPublic: person.device.identityPublic, certificate } }
}

function leafKey(leaf: number): Uint8Array {
  const node = forger.ratchetTree[2 * leaf]
  if (node?.nodeType !== "leaf") throw new Error("no leaf there")
  return node.leaf.hpkePublicKey
}

async function otherSignatureKey(): Promise<Uint8Array> {
  const keys = await suite.signature.keygen()
  const identity = createCredential(trio.people[0].device, keys.publicKey, trio.members[0].stream)
  const changed = own((leaf) => ({ ...leaf, signaturePublicKey: keys.publicKey, credential: credentialOf(identity) }))
  const path = await pathOf(suite, { ...changed, signaturePrivateKey: keys.signKey })
  return content({ commit: { proposals: [], path } })
}

async function withNode(change: (node: UpdatePath["nodes"][number]) => UpdatePath["nodes"][number]): Promise<Uint8Array> {
  return withPath((path) => ({ ...path, nodes: path.nodes.map((node, i) => (i === path.nodes.length - 1 ? change(node) : node)) }))
}

const wrongProposals: [string, () => Promise<Uint8Array>][] = [
  ["GroupContextExtensions", () => library({ extraProposals: [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions: [] } }] })],
  ["PreSharedKey", async () => content({ commit: { proposals: inline(preSharedKey()), path: await pathOf(suite, forger) } })],
  ["ReInit", async () => content({ commit: { proposals: inline(reinit()), path: await pathOf(suite, forger) } })],
  ["ExternalInit", async () => content({ commit: { proposals: inline({ proposalType: "external_init", externalInit: { kemOutput: random(1120) } }), path: await pathOf(suite, forger) } })],
  ["one that nobody knows", () => library({ extraProposals: [{ proposalType: 0xf0c1, proposalData: random(5) }] })],
  ["a reference", async () => content({ commit: { proposals: [{ proposalOrRefType: "reference", reference: random(32) }], path: await pathOf(suite, forger) } })],
  ["a Remove of oneself", async () => content({ commit: { proposals: inline(remove(0)), path: await pathOf(suite, forger) } })],
  ["a Remove of a blank leaf", async () => content({ commit: { proposals: inline(remove(3)), path: await pathOf(suite, forger) } })],
  ["a Remove beyond the tree", async () => content({ commit: { proposals: inline(remove(0x7fffffff)), path: await pathOf(suite, forger) } })],
  ["two Removes of one leaf", async () => content({ commit: { proposals: inline(remove(2), remove(2)), path: await pathOf(suite, forger) } })],
  ["a member's device added again", async () => library({ extraProposals: [await addOf(trio.people[1])] })],
  ["one device added twice", async () => {
    const person = createPerson(trio.mls, random)
    return library({ extraProposals: [await addOf(person), await addOf(person)] })
  }],
  ["a stream key that a member has", async () => {
    const { publicPackage } = await forgeKeyPackage(random, { stream: trio.members[1].stream })
    return library({ extraProposals: [{ proposalType: "add", add: { keyPackage: publicPackage } }] })
  }],
  ["a KeyPackage of any size", async () => {
    const { publicPackage } = await forgeKeyPackage(random, {}, { ciphersuites: new Array(1000).fill(suite.name) })
    return library({ extraProposals: [{ proposalType: "add", add: { keyPackage: publicPackage } }] })
  }],
  ["a KeyPackage that another member signed", async () => {
    const { publicPackage } = await forgeKeyPackage(random)
    return content({ commit: { proposals: inline({ proposalType: "add", add: { keyPackage: { ...publicPackage, signature: random(64) } } }), path: await pathOf(suite, forger) } })
  }],
]

const preSharedKey = (): Proposal => ({ proposalType: "psk", psk: { preSharedKeyId: { psktype: "external", pskId: random(4), pskNonce: random(32) } } })
const reinit = (): Proposal => ({ proposalType: "reinit", reinit: { groupId: random(16), version: "mls10", cipherSuite: suite.name, extensions: [] } })

async function byNobody(): Promise<Uint8Array> {
  const secretTree = forger.secretTree.with(6, forger.secretTree[0]!)
  return commitOfContent(suite, { ...forger, secretTree }, { leaf: 3, commit: { proposals: [], path: await pathOf(suite, forger) } })
}

const wrongFrames: [string, () => Promise<Uint8Array>][] = [
  ["without a time", () => library({ authenticatedData: new Uint8Array() })],
  ["with a time of an unknown version", () => library({ authenticatedData: new Uint8Array([2, ...encodeCommitSays(NOW).slice(1)]) })],
  ["with bytes after the time", () => library({ authenticatedData: new Uint8Array([...encodeCommitSays(NOW), 0]) })],
  ["of another group", async () => content({ groupId: random(16), commit: { proposals: [], path: await pathOf(suite, forger) } })],
  ["sent in public by a member", () => library({ wireAsPublicMessage: true })],
  ["in another's name", async () => content({ leaf: 1, commit: { proposals: [], path: await pathOf(suite, forger) } })],
  ["signed by nobody", async () => content({ signatureKey: random(32), commit: { proposals: [], path: await pathOf(suite, forger) } })],
  ["by a leaf that is blank", byNobody],
  ["that is longer than any of ours", async () => new Uint8Array([...(await library({})), ...new Uint8Array(1 << 18)])],
  ["that is no message", async () => random(100)],
  ["that is empty", async () => new Uint8Array()],
]

describe("all members skip, and leave their state as it is, a commit", () => {
  it.each(withoutPath)("without a path %s", async (_, forge) => expect(await verdict(await forge())).toBe("skip"))
  it.each(wrongPaths)("with a path %s", async (_, forge) => expect(await verdict(await forge())).toBe("skip"))
  it.each(wrongProposals)("with %s", async (_, forge) => expect(await verdict(await forge())).toBe("skip"))
  it.each(wrongFrames)("%s", async (_, forge) => expect(await verdict(await forge())).toBe("skip"))

  const adding = (made: OwnKeyPackage) => library({ extraProposals: [{ proposalType: "add", add: { keyPackage: made.publicPackage } }] })
  it.each(wrongCredentials)("that adds a leaf with a credential %s", async (_, wrong) => {
    expect(await verdict(await adding(await forgeKeyPackage(random, wrong)))).toBe("skip")
  })
  it.each(wrongLeaves)("that adds a leaf %s", async (_, wrong) => {
    const { publicPackage: keyPackage } = await forgeKeyPackage(random, {}, wrong)
    const add: Proposal = { proposalType: "add", add: { keyPackage } }
    // The forger's clock is wrong, and says so to nobody.
    const begun = keyPackage.leafNode.leafNodeSource === "key_package" ? keyPackage.leafNode.lifetime.notBefore : 0n
    const commit =
      wrong.credentialType === "x509"
        ? content({ commit: { proposals: inline(add), path: await pathOf(suite, forger) } })
        : commitByLibrary(suite, at(forger, begun), { extraProposals: [add] })
    expect(await verdict(await commit)).toBe("skip")
  })

  it("of another epoch, which is named", async () => {
    const path = await pathOf(suite, forger)
    for (const epoch of [0n, forger.groupContext.epoch + 1n]) {
      expect(await verdict(await content({ epoch, commit: { proposals: [], path } }))).toBe("other-epoch")
    }
  })

  it("that adds more devices than a group may have", async () => {
    const packages = []
    for (let i = 0; i < 30; i++) packages.push(parseKeyPackage((await trio.mls.createKeyPackage(createPerson(trio.mls, random).device, NOW)).keyPackage))
    const extraProposals = packages.map((keyPackage): Proposal => ({ proposalType: "add", add: { keyPackage } }))
    expect(await verdict(await library({ extraProposals }))).toBe("skip")
    expect(await verdict(await library({ extraProposals: extraProposals.slice(1) }))).toBe("ok")
  })

  it("that what is allowed here does not include", async () => {
    const commit = await library({ extraProposals: [remove(2)] })
    for (const state of trio.states.slice(1)) {
      expect(await trio.mls.process(state, commit, (sender, { removed }) => sender !== 0 || removed.length === 0)).toEqual({ ok: false, problem: "skip" })
    }
  })

  it("at whatever time it is read: the time that it states counts", async () => {
    const person = createPerson(trio.mls, random)
    const add = await addOf(person)
    const later = encodeCommitSays(NOW + 100 * DAY)
    expect(await verdict(await library({ extraProposals: [add], authenticatedData: later }))).toBe("skip")
    expect(await verdict(await library({ extraProposals: [await addOf(person)] }))).toBe("ok")
    // An update is good even when the certificate has ended since.
    expect(await verdict(await library({ authenticatedData: encodeCommitSays(NOW + 1000 * DAY) }))).toBe("ok")
  })
})

describe("a commit with a byte changed", () => {
  it("is never followed, and no state is harmed", async () => {
    const commit = await library({ extraProposals: [remove(2)] })
    for (let at = 0; at < commit.length; at += at < 120 ? 7 : 211) {
      const changed = commit.with(at, commit[at]! ^ (1 << (at % 8)))
      expect(["skip", "other-epoch"], `byte ${at}`).toContain(await verdict(changed))
    }
    for (let length = 0; length < commit.length; length += 301) expect(await verdict(commit.slice(0, length))).toBe("skip")
  })
})

describe("a commit that is good by what all see", () => {
  /** The library with one of its workings bent, for as long as a commit is made. */
  const bent = (change: Partial<CiphersuiteImpl["hpke"]>, hash: Partial<CiphersuiteImpl["hash"]> = {}): CiphersuiteImpl => ({
    ...suite,
    hpke: { ...suite.hpke, ...change },
    hash: { ...suite.hash, ...hash },
  })

  async function verdicts(made: CiphersuiteImpl): Promise<string[]> {
    const commit = await commitByLibrary(made, forger)
    const all = []
    for (const state of trio.states.slice(1)) {
      const processed = await trio.mls.process(state, commit)
      all.push(processed.ok ? "ok" : processed.problem)
    }
    return all
  }

  it("is broken for the one whose ciphertext is wrong, and followed by the other", async () => {
    let count = 0
    const seal: CiphersuiteImpl["hpke"]["seal"] = async (key, plaintext, info, aad) => {
      const sealed = await suite.hpke.seal(key, plaintext, info, aad)
      return count++ === 0 ? { ...sealed, ct: sealed.ct.with(3, sealed.ct[3]! ^ 1) } : sealed
    }
    expect((await verdicts(bent({ seal }))).sort()).toEqual(["broken", "ok"])
  })

  it("is broken where the path's public keys are not those of its secrets", async () => {
    let count = 0
    const deriveKeyPair: CiphersuiteImpl["hpke"]["deriveKeyPair"] = async (ikm) => {
      count++
      return suite.hpke.deriveKeyPair(count === 3 ? ikm.with(0, ikm[0]! ^ 1) : ikm)
    }
    expect(await verdicts(bent({ deriveKeyPair }))).toEqual(["broken", "broken"])
  })

  it("is broken where the confirmation tag is wrong", async () => {
    const mac: CiphersuiteImpl["hash"]["mac"] = async (key, data) => {
      const made = await suite.hash.mac(key, data)
      return made.with(0, made[0]! ^ 1)
    }
    expect(await verdicts(bent({}, { mac }))).toEqual(["broken", "broken"])
  })
})
