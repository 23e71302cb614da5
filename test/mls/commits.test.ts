import { beforeAll, describe, expect, it } from "vitest"
import type { CommitChanges } from "../../messenger/mls/mls.ts"
import { MlsError } from "../../messenger/mls/mls.ts"
import { compareBytes, toHex } from "../../shared/bytes.ts"
import { seededRandom } from "./random.ts"
import { createPair, createPerson, NOW } from "./support.ts"
import type { Trio } from "./trio.ts"
import { createTrio } from "./trio.ts"

const random = seededRandom("commits")
let trio: Trio

beforeAll(async () => {
  trio = await createTrio("commits")
}, 900_000)

it("after a commit both are in the next epoch and read each other", async () => {
  const { mls, invited, joined } = await createPair("commit")
  const made = await mls.commit(invited.state, [], NOW)
  const processed = await mls.process(joined.state, made.commit)
  if (!processed.ok) throw new Error(processed.problem)
  const adopted = await mls.adopt(made.state, made.next.state)
  expect(toHex(adopted.boxContext)).toBe(toHex(processed.next.boxContext))
  expect(await mls.process(made.state, made.commit)).toEqual({ ok: false, problem: "own" })
  const sealed = await mls.seal(adopted.state, new Uint8Array([1]))
  expect(await mls.open(processed.next.state, sealed.message)).toMatchObject({ ok: true, epoch: 2 })
})

it("a second commit in one epoch is followed like the first, and both are known as one's own", async () => {
  const { mls, states } = trio
  const first = await mls.commit(states[0], [], NOW)
  const second = await mls.commit(first.state, [{ kind: "remove", leaf: 2 }], NOW)
  for (const { commit } of [first, second]) {
    expect(await mls.process(second.state, commit)).toEqual({ ok: false, problem: "own" })
    expect(await mls.process(states[1], commit)).toMatchObject({ ok: true, sender: 0 })
  }
})

it("nothing is adopted that does not come after the state, or is of another group", async () => {
  const { mls, states } = trio
  const { state, next } = await mls.commit(states[0], [], NOW)
  await expect(mls.adopt(next.state, next.state)).rejects.toThrow("not of a later epoch")
  await expect(mls.adopt(next.state, state)).rejects.toThrow("not of a later epoch")
  const other = await createPair("another group")
  await expect(mls.adopt(other.invited.state, next.state)).rejects.toThrow("another group")
})

it("changes that are not possible are a mistake of the caller", async () => {
  const { mls, states, people } = trio
  const keyPackage = async (i: number) => (await mls.createKeyPackage(people[i]!.device, NOW)).keyPackage
  const impossible = [
    [{ kind: "remove", leaf: 0 }],
    [{ kind: "remove", leaf: 3 }],
    [{ kind: "remove", leaf: -1 }],
    [{ kind: "remove", leaf: 2 }, { kind: "remove", leaf: 2 }],
    [{ kind: "add", keyPackage: random(100) }],
    [{ kind: "add", keyPackage: await keyPackage(1) }],
  ] as const
  for (const changes of impossible) await expect(mls.commit(states[0], changes, NOW)).rejects.toThrow(MlsError)
  // A device that is removed by the same commit may come back, with another identity for instance.
  await mls.commit(states[0], [{ kind: "remove", leaf: 1 }, { kind: "add", keyPackage: await keyPackage(1) }], NOW)
})

it("a Welcome of a commit is for the one who is added only", async () => {
  const { mls, states } = trio
  const [added, other] = [await mls.createKeyPackage(createPerson(mls, random).device, NOW), await mls.createKeyPackage(createPerson(mls, random).device, NOW)]
  const { welcome } = await mls.commit(states[0], [{ kind: "add", keyPackage: added.keyPackage }], NOW)
  expect(await mls.enter(other.keyPackage, other.secrets, welcome!, NOW)).toBeNull()
  for (let at = 0; at < welcome!.length; at += 997) {
    expect(await mls.enter(added.keyPackage, added.secrets, welcome!.with(at, welcome![at]! ^ 1), NOW), `byte ${at}`).toBeNull()
  }
  expect(await mls.enter(added.keyPackage, added.secrets, welcome!, NOW)).toMatchObject({ epoch: 3, ownLeaf: 3 })
})

describe("the fixed order of commits", () => {
  const [update, add, remove] = [
    { kind: "commit", removed: [], added: [] },
    { kind: "commit", removed: [], added: [0] },
    { kind: "commit", removed: [1], added: [0] },
  ] as const

  function changes({ kind, removed, added }: typeof update | typeof add | typeof remove): CommitChanges {
    return { kind, removed: removed.map((i) => trio.members[i]), added: added.map((i) => trio.members[i]) }
  }

  it("is the same for all members: Removes before Adds before updates, whoever makes them", async () => {
    const { mls, states } = trio
    for (const high of [0, 2]) {
      for (const low of [0, 2]) {
        const ranks = await Promise.all([[high, remove], [low, add]].map(([leaf, made]) => mls.commitRank(states[0], leaf as number, changes(made as typeof add))))
        expect(compareBytes(ranks[0]!, ranks[1]!)).toBeGreaterThan(0)
        expect(compareBytes(ranks[1]!, await mls.commitRank(states[1], high, changes(update)))).toBeGreaterThan(0)
      }
    }
    expect(await mls.commitRank(states[0], 0, changes(remove))).toEqual(await mls.commitRank(states[2], 0, changes(remove)))
    expect(await mls.commitRank(states[0], 0, changes(update))).not.toEqual(await mls.commitRank(states[0], 1, changes(update)))
  })

  it("is another one in the next epoch", async () => {
    const { mls, states } = trio
    const { next } = await mls.commit(states[0], [], NOW)
    expect(await mls.commitRank(next.state, 0, changes(update))).not.toEqual(await mls.commitRank(states[0], 0, changes(update)))
  })

  it("has a rejoin among the updates, by the leaf that is replaced", async () => {
    const { mls, states, members } = trio
    const rejoin: CommitChanges = { kind: "rejoin", removed: [members[1]], added: [{ ...members[1], leaf: 7 }] }
    expect(await mls.commitRank(states[0], 7, rejoin)).toEqual(await mls.commitRank(states[0], 1, changes(update)))
  })
})

it("a leaf's signature holds for its bytes, under its label, as this leaf's", async () => {
  const { mls, states } = trio
  const bytes = random(50)
  const signature = await mls.signAs(states[0], "claim", bytes)
  expect(await mls.verifyAs(states[1], 0, "claim", bytes, signature)).toBe(true)
  expect(await mls.verifyAs(states[1], 1, "claim", bytes, signature)).toBe(false)
  expect(await mls.verifyAs(states[1], 9, "claim", bytes, signature)).toBe(false)
  expect(await mls.verifyAs(states[1], 0, "claims", bytes, signature)).toBe(false)
  expect(await mls.verifyAs(states[1], 0, "claim", random(50), signature)).toBe(false)
  expect(await mls.verifyAs(states[1], 0, "claim", bytes, signature.slice(1))).toBe(false)
})
