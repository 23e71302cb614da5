import { beforeAll, describe, expect, it, vi } from "vitest"
import type { ClientState } from "ts-mls/clientState.js"
import { validateRatchetTree } from "ts-mls/clientState.js"
import { createCommit, createGroupInfoWithExternalPubAndRatchetTree, joinGroupExternal } from "ts-mls/createCommit.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { Extension } from "ts-mls/extension.js"
import { createContentCommitSignature } from "ts-mls/framedContent.js"
import { signKeyPackage } from "ts-mls/keyPackage.js"
import { signLeafNodeKeyPackage } from "ts-mls/leafNode.js"
import { protectPublicMessage } from "ts-mls/messageProtectionPublic.js"
import { processPublicMessage } from "ts-mls/processMessages.js"
import type { Proposal } from "ts-mls/proposal.js"
import { emptyPskIndex } from "ts-mls/pskIndex.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { removeLeafNode } from "ts-mls/ratchetTree.js"
import { treeHashRoot } from "ts-mls/treeHash.js"
import { toLeafIndex } from "ts-mls/treemath.js"
import { zeroOutUint8Array } from "ts-mls/util/byteArray.js"
import { createFastSuite } from "./fast.ts"
import type { Client } from "./history.ts"
import { History } from "./history.ts"
import { seededRandom } from "./random.ts"

const patched = await import("ts-mls/patched.js").then(
  (module) => module.patched,
  () => null,
)

it("ts-mls carries the corrections of patches/", () => {
  expect(patched, 'node_modules/ts-mls is as published: run "npm ci", or "npx patch-package"').toBe(1)
})

// Without the corrections some of these would not fail but never end.
describe.runIf(patched === 1)("the corrections of ts-mls", () => {
  const random = seededRandom("patch")
  let suite: CiphersuiteImpl

  beforeAll(() => {
    suite = createFastSuite(1, random)
  })

  async function groupOf(count: number): Promise<History> {
    const history = new History(suite, random, 32)
    await history.begin()
    await add(history, 0, count - 1)
    return history
  }

  async function add(history: History, committer: number, count: number): Promise<void> {
    const newcomers = await Promise.all(Array.from({ length: count }, () => history.newcomer()))
    const proposals = newcomers.map(({ publicPackage }): Proposal => ({ proposalType: "add", add: { keyPackage: publicPackage } }))
    await history.commit(history.members[committer]!, proposals, newcomers, [])
  }

  async function update(history: History, committer: number): Promise<void> {
    await history.commit(history.members[committer]!, [], [], [])
  }

  async function pathOf(member: Client, proposals: Proposal[]) {
    const { commit } = await createCommit(
      { state: member.state, cipherSuite: suite },
      { extraProposals: proposals, wireAsPublicMessage: true },
    )
    if (commit.wireformat !== "mls_public_message" || commit.publicMessage.content.contentType !== "commit") throw new Error("no commit")
    return commit.publicMessage.content.commit.path
  }

  function validate(tree: RatchetTree, state: ClientState, treeHash: Uint8Array) {
    const { lifetimeConfig, authService } = state.clientConfig
    return validateRatchetTree(tree, state.groupContext, lifetimeConfig, authService, treeHash, suite)
  }

  /** The tree of seven with a parent over leaves 4 to 7 (node 11), and leaf 7 then added but merged nowhere below the root. */
  async function unmerged(): Promise<History> {
    const history = await groupOf(7)
    await update(history, 4)
    await add(history, 0, 1)
    await update(history, 0)
    return history
  }

  function unmergedAt(history: History, index: number): number[] | undefined {
    const node = history.members[0]!.state.ratchetTree[index]
    return node?.nodeType === "parent" ? node.parent.unmergedLeaves : undefined
  }

  it("a newcomer joins where a leaf is unmerged below but not at the root", async () => {
    const history = await unmerged()
    expect([11, 7].map((index) => unmergedAt(history, index))).toEqual([[7], []])
    await add(history, 0, 1)
  })

  it("a newcomer joins where a parent lists more unmerged leaves than the node below it", async () => {
    const history = await groupOf(7)
    const leaver = history.members[1]!
    await history.commit(history.members[0]!, [{ proposalType: "remove", remove: { removed: 1 } }], [], [leaver])
    await update(history, history.members.findIndex(({ state }) => state.privatePath.leafIndex === 4))
    await add(history, 0, 1)
    await add(history, 0, 1)
    expect([11, 7].map((index) => unmergedAt(history, index))).toEqual([[7], [1, 7]])
    await add(history, 0, 1)
  })

  const wrongLists: [string, number, number[], string][] = [
    ["a leaf that is no descendant", 11, [1], "descendant"],
    ["a leaf beyond the tree", 11, [100], "descendant"],
    ["a leaf far beyond any tree", 11, [0xffffffff], "descendant"],
    ["a leaf that a node in between does not list", 7, [7, 4], "intermediate"],
  ]
  it.each(wrongLists)("a tree is refused whose unmerged leaves name %s", async (_, index, unmergedLeaves, reason) => {
    const { state } = (await unmerged()).members[0]!
    const tree = state.ratchetTree.slice()
    const node = tree[index]
    if (node?.nodeType !== "parent") throw new Error("no parent there")
    tree[index] = { ...node, parent: { ...node.parent, unmergedLeaves } }
    const error = await validate(tree, state, await treeHashRoot(tree, suite.hash))
    expect(String(error)).toContain(reason)
  })

  it("a tree is refused whose unmerged leaf is blank", async () => {
    const { state } = (await unmerged()).members[0]!
    const tree = removeLeafNode(state.ratchetTree, toLeafIndex(7)).slice()
    for (const [index, node] of state.ratchetTree.entries()) if (index < 15 && index % 2 === 1) tree[index] = node
    while (tree.length < 15) tree.push(undefined)
    expect(String(await validate(tree, state, await treeHashRoot(tree, suite.hash)))).toContain("non-blank descendant")
  })

  const context = (extensions: Extension[]): Proposal => ({
    proposalType: "group_context_extensions",
    groupContextExtensions: { extensions },
  })
  const extension: Extension = { extensionType: 0xf0b1, extensionData: new Uint8Array([1, 2, 3]) }

  it("a commit that changes the group's context carries a path", async () => {
    const history = await groupOf(3)
    expect(await pathOf(history.members[0]!, [context([extension])])).toBeDefined()
    expect(await pathOf(history.members[0]!, [context([])])).toBeDefined()
  })

  it("a commit that removes somebody carries a path", async () => {
    const history = await groupOf(3)
    expect(await pathOf(history.members[0]!, [{ proposalType: "remove", remove: { removed: 1 } }])).toBeDefined()
  })

  it("a commit that changes the context and removes somebody can be read by the others", async () => {
    const history = await groupOf(4)
    const leaver = history.members[2]!
    await history.commit(history.members[0]!, [context([extension]), { proposalType: "remove", remove: { removed: 2 } }], [], [leaver])
    expect(history.members.map(({ state }) => state.groupContext.extensions)).toEqual([[extension], [extension], [extension]])
    await history.talk()
  })

  it("an empty list of context extensions removes the old ones", async () => {
    const history = await groupOf(3)
    await history.commit(history.members[0]!, [context([extension])], [], [])
    await history.commit(history.members[1]!, [context([])], [], [])
    expect(history.members.map(({ state }) => state.groupContext.extensions)).toEqual([[], [], []])
  })

  it("a commit without a path is refused where it needs one", async () => {
    const history = await groupOf(3)
    const [first, second] = history.members
    const { groupContext, signaturePrivateKey, keySchedule, confirmationTag } = first!.state
    const proposal = context([extension])
    const { signature, framedContent } = await createContentCommitSignature(
      groupContext,
      "mls_public_message",
      { proposals: [{ proposalOrRefType: "proposal", proposal }], path: undefined },
      { senderType: "member", leafIndex: 0 },
      new Uint8Array(),
      signaturePrivateKey,
      suite.signature,
    )
    const publicMessage = await protectPublicMessage(
      keySchedule.membershipKey,
      groupContext,
      { wireformat: "mls_public_message", content: framedContent, auth: { contentType: "commit", signature, confirmationTag } },
      suite,
    )
    const processed = processPublicMessage(second!.state, publicMessage, emptyPskIndex, suite)
    await expect(processed).rejects.toThrow("Update path is required")
  })

  it("replacing a leaf that is not there fails at once", async () => {
    const history = await groupOf(3)
    const { state } = history.members[0]!
    const groupInfo = await createGroupInfoWithExternalPubAndRatchetTree(state, [], suite)
    const stranger = await history.newcomer()
    const join = joinGroupExternal(groupInfo, stranger.publicPackage, stranger.privatePackage, true, suite, undefined, state.clientConfig)
    await expect(join).rejects.toThrow("Could not find the leaf to be replaced")
  })

  it("a KeyPackage with a member's encryption key is refused", async () => {
    const history = await groupOf(3)
    const victim = history.members[1]!.state.ratchetTree[2]
    if (victim?.nodeType !== "leaf") throw new Error("no leaf there")
    const { publicPackage, privatePackage } = await history.newcomer()
    const { signature: _, ...leaf } = { ...publicPackage.leafNode, hpkePublicKey: victim.leaf.hpkePublicKey }
    const leafNode = await signLeafNodeKeyPackage(leaf, privatePackage.signaturePrivateKey, suite.signature)
    const keyPackage = await signKeyPackage({ ...publicPackage, leafNode }, privatePackage.signaturePrivateKey, suite.signature)
    const { state } = history.members[0]!
    const commit = createCommit({ state, cipherSuite: suite }, { extraProposals: [{ proposalType: "add", add: { keyPackage } }] })
    await expect(commit).rejects.toThrow("hpke keys not unique")
  })

  it("lifetimes are compared with the time that is handed in", async () => {
    const history = await groupOf(2)
    const { state } = history.members[0]!
    const { publicPackage } = await history.newcomer()
    const proposals: Proposal[] = [{ proposalType: "add", add: { keyPackage: publicPackage } }]
    const at = (currentTime: bigint) => {
      const clientConfig = { ...state.clientConfig, lifetimeConfig: { ...state.clientConfig.lifetimeConfig, currentTime } }
      return createCommit({ state: { ...state, clientConfig }, cipherSuite: suite }, { extraProposals: proposals })
    }
    await expect(at(2000n)).resolves.toBeDefined()
    await expect(at(2001n)).rejects.toThrow("Lifetime")
  })

  it("secrets are overwritten without asking for randomness", () => {
    const draw = vi.spyOn(globalThis.crypto, "getRandomValues")
    const secret = new Uint8Array([1, 2, 3])
    zeroOutUint8Array(secret)
    expect([...secret]).toEqual([0, 0, 0])
    expect(draw).not.toHaveBeenCalled()
    draw.mockRestore()
  })
})
