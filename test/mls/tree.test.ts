import { beforeAll, describe, expect, it } from "vitest"
import type { ClientState } from "ts-mls/clientState.js"
import { validateRatchetTree } from "ts-mls/clientState.js"
import type { Proposal } from "ts-mls/proposal.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { decodeRatchetTree, encodeRatchetTree, resolution } from "ts-mls/ratchetTree.js"
import { treeHashRoot } from "ts-mls/treeHash.js"
import { toNodeIndex } from "ts-mls/treemath.js"
import { toHex } from "../../shared/bytes.ts"
import { createFastSuite } from "./fast.ts"
import { History } from "./history.ts"
import { seededRandom } from "./random.ts"

// The ground of the working group's tree-validation vectors, for a clone that has them not.
const random = seededRandom("tree")
const suite = createFastSuite(1, random)
type Node = NonNullable<RatchetTree[number]>
let state: ClientState

beforeAll(async () => {
  const history = new History(suite, random, 16)
  await history.begin()
  const newcomers = await Promise.all(Array.from({ length: 6 }, () => history.newcomer()))
  const adds = newcomers.map(({ publicPackage }): Proposal => ({ proposalType: "add", add: { keyPackage: publicPackage } }))
  await history.commit(history.members[0]!, adds, newcomers, [])
  const leaver = history.members[3]!
  await history.commit(history.members[1]!, [{ proposalType: "remove", remove: { removed: 3 } }], [], [leaver])
  for (const committer of [2, 4]) await history.commit(history.members[committer]!, [], [], [])
  state = history.members[0]!.state
})

async function refusal(tree: RatchetTree, treeHash?: Uint8Array): Promise<string | undefined> {
  const { lifetimeConfig, authService } = state.clientConfig
  treeHash ??= await treeHashRoot(tree, suite.hash)
  return (await validateRatchetTree(tree, state.groupContext, lifetimeConfig, authService, treeHash, suite))?.message
}

/** The tree with one node changed. */
function changed(index: number, change: (node: Node) => Node): RatchetTree {
  const tree = state.ratchetTree.slice()
  tree[index] = change(tree[index]!)
  return tree
}

describe("a ratchet tree", () => {
  it("of a group is accepted, has the hash of the context, and stays the same through its encoding", async () => {
    const { ratchetTree, groupContext } = state
    expect(await refusal(ratchetTree)).toBeUndefined()
    expect(toHex(await treeHashRoot(ratchetTree, suite.hash))).toBe(toHex(groupContext.treeHash))
    expect(decodeRatchetTree(encodeRatchetTree(ratchetTree), 0)![0]).toEqual(ratchetTree)
  })

  it("resolves blank nodes to what lies below, and others to themselves", () => {
    const blank = (index: number) => state.ratchetTree[index] === undefined
    // Seven leaves, the fourth removed: node 6 is blank, node 5 above leaves 2 and 3 never had two to merge.
    expect([6, 5, 13].map(blank)).toEqual([true, true, true])
    expect([6, 5, 7, 2].map((index) => resolution(state.ratchetTree, toNodeIndex(index)))).toEqual([[], [4], [7], [2]])
  })

  it("is refused when another hash is expected", async () => {
    expect(await refusal(state.ratchetTree, random(32))).toContain("tree hash")
  })

  it("is refused with a leaf that was altered, or signed for another place or group", async () => {
    const alter = (node: Node): Node => (node.nodeType === "leaf" ? { ...node, leaf: { ...node.leaf, hpkePublicKey: random(32) } } : node)
    expect(await refusal(changed(8, alter))).toContain("leaf node signature")
    const moved = state.ratchetTree.slice()
    ;[moved[4], moved[8]] = [moved[8], moved[4]]
    expect(await refusal(moved)).toContain("leaf node signature")
    const { lifetimeConfig, authService } = state.clientConfig
    const context = { ...state.groupContext, groupId: random(16) }
    const treeHash = await treeHashRoot(state.ratchetTree, suite.hash)
    const error = await validateRatchetTree(state.ratchetTree, context, lifetimeConfig, authService, treeHash, suite)
    expect(error?.message).toContain("leaf node signature")
  })

  it("is refused with a leaf that occurs twice", async () => {
    const tree = state.ratchetTree.slice()
    tree[6] = tree[0]
    expect(await refusal(tree)).toContain("not unique")
  })

  it("is refused with a parent whose key or parent hash was altered", async () => {
    for (const alteration of [{ hpkePublicKey: random(32) }, { parentHash: random(32) }]) {
      const alter = (node: Node): Node => (node.nodeType === "parent" ? { ...node, parent: { ...node.parent, ...alteration } } : node)
      expect(await refusal(changed(11, alter))).toContain("parent hash")
    }
  })

  it("is refused with a leaf where a parent belongs, or a parent where a leaf belongs", async () => {
    const { ratchetTree, groupContext } = state
    expect(await refusal(changed(7, () => ratchetTree[0]!), groupContext.treeHash)).toContain("structurally")
    expect(await refusal(changed(0, () => ratchetTree[7]!), groupContext.treeHash)).toContain("structurally")
  })
})
