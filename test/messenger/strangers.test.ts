import { expect, test } from "vitest"
import { makeStatement } from "../../messenger/statement.ts"
import { epochOf } from "../../messenger/stored-conversation.ts"
import { commitBox } from "../../shared/box.ts"
import { publicEd25519 } from "../../shared/ed25519.ts"
import { createPerson } from "../mls/support.ts"
import { acquaint, Desk, Sitter } from "../sim/desk.ts"

const MINUTES = 60_000
const HOURS = 60 * MINUTES

async function two(seed: string) {
  const desk = await Desk.start(seed)
  const [anna, ben] = [await Sitter.join(desk, "Anna"), await Sitter.join(desk, "Ben")]
  const ids = await acquaint(anna, ben)
  const kept = async () => Object.fromEntries((await anna.run("quarantine", {})).lines.map(({ reason, count }) => [reason, count]))
  const view = async () => {
    const { contacts, conversations } = await anna.run("view", {})
    return [contacts[0]!.trust, conversations[0]!.stopped]
  }
  return { desk, anna, ben, ids, kept, view }
}

test("a commit that brings in a device of somebody else is shown as a change of identity: nothing is sent to it and nothing read", async () => {
  const { desk, anna, ben, ids, kept, view } = await two("stranger")
  const { mls, random } = ben.engine.parts
  // Ben's own device would stop, too.
  ben.engine.contacts.identities.check = () => {}
  const stranger = createPerson(mls, random, desk.now)
  const { keyPackage } = await mls.createKeyPackage(stranger.device, desk.now)
  const talk = ben.engine.conversations.get(ids[1])!
  const { stored } = talk
  const { state, commit, next } = await mls.commit(stored.mls, [{ kind: "add", keyPackage }], desk.now)
  ben.engine.conversations.save(talk, { ...stored, mls: state })
  const { epoch, context, placement } = epochOf(stored)
  await ben.engine.commits.committing.make(talk, {
    kind: "member",
    leaf: stored.ownLeaf,
    epoch,
    attempt: 0,
    groupId: stored.groupId,
    commit,
    pending: next.state,
    scalar: null,
    rank: null,
    placement,
    claimBox: commitBox(context, 0),
    sign: (message) => mls.signAs(state, "v1 claim", message),
  })
  await ben.settle()
  expect(await desk.run(HOURS, () => anna.epoch(ids[0]) === 2)).toBe(true)
  await anna.send(ids[0], "who is there?")
  await ben.send(ids[1], "only me")
  await desk.run(20 * MINUTES)
  expect(await view()).toEqual(["changed", "identity"])
  expect(await kept()).toEqual({ stranger: 1 })
  expect([await anna.heard(ids[0]), await ben.heard(ids[1])]).toEqual([[], []])
})

test("nobody follows a commit by a device that its owner has said is theirs no more", async () => {
  const { desk, anna, ben, ids, kept } = await two("revoked")
  const { identitySecret, devicePublic } = ben.engine.profile
  const to = desk.random(32)
  const statement = makeStatement({ from: publicEd25519(identitySecret), to: publicEd25519(to), revoked: [devicePublic] }, { from: identitySecret, to }, desk.now)
  await ben.send(ids[1], "before")
  expect(await desk.run(2 * MINUTES, () => anna.stored(ids[0]).readers[0]!.at.index > 0)).toBe(true)
  anna.engine.contacts.identities.stated(ids[0], statement)
  await anna.run("accept-identity", { contact: ids[0], compared: true })
  await ben.engine.commits.committing.begin(ben.engine.conversations.get(ids[1])!)
  await ben.settle()
  expect(await desk.run(HOURS, () => ben.epoch(ids[1]) === 2)).toBe(true)
  await ben.send(ids[1], "after")
  await desk.run(30 * MINUTES)
  expect(anna.epoch(ids[0])).toBe(1)
  expect(await anna.heard(ids[0])).toEqual(["before"])
  expect((await kept()).revoked).toBeGreaterThan(0)
})
