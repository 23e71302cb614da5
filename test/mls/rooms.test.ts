import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import type { Proposal } from "ts-mls/proposal.js"
import { beforeAll, describe, expect, it } from "vitest"
import { encodeCommitSays } from "../../messenger/mls/commit.ts"
import { createPostQuantumSuite } from "../../messenger/mls/ciphersuite.ts"
import { createMls } from "../../messenger/mls/create.ts"
import { createKeyPackage } from "../../messenger/mls/keypackage.ts"
import type { Change, GroupState, Member, Mls } from "../../messenger/mls/mls.ts"
import type { Participant, Role, Room } from "../../messenger/mls/room.ts"
import { decodeRoom, encodeRoom, LEAVE_LABEL, leaveMessage, rightsIn, roomExtension } from "../../messenger/mls/room.ts"
import { WireError } from "../../shared/bytes.ts"
import type { ForgedOptions } from "./forge-commit.ts"
import { commitByLibrary, libraryState } from "./forge-commit.ts"
import { seededRandom } from "./random.ts"
import type { Person } from "./support.ts"
import { createPerson, NOW } from "./support.ts"

const random = seededRandom("rooms")
let mls: Mls
let suite: CiphersuiteImpl
/** In the order in which they came: an owner, an admin, two members. */
let people: Person[]
let group: GroupState[]
let room: Room

const identity = (who: number) => people[who]!.device.identityPublic
const participant = (who: number, name: string, role: Role = "member"): Participant => ({ identity: identity(who), role, name })
const without = (...who: number[]): Room => ({ ...room, participants: room.participants.filter((one) => !who.some((i) => one.identity === identity(i))) })
const withRole = (who: number, role: Role): Room => ({ ...room, participants: room.participants.map((one) => (one.identity === identity(who) ? { ...one, role } : one)) })
const leafOf = (who: number): Member => group[0]!.members.find((member) => Buffer.compare(member.identity, identity(who)) === 0)!

/** All members go on with a commit of `by`; what each of the others says of it. */
async function all(by: number, changes: readonly Change[]): Promise<GroupState[]> {
  const made = await mls.commit(group[by]!.state, changes, NOW)
  const next: GroupState[] = []
  for (const [i, { state }] of group.entries()) {
    const processed = i === by ? null : await mls.process(state, made.commit)
    if (processed?.ok === false) throw new Error(processed.problem)
    next.push(processed === null ? await mls.adopt(made.state, made.next.state) : processed.next)
  }
  return next
}

beforeAll(async () => {
  mls = createMls({ random })
  suite = createPostQuantumSuite(random)
  people = Array.from({ length: 5 }, () => createPerson(mls, random))
  const founded = await mls.found(people[0]!.device, { name: "Walkers" }, "Olga", NOW)
  const packages = await Promise.all([1, 2, 3].map((i) => mls.createKeyPackage(people[i]!.device, NOW)))
  const first: Room = { name: "Walkers", participants: [participant(0, "Olga", "owner"), participant(1, "Adam"), participant(2, "Mia"), participant(3, "Max")] }
  const made = await mls.commit(founded.state, [...packages.map(({ keyPackage }): Change => ({ kind: "add", keyPackage })), { kind: "room", room: first }], NOW)
  group = [await mls.adopt(made.state, made.next.state)]
  for (const { keyPackage, secrets } of packages) {
    const { common, own } = await mls.splitWelcome(made.welcome!, [keyPackage])
    const welcome = (await mls.joinWelcome(common, own[0]!))!
    const entered = await mls.enter(keyPackage, secrets, welcome, NOW)
    if (entered === null) throw new Error("nobody came in")
    group.push(entered)
  }
  room = first
  group = await all(0, [{ kind: "room", room: withRole(1, "admin") }])
  room = withRole(1, "admin")
}, 900_000)

it("a room has one encoding, and every other is refused", () => {
  const bytes = encodeRoom(room)
  expect(encodeRoom(decodeRoom(bytes))).toEqual(bytes)
  for (let length = 0; length < bytes.length; length++) expect(() => decodeRoom(bytes.slice(0, length)), `${length}`).toThrow(WireError)
  expect(() => decodeRoom(new Uint8Array([...bytes, 0]))).toThrow(WireError)
  expect(() => decodeRoom(bytes.with(0, 2))).toThrow(WireError)
  expect(() => decodeRoom(bytes.with(0, 3))).toThrow(WireError)
  const pictured = { ...room, picture: random(2048) }
  expect(encodeRoom(decodeRoom(encodeRoom(pictured)))).toEqual(encodeRoom(pictured))
  expect(decodeRoom(encodeRoom(pictured)).picture).toEqual(pictured.picture)
  for (const length of [0, 2049]) expect(() => decodeRoom(encodeRoom({ ...room, picture: random(length) })), `a picture of ${length}`).toThrow(WireError)
  const [a, b] = decodeRoom(bytes).participants
  const second = bytes.findIndex((_, i) => Buffer.compare(bytes.subarray(i, i + 32), b!.identity) === 0)
  const twice = bytes.slice()
  twice.set(a!.identity, second)
  expect(() => decodeRoom(twice), "one identity twice").toThrow(WireError)
  expect(() => decodeRoom(encodeRoom({ name: "", participants: room.participants }))).toThrow(WireError)
  expect(() => decodeRoom(encodeRoom({ name: "W", participants: [] }))).toThrow(WireError)
  expect(() => decodeRoom(encodeRoom({ name: "W", participants: [participant(0, "x".repeat(65))] }))).toThrow(WireError)
  expect(() => decodeRoom(encodeRoom({ name: "W", participants: Array.from({ length: 33 }, () => ({ identity: random(32), role: "member", name: "x" })) }))).toThrow(WireError)
})

it("where no owner is left admins have the rights of owners, and where no admin is left either, members", () => {
  const of = (...roles: Role[]): Room => ({ name: "W", participants: roles.map((role, i) => participant(i, `${i}`, role)) })
  const rights = (...roles: Role[]) => roles.map((_, i) => rightsIn(of(...roles), identity(i)))
  expect(rights("owner", "admin", "member")).toEqual(["owner", "admin", "member"])
  expect(rights("admin", "member")).toEqual(["owner", "member"])
  expect(rights("member", "member")).toEqual(["owner", "owner"])
  expect(rightsIn(of("owner"), random(32))).toBeNull()
})

it("who comes in has the room that all others have, and goes on with them", async () => {
  for (const { room: seen } of group) expect(encodeRoom(seen!)).toEqual(encodeRoom(room))
  const next = await all(2, [])
  expect(new Set((await Promise.all(next.map(({ state }) => mls.authenticator(state)))).map((one) => Buffer.from(one).toString("hex"))).size).toBe(1)
})

it("an admin renames the group, lets somebody in and takes a member out; who comes in later has the new room", async () => {
  const renamed = { ...room, name: "Runners", picture: random(2048) }
  for (const { room: seen } of await all(1, [{ kind: "room", room: renamed }])) expect(encodeRoom(seen!)).toEqual(encodeRoom(renamed))
  const { keyPackage, secrets } = await mls.createKeyPackage(people[4]!.device, NOW)
  const next: Room = { ...without(3), picture: renamed.picture, participants: [...without(3).participants, participant(4, "Nora")] }
  const made = await mls.commit(group[1]!.state, [{ kind: "remove", leaf: leafOf(3).leaf }, { kind: "add", keyPackage }, { kind: "room", room: next }], NOW)
  const newcomer = await mls.enter(keyPackage, secrets, made.welcome!, NOW)
  expect(encodeRoom(newcomer!.room!)).toEqual(encodeRoom(next))
  const gone = await mls.process(group[3]!.state, made.commit)
  expect(gone).toMatchObject({ ok: false, problem: "removed", sender: leafOf(1).leaf })
  const other = await mls.process(group[2]!.state, made.commit)
  expect(other.ok && other.next.boxContext).toEqual(newcomer!.boxContext)
})

it("whoever has signed that they want to leave is taken out by any member; the signature is good for nobody else", async () => {
  const sign = (who: number) => mls.signAs(group[who]!.state, LEAVE_LABEL, leaveMessage(group[0]!.groupId, leafOf(who).stream))
  const left = await sign(0)
  const made = await mls.commit(group[2]!.state, [{ kind: "remove", leaf: leafOf(0).leaf, left }, { kind: "room", room: without(0) }], NOW)
  const seen = await mls.process(group[3]!.state, made.commit)
  expect(seen.ok && seen.changes).toMatchObject({ left: [leafOf(0).leaf] })
  expect(await mls.process(group[0]!.state, made.commit)).toMatchObject({ ok: false, problem: "removed", changes: { left: [leafOf(0).leaf] } })
  // The admin is what the owner was: nobody else is left with more rights.
  expect(seen.ok && rightsIn(seen.next.room!, identity(1))).toBe("owner")
  await expect(mls.commit(group[2]!.state, [{ kind: "remove", leaf: leafOf(0).leaf }, { kind: "room", room: without(0) }], NOW)).rejects.toThrow("does not allow")
})

it("a device that has lost its state takes its leaf back, and the room is as before", async () => {
  const rejoined = await mls.rejoin(people[3]!.device, await mls.groupInfo(group[2]!.state), NOW)
  expect(encodeRoom(rejoined!.next.room!)).toEqual(encodeRoom(room))
  const seen = await mls.process(group[0]!.state, rejoined!.commit)
  expect(seen.ok && encodeRoom(seen.next.room!)).toEqual(encodeRoom(room))
})

describe("all members skip alike a commit", () => {
  async function refused(by: number, options: ForgedOptions): Promise<void> {
    const commit = await commitByLibrary(suite, libraryState(group[by]!.state), { authenticatedData: encodeCommitSays(NOW), ...options })
    for (const [i, { state }] of group.entries()) if (i !== by) expect(await mls.process(state, commit)).toEqual({ ok: false, problem: "skip" })
  }
  const roomOf = (next: Room): Proposal => ({ proposalType: "group_context_extensions", groupContextExtensions: { extensions: [roomExtension(next)] } })
  const remove = (who: number): Proposal => ({ proposalType: "remove", remove: { removed: leafOf(who).leaf } })
  const addOf = async (who: number): Promise<Proposal> => ({ proposalType: "add", add: { keyPackage: (await createKeyPackage(people[who]!.device, suite, random, NOW)).publicPackage } })
  const plus = (who: number, role: Role = "member"): Room => ({ ...room, participants: [...room.participants, participant(who, "Nora", role)] })

  const cases: [string, number, () => Promise<Proposal[]>][] = [
    ["by which a member renames the group", 2, async () => [roomOf({ ...room, name: "Mine" })]],
    ["by which a member gives the group a picture", 2, async () => [roomOf({ ...room, picture: random(9) })]],
    ["with a picture that is too large", 0, async () => [roomOf({ ...room, picture: random(2049) })]],
    ["by which a member lets somebody in", 2, async () => [await addOf(4), roomOf(plus(4))]],
    ["by which a member takes somebody out", 2, async () => [remove(3), roomOf(without(3))]],
    ["by which a member makes itself an admin", 2, async () => [roomOf(withRole(2, "admin"))]],
    ["by which an admin makes itself an owner", 1, async () => [roomOf(withRole(1, "owner"))]],
    ["by which an admin makes a member an admin", 1, async () => [roomOf(withRole(2, "admin"))]],
    ["by which an admin takes the owner out", 1, async () => [remove(0), roomOf(without(0))]],
    ["by which an admin lets in an admin", 1, async () => [await addOf(4), roomOf(plus(4, "admin"))]],
    ["by which somebody else is called otherwise", 0, async () => [roomOf({ ...room, participants: room.participants.map((one, i) => (i === 2 ? { ...one, name: "Mo" } : one)) })]],
    ["that adds somebody who is not in the room", 0, async () => [await addOf(4)]],
    ["that removes somebody who stays in the room", 0, async () => [remove(3)]],
    ["with somebody in the room who is not in the group", 0, async () => [roomOf(plus(4))]],
    ["without a room", 0, async () => [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions: [] } }]],
    ["with another extension in its place", 0, async () => [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions: [{ extensionType: 0xf0b1, extensionData: random(3) }] } }]],
    ["with a second extension", 0, async () => [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions: [roomExtension(room), { extensionType: 0xf0b1, extensionData: random(3) }] } }]],
    ["with a room that is none", 0, async () => [{ proposalType: "group_context_extensions", groupContextExtensions: { extensions: [{ extensionType: 0xf0a3, extensionData: random(9) }] } }]],
  ]
  it.each(cases)("%s", async (_, by, proposals) => refused(by, { extraProposals: await proposals() }))

  it("that takes somebody out by a signature that is not theirs", async () => {
    const signature = await mls.signAs(group[2]!.state, LEAVE_LABEL, leaveMessage(group[0]!.groupId, leafOf(3).stream))
    await refused(2, { extraProposals: [remove(3), roomOf(without(3))], authenticatedData: encodeCommitSays(NOW, [{ leaf: leafOf(3).leaf, signature }]) })
  })

  it("with a signature of somebody who stays", async () => {
    const signature = await mls.signAs(group[3]!.state, LEAVE_LABEL, leaveMessage(group[0]!.groupId, leafOf(3).stream))
    await refused(2, { extraProposals: [], authenticatedData: encodeCommitSays(NOW, [{ leaf: leafOf(3).leaf, signature }]) })
  })

  it("in which they are told twice", async () => {
    const signature = await mls.signAs(group[3]!.state, LEAVE_LABEL, leaveMessage(group[0]!.groupId, leafOf(3).stream))
    const leave = { leaf: leafOf(3).leaf, signature }
    await refused(2, { extraProposals: [remove(3), roomOf(without(3))], authenticatedData: encodeCommitSays(NOW, [leave, leave]) })
  })
})
