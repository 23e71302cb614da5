import { expect, test } from "vitest"
import { isGreater } from "../../messenger/forks.ts"
import { createMls } from "../../messenger/mls/create.ts"
import type { CommitChanges, Member } from "../../messenger/mls/mls.ts"
import { seeded } from "../nodes/seeded.ts"
import { createPerson } from "../mls/support.ts"

const random = seeded("forks")
const mls = createMls({ random })

test("of any number of commits of one epoch everybody finds the same greatest, in whatever order they come", async () => {
  const [anna, ben] = [createPerson(mls, random, 0), createPerson(mls, random, 0)]
  const { keyPackage } = await mls.createKeyPackage(ben.device, 0)
  const { state, members } = await mls.invite(anna.device, keyPackage, { name: "Anna", recoverySecret: random(32) }, 0)
  const changes = (removed: readonly Member[], added: readonly Member[]): CommitChanges => ({ kind: "commit", removed, added })
  const kinds = [changes([], []), changes([], members), changes([], []), changes(members, []), changes([], members), changes(members, members)]
  const commits = await Promise.all(kinds.map(async (kind, leaf) => ({ leaf, hash: random(32), rank: await mls.commitRank(state, leaf, kind) })))
  // Two by one leaf have the same rank.
  commits.push({ ...commits[3]!, hash: random(32) })
  const winner = (order: typeof commits) => order.reduce((best, one) => (isGreater(one.rank, one.hash, best.rank, best.hash) ? one : best))
  const first = winner(commits)
  expect([3, 5]).toContain(first.leaf)
  for (let i = 0; i < 100; i++) {
    const order = [...commits].sort(() => random(1)[0]! - 128)
    expect(winner(order)).toBe(first)
  }
  for (const a of commits) for (const b of commits) if (a !== b) expect(isGreater(a.rank, a.hash, b.rank, b.hash)).not.toBe(isGreater(b.rank, b.hash, a.rank, a.hash))
})
